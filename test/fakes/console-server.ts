/** A console for the page's own specs: the routes the page uses, over data that a spec changes at will. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { LogLine } from "../../contract/agent-api.ts";
import type {
  DoctorResponse,
  HostSummary,
  LiveEvent,
  RunDetail,
  SeriesResponse,
} from "../../contract/console-api.ts";
import { BUILT_IN_PROFILES } from "../../contract/stage-params.ts";
import { listedRuns, preflightOf } from "./console-answers.ts";
import { detail, INVENTORY, SETTINGS, summaryOf } from "./console-data.ts";
import { answerRunFile, type RunFiles } from "./console-run-files.ts";

/** As the real console sends it. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export interface FakeData extends RunFiles {
  hosts: HostSummary[];
  runs: RunDetail[];
  series: SeriesResponse[];
  logs: LogLine[];
  doctor: DoctorResponse;
  discovered: unknown[];
}

export interface FakeConsole {
  readonly url: string;
  readonly data: FakeData;
  /** Bodies of the POSTs and PATCHes, with their paths. */
  readonly posts: { path: string; body: unknown }[];
  publish(event: LiveEvent): void;
  /** Stops answering; `restart` answers again on the same port. */
  stop(): Promise<void>;
  restart(): Promise<void>;
}

/** Serves the built page and the API on a free loopback port. */
export async function startFakeConsole(rendererDir: string, data: FakeData): Promise<FakeConsole> {
  const posts: FakeConsole["posts"] = [];
  const streams = new Set<ServerResponse>();
  let cursor = Date.now();
  const publish = (event: LiveEvent) => {
    cursor += 1;
    for (const stream of streams) stream.write(sse(cursor, event));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://console.invalid");
    response.setHeader("content-security-policy", PAGE_POLICY);
    if (!url.pathname.startsWith("/api/v1/")) return sendFile(response, rendererDir, url.pathname);
    const path = url.pathname.slice("/api/v1/".length);
    if (path === "events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(sse(cursor, { type: "resync" }));
      streams.add(response);
      response.on("close", () => streams.delete(response));
      return undefined;
    }
    if (request.method === "GET") return answerGet(response, data, path, url.searchParams);
    const body = await readBody(request);
    posts.push({ path, body });
    if (request.method === "PATCH") return answerPatch(response, data, path, body);
    return answerPost(response, data, path, body, publish);
  };
  const open = (port: number) =>
    new Promise<ReturnType<typeof createServer>>((resolve) => {
      const made = createServer((request, response) => {
        handle(request, response).catch((error: unknown) => {
          response.destroy(error instanceof Error ? error : undefined);
        });
      });
      made.listen(port, "127.0.0.1", () => resolve(made));
    });
  let server = await open(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    data,
    posts,
    publish,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    restart: async () => {
      server = await open(port);
    },
  };
}

function sse(id: number, event: LiveEvent): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? null : JSON.parse(text);
}

function sendFile(response: ServerResponse, dir: string, pathname: string): void {
  const path = pathname === "/" ? "/index.html" : normalize(pathname);
  try {
    const file = readFileSync(join(dir, path));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/plain" }).end(file);
  } catch {
    response.writeHead(404).end();
  }
}

function send(response: ServerResponse, status: number, body: unknown): ServerResponse {
  return response
    .writeHead(status, { "content-type": "application/json" })
    .end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, sentence: string): ServerResponse {
  return send(response, status, {
    type: "urn:vetting:problem:x",
    title: "x",
    status,
    detail: sentence,
  });
}

function answerGet(
  response: ServerResponse,
  data: FakeData,
  path: string,
  query: URLSearchParams,
): ServerResponse {
  const [kind, id, part] = path.split("/");
  const run = data.runs.find((one) => one.id === Number(id));
  if (path === "session") {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    return send(response, 200, { resumeKey: "A".repeat(43), expiresAt });
  }
  if (path === "hosts") return send(response, 200, data.hosts);
  if (path === "runs") return send(response, 200, listedRuns(data.runs, data.hosts, query));
  if (path === "settings") return send(response, 200, SETTINGS);
  if (path === "discovered") return send(response, 200, data.discovered);
  if (path === "doctor") return send(response, 200, data.doctor);
  if (path === "profiles") {
    const profiles = Object.entries(BUILT_IN_PROFILES).map(([name, params], index) => ({
      name,
      params,
      expectedSeconds: [1184, 141_000, 350_000][index],
    }));
    return send(response, 200, profiles);
  }
  const host = data.hosts.find((one) => one.id === Number(id));
  if (kind === "hosts" && host !== undefined && part === "preflight") {
    const readOnly = query.get("nonDestructive") !== "false";
    return send(response, 200, preflightOf(host, data.doctor.labUrl, readOnly));
  }
  if (kind === "hosts" && host !== undefined) {
    return send(response, 200, { ...host, inventory: INVENTORY, boots: [] });
  }
  if (kind !== "runs" || run === undefined) return problem(response, 404, `There is no run ${id}.`);
  if (part === undefined) return send(response, 200, run);
  const file = answerRunFile(data, run, path.split("/").slice(2), query);
  if (file !== null) {
    // The report brings a policy of its own, which lets the page show it.
    if (file.type.startsWith("text/html")) {
      response.setHeader("content-security-policy", "frame-ancestors 'self'");
    }
    return response.writeHead(file.status, { "content-type": file.type }).end(file.body);
  }
  if (path === `runs/${id}/series/all`) return send(response, 200, { series: data.series });
  const series = data.series.find(({ sensor }) => sensor === query.get("sensor"));
  if (part === "series" && series !== undefined) return send(response, 200, series);
  return problem(response, 404, "Not found.");
}

function answerPatch(
  response: ServerResponse,
  data: FakeData,
  path: string,
  body: unknown,
): ServerResponse {
  const id = Number(path.split("/")[1]);
  const host = data.hosts.find((one) => one.id === id);
  if (host === undefined) return problem(response, 404, `There is no host ${id}.`);
  const changed: HostSummary = { ...host, ...(body as Partial<HostSummary>) };
  data.hosts = data.hosts.map((one) => (one.id === id ? changed : one));
  return send(response, 200, changed);
}

function answerPost(
  response: ServerResponse,
  data: FakeData,
  path: string,
  body: unknown,
  publish: FakeConsole["publish"],
): ServerResponse {
  const [kind, id, part] = path.split("/");
  const put = (run: RunDetail, status: number) => {
    data.runs = [...data.runs.filter((one) => one.id !== run.id), run];
    const run_ = summaryOf(run);
    data.hosts = data.hosts.map((one) => (one.id === run.hostId ? { ...one, run: run_ } : one));
    publish({ type: "run", run: run_ });
    return send(response, status, { ...run_, runId: run.id });
  };
  const host = data.hosts.find((one) => one.id === Number(id));
  if (kind === "hosts" && part === "runs" && host !== undefined) {
    const request = body as {
      profile: string;
      nonDestructive: boolean;
      start: "reporter" | "wake";
    };
    if (host.name === "busy") {
      return problem(response, 409, "busy is occupied by run 8, which holds in CPU and memory.");
    }
    const now = new Date().toISOString();
    return put(
      detail({
        ...request,
        id: Math.max(0, ...data.runs.map((one) => one.id)) + 1,
        hostId: host.id,
        hostName: host.name,
        state: "Queued",
        verdict: null,
        stages: [],
        sensors: [],
        createdAt: now,
        startedAt: null,
        endedAt: null,
        stateSince: now,
        canCancel: true,
      }),
      201,
    );
  }
  const run = data.runs.find((one) => one.id === Number(id));
  if (kind === "runs" && part === "cancel" && run !== undefined) {
    const endedAt = new Date().toISOString();
    const over = { state: "Cancelled", canCancel: false, canOverride: false, endedAt } as const;
    return put({ ...run, ...over }, 200);
  }
  if (kind === "runs" && part === "firmware" && run !== undefined) {
    return send(response, 200, { spec: (body as { spec: string }).spec, pins: 3 });
  }
  if (kind === "runs" && part === "override" && run !== undefined) {
    const resumed = { state: "CPUStress", verdict: null, failedStage: null, reason: null } as const;
    return put({ ...run, ...resumed, canOverride: false }, 200);
  }
  return problem(response, 404, "Not found.");
}

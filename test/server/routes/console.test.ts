import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  discoveredSchema,
  firmwareDiffResponseSchema,
  logsResponseSchema,
  profileViewSchema,
  runSummarySchema,
  seriesResponseSchema,
} from "../../../contract/console-api.ts";
import { HOST, RUN } from "./fake-service.ts";
import { AUTHORIZED, type Harness, harness } from "./harness.ts";

let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());

const get = (url: string) => h.console.inject({ url, headers: AUTHORIZED });
const post = (url: string, payload?: object) =>
  h.console.inject({
    method: "POST",
    url,
    headers: AUTHORIZED,
    ...(payload === undefined ? {} : { payload }),
  });

describe("hosts", () => {
  test("are listed and shown in full", async () => {
    expect((await get("/api/v1/hosts")).json()).toEqual([HOST]);
    expect((await get("/api/v1/hosts/3")).json()).toEqual({ ...HOST, inventory: null, boots: [] });
  });

  test("POST makes one known: 201 with its address; the MAC in any spelling", async () => {
    const answer = await post("/api/v1/hosts", { mac: "52-54-00-AA-BB-CC" });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.location).toBe("/api/v1/hosts/3");
    expect(h.service.called("createHost").at(-1)).toEqual([{ mac: "52:54:00:aa:bb:cc" }]);
  });

  test("discovered machines come with ISO times", async () => {
    const [machine] = (await get("/api/v1/discovered")).json();
    expect(discoveredSchema.parse(machine).firstSeen).toBe("2026-01-01T00:00:00.000Z");
  });

  test("profiles say what they set and how long they take", async () => {
    const profiles = profileViewSchema.array().parse((await get("/api/v1/profiles")).json());
    expect(profiles.map(({ name }) => name)).toEqual(["quick", "deep", "soak"]);
    const [quick, deep, soak] = profiles.map(({ expectedSeconds }) => expectedSeconds);
    expect(quick).toBeGreaterThan(600);
    expect(deep).toBeGreaterThan(quick ?? 0);
    expect(soak).toBeGreaterThan(deep ?? 0);
  });
});

describe("runs", () => {
  test("start: 201 with the run's number under runId, its address, and the defaults filled in", async () => {
    const answer = await post("/api/v1/hosts/3/runs", {
      profile: "quick",
      nonDestructive: true,
      start: "wake",
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ runId: 7, ...RUN });
    expect(answer.headers.location).toBe("/api/v1/runs/7");
    expect(h.service.called("startRun").at(-1)).toEqual([
      3,
      { profile: "quick", nonDestructive: true, start: "wake", afterPass: "power_off" },
    ]);
  });

  test("are filtered by host and state", async () => {
    const runs = (await get("/api/v1/runs?host=3&state=CPUStress&limit=5")).json();
    expect(runSummarySchema.array().parse(runs)).toHaveLength(1);
    expect(h.service.called("listRuns").at(-1)).toEqual([
      { hostId: 3, state: "CPUStress", limit: 5 },
    ]);
  });

  test("are filtered by all that the history asks, with ISO times or milliseconds", async () => {
    const query =
      "host=3&profile=deep&verdict=pass_with_gaps&from=2026-01-01T00:00:00Z&to=1767225600001&q=%20LAB%20&before=70&state=";
    expect((await get(`/api/v1/runs?${query}`)).statusCode).toBe(200);
    expect(h.service.called("listRuns").at(-1)).toEqual([
      {
        hostId: 3,
        profile: "deep",
        verdict: "pass_with_gaps",
        createdFromMs: Date.parse("2026-01-01T00:00:00.000Z"),
        createdToMs: 1_767_225_600_001,
        text: "LAB",
        beforeId: 70,
        limit: 1000,
      },
    ]);
    expect((await get("/api/v1/runs?verdict=good")).statusCode).toBe(400);
    expect((await get("/api/v1/runs?from=soon")).statusCode).toBe(400);
  });

  test("preflight asks the doctor, and says whether disks may be written", async () => {
    const answer = await get("/api/v1/hosts/3/preflight?nonDestructive=false");
    expect(answer.json()).toEqual({ findings: [], estimates: [], disks: null });
    expect(h.service.called("preflight").at(-1)).toEqual([
      3,
      { nonDestructive: false, checks: [] },
    ]);
    await get("/api/v1/hosts/3/preflight");
    expect(h.service.called("preflight").at(-1)).toEqual([3, { nonDestructive: true, checks: [] }]);
    expect((await get("/api/v1/hosts/99/preflight")).statusCode).toBe(404);
    expect((await get("/api/v1/hosts/3/preflight?nonDestructive=1")).statusCode).toBe(400);
  });

  test("cancel takes no body, or an empty one from a client that sends the header all the same", async () => {
    expect((await post("/api/v1/runs/7/cancel")).statusCode).toBe(200);
    const answer = await h.console.inject({
      method: "POST",
      url: "/api/v1/runs/7/cancel",
      headers: { ...AUTHORIZED, "content-type": "application/json" },
    });
    expect(answer.statusCode).toBe(200);
  });

  test("override hands on the reason, trimmed; a blank one is no reason", async () => {
    await post("/api/v1/runs/7/override", { reason: "  fan was unplugged " });
    expect(h.service.called("overrideRun").at(-1)).toEqual([7, "fan was unplugged"]);
    const blank = await post("/api/v1/runs/7/override", { reason: "   " });
    expect(blank.statusCode).toBe(400);
    expect(blank.json().errors[0].path).toBe("reason");
  });

  test("logs, series and firmware", async () => {
    const logs = logsResponseSchema.parse((await get("/api/v1/runs/7/logs?tail=1")).json());
    expect(logs.lines[0]?.receivedAt).toBe("2026-01-01T00:00:00.000Z");
    const url =
      "/api/v1/runs/7/series?sensor=cpu.package.temp&from=2026-01-01T00:00:00Z&to=&points=9";
    expect(seriesResponseSchema.parse((await get(url)).json()).unit).toBe("Cel");
    expect((await get("/api/v1/runs/7/firmware")).json().components[0].version).toBe("2.0");
  });

  test("firmware beside the spec's pins, and beside another run", async () => {
    const diff = async (against: string) => {
      const answer = await get(`/api/v1/runs/7/firmware/diff${against}`);
      return firmwareDiffResponseSchema.parse(answer.json());
    };
    const row = { component: "bios", identifier: "system" };
    const match = { ...row, kind: "match", expected: "2.0", actual: "2.0" };
    expect(await diff("?against=spec")).toEqual({ against: "spec r640", rows: [match] });
    expect(await diff("")).toEqual(await diff("?against=spec"));
    const changed = { ...row, kind: "changed", expected: "1.0", actual: "2.0" };
    expect(await diff("?against=6")).toEqual({ against: "run 6", rows: [changed] });
  });

  test("evidence is a download that no browser takes for a page", async () => {
    const answer = await get("/api/v1/runs/7/evidence/5");
    expect(answer.body).toBe("<script>alert(1)</script>\n");
    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(answer.headers["content-disposition"]).toBe('attachment; filename="dmesg.txt"');
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });

  test("the report is a page that may run nothing", async () => {
    const answer = await get("/api/v1/runs/7/report.html");
    expect(answer.body).toContain("<title>Report html</title>");
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["content-disposition"]).toBe(
      'inline; filename="vetting-orion-run-7.html"',
    );
    expect(answer.headers["content-security-policy"]).toMatch(/^default-src 'none'/);
    expect(answer.headers["content-security-policy"]).not.toContain("script");
  });

  test.each([
    ["jsonl", "jsonl", "application/jsonl"],
    ["junit.xml", "junit", "application/xml"],
  ])("report.%s is a file to save, named after host and run", async (suffix, format, type) => {
    const answer = await get(`/api/v1/runs/7/report.${suffix}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain(`Report ${format}`);
    expect(answer.headers["content-type"]).toBe(`${type}; charset=utf-8`);
    expect(answer.headers["content-disposition"]).toBe(
      `attachment; filename="vetting-orion-run-7.${suffix}"`,
    );
  });
});

describe("the page", () => {
  test("comes with a policy that lets it load its own files and nothing else", async () => {
    const answer = await get("/");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toContain("text/html");
    expect(answer.headers["cache-control"]).toBe("no-cache");
    const policy = String(answer.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(answer.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  });

  test("its bundles are kept for good, by their name", async () => {
    const answer = await get("/assets/index-Ab12Cd34.js");
    expect(answer.headers["content-type"]).toContain("javascript");
    expect(answer.headers["cache-control"]).toContain("immutable");
  });

  test("answers of the API are kept nowhere", async () => {
    expect((await get("/api/v1/hosts")).headers["cache-control"]).toBe("no-store");
  });

  test("before it was built: a sentence that says what to do", async () => {
    const bare = await harness();
    rmSync(join(bare.directory, "renderer"), { recursive: true });
    const answer = await bare.console.inject({ url: "/", headers: AUTHORIZED });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().detail).toContain("npm start");
    await bare.close();
  });
});

test("an answer never carries more than its schema names", async () => {
  const secret = { ...HOST, reporterTokenHash: "deadbeef" };
  const listHosts = h.service.listHosts;
  h.service.listHosts = () => [secret];
  const { body } = await get("/api/v1/hosts");
  h.service.listHosts = listHosts;
  expect(body).not.toContain("deadbeef");
});

test("metrics in Prometheus text", async () => {
  const answer = await get("/metrics");
  expect(answer.headers["content-type"]).toContain("version=0.0.4");
  const lines = answer.body.trimEnd().split("\n");
  for (const line of lines) {
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? -?[\d.e+-]+)$/);
  }
  expect(lines).toContain('vetting_runs{state="CPUStress"} 1');
  expect(lines).toContain('vetting_runs{state="Passed"} 0');
  expect(lines).toContain("vetting_hosts_online 1");
  expect(lines).toContain("vetting_database_bytes 4096");
  expect(answer.body).toContain('vetting_event_loop_delay_seconds{quantile="0.99"}');
  expect(answer.body).toContain("vetting_samples_ingested_total 0");
});

describe("/openapi.json", () => {
  type Operation = {
    tags: string[];
    security: object[];
    requestBody?: { content: Record<string, { schema: { properties: Record<string, object> } }> };
    responses: Record<string, object>;
  };
  let paths: Record<string, Record<string, Operation>> = {};
  beforeAll(async () => {
    const answer = await get("/openapi.json");
    expect(answer.statusCode, answer.body.slice(0, 500)).toBe(200);
    expect(answer.json().openapi).toBe("3.1.0");
    paths = answer.json().paths;
  });

  test.each([
    ["get", "/api/v1/hosts", "console"],
    ["post", "/api/v1/hosts/{id}/runs", "console"],
    ["get", "/api/v1/runs/{id}/series", "console"],
    ["get", "/api/v1/runs/{id}/series/all", "console"],
    ["get", "/api/v1/runs/{id}/series.csv", "console"],
    ["get", "/api/v1/runs/{id}/report.html", "console"],
    ["get", "/api/v1/events", "console"],
    ["get", "/metrics", "console"],
    ["get", "/boot.ipxe", "lab"],
    ["get", "/register/quick.sh", "lab"],
    ["post", "/api/reporter/v1/register", "lab"],
    ["post", "/api/agent/v1/claim", "lab"],
    ["post", "/api/agent/v1/result", "lab"],
  ])("documents %s %s of the %s listener", (method, path, tag) => {
    const operation = paths[path]?.[method];
    expect(operation?.tags).toEqual([tag]);
    expect(Object.keys(operation?.responses ?? {})).toContain("4XX");
  });

  test("bodies come from the schemas that validate", () => {
    const sensor = paths["/api/agent/v1/sensor"]?.post?.requestBody?.content["application/json"];
    expect(Object.keys(sensor?.schema.properties ?? {})).toEqual(["samples"]);
  });

  test("says which routes need no token", () => {
    expect(paths["/api/agent/v1/claim"]?.post?.security).toEqual([]);
    expect(paths["/api/agent/v1/result"]?.post?.security).toEqual([{ hostToken: [] }]);
    expect(paths["/api/v1/hosts"]?.get?.security).toEqual([{ consoleToken: [] }]);
  });

  test("names no address twice, neither the page nor itself", () => {
    expect(Object.keys(paths)).not.toContain("/openapi.json");
    expect(Object.keys(paths).filter((path) => path.includes("*"))).toEqual([]);
  });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type RegisterRequest,
  type ReporterHeartbeatRequest,
  registerRequestSchema,
  registerResponseSchema,
  reporterHeartbeatRequestSchema,
  reporterHeartbeatResponseSchema,
} from "../../contract/reporter-api.ts";

/** What a test may change while the reporter talks: the answer to a heartbeat, or a wholly other answer. */
export interface FakeConsole {
  url: string;
  registrations: RegisterRequest[];
  heartbeats: ReporterHeartbeatRequest[];
  /** The bearer of every heartbeat, refused ones too. */
  bearers: string[];
  /** Requests that broke the contract; a test that ends with any has failed. */
  violations: string[];
  command: { command: "none" | "reboot_for_vetting"; runId?: number };
  heartbeatSeconds: number;
  enrolToken: string | undefined;
  /** When set, every request gets this status and no thought. */
  outage: number | undefined;
  /** When set, heartbeats wait for it before they are answered. */
  hold: Promise<void> | undefined;
  /** Text that GET /register/quick.sh answers. */
  quickSh: string;
  revokeTokens(): void;
  close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  response.writeHead(status, {
    "content-type": typeof value === "string" ? "text/plain" : "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

const problem = (status: number, detail: string) => ({
  type: "about:blank",
  title: "Refused",
  status,
  detail,
});

/** A console's reporter routes on loopback, strict about the contract: unknown fields are violations too. */
export async function startFakeConsole(): Promise<FakeConsole> {
  let serial = 0;
  let validTokens = new Set<string>();

  const fake: FakeConsole = {
    url: "",
    registrations: [],
    heartbeats: [],
    bearers: [],
    violations: [],
    command: { command: "none" },
    heartbeatSeconds: 0.05,
    enrolToken: undefined,
    outage: undefined,
    hold: undefined,
    quickSh: "",
    revokeTokens: () => {
      validTokens = new Set();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  const violate = (response: ServerResponse, what: string) => {
    fake.violations.push(what);
    answer(response, 400, problem(400, what));
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await readBody(request);
    const what = `${request.method} ${request.url}`;
    if (fake.outage !== undefined)
      return answer(response, fake.outage, problem(fake.outage, "out"));
    if (what === "GET /register/quick.sh") return answer(response, 200, fake.quickSh);
    if (request.headers["content-type"] !== "application/json")
      return violate(response, `content type ${request.headers["content-type"]}`);
    let payload: unknown;
    try {
      payload = JSON.parse(text);
    } catch (error) {
      return violate(response, `${what}: ${String(error)} in ${text}`);
    }
    if (what === "POST /api/reporter/v1/register") {
      const parsed = registerRequestSchema.strict().safeParse(payload);
      if (!parsed.success) return violate(response, `${what}: ${parsed.error.message} in ${text}`);
      fake.registrations.push(parsed.data);
      if (fake.enrolToken !== undefined && parsed.data.enrolToken !== fake.enrolToken)
        return answer(response, 401, problem(401, "The enrol token is missing or wrong."));
      serial += 1;
      const reporterToken = `secret-${serial}-0123456789abcdef`;
      validTokens.add(reporterToken);
      const { heartbeatSeconds } = fake;
      return answer(
        response,
        200,
        registerResponseSchema.parse({ hostId: 7, reporterToken, heartbeatSeconds }),
      );
    }
    if (what === "POST /api/reporter/v1/heartbeat") {
      const bearer = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
      fake.bearers.push(bearer);
      if (!validTokens.has(bearer)) return answer(response, 401, problem(401, "Unknown token."));
      const parsed = reporterHeartbeatRequestSchema.strict().safeParse(payload);
      if (!parsed.success) return violate(response, `${what}: ${parsed.error.message} in ${text}`);
      fake.heartbeats.push(parsed.data);
      if (fake.hold) await fake.hold;
      return answer(response, 200, reporterHeartbeatResponseSchema.parse(fake.command));
    }
    violate(response, `no such route: ${what}`);
  };

  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      fake.violations.push(String(error));
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

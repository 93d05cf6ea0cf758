import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BOOT_TOKEN, MAC, REPORTER_TOKEN, RUN_TOKEN } from "./fake-service.ts";
import { AUTHORIZED, type Harness, HOST_HEADER, harness, PORT, TOKEN } from "./harness.ts";

let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());
beforeEach(() => {
  h.logs.length = 0;
});

type Route = readonly [method: "GET" | "POST" | "PUT" | "PATCH", url: string];

const CONSOLE_ROUTES: readonly Route[] = [
  ["GET", "/"],
  ["GET", "/assets/index-Ab12Cd34.js"],
  ["GET", "/api/v1/hosts"],
  ["POST", "/api/v1/hosts"],
  ["GET", "/api/v1/discovered"],
  ["GET", "/api/v1/hosts/3"],
  ["PATCH", "/api/v1/hosts/3"],
  ["POST", "/api/v1/hosts/3/runs"],
  ["GET", "/api/v1/runs"],
  ["GET", "/api/v1/runs/7"],
  ["POST", "/api/v1/runs/7/cancel"],
  ["POST", "/api/v1/runs/7/override"],
  ["GET", "/api/v1/runs/7/logs"],
  ["GET", "/api/v1/runs/7/series?sensor=cpu.package.temp"],
  ["GET", "/api/v1/runs/7/firmware"],
  ["GET", "/api/v1/runs/7/firmware/diff?against=spec"],
  ["GET", "/api/v1/runs/7/evidence/5"],
  ["GET", "/api/v1/hosts/3/preflight"],
  ["GET", "/api/v1/runs/7/report.html"],
  ["GET", "/api/v1/runs/7/report.jsonl"],
  ["GET", "/api/v1/runs/7/report.junit.xml"],
  ["GET", "/api/v1/profiles"],
  ["GET", "/api/v1/doctor"],
  ["GET", "/api/v1/settings"],
  ["POST", "/api/v1/settings/check"],
  ["PUT", "/api/v1/settings"],
  ["PATCH", "/api/v1/settings"],
  ["PUT", "/api/v1/lab"],
  ["POST", "/api/v1/runs/7/firmware/pin"],
  ["GET", "/api/v1/events"],
  ["GET", "/api/v1/session"],
  ["GET", "/metrics"],
  ["GET", "/openapi.json"],
];
const OPEN_LAB_ROUTES: readonly Route[] = [
  ["GET", "/boot.ipxe"],
  ["GET", "/boot/vmlinuz"],
  ["GET", "/agent/agent.mjs"],
  ["GET", "/register/quick.sh"],
  ["POST", "/api/reporter/v1/register"],
  ["POST", "/api/agent/v1/claim"],
];
const RUN_TOKEN_ROUTES: readonly Route[] = [
  "heartbeat",
  "network-turn",
  "sensor",
  "log",
  "inventory",
  "firmware",
  "evidence",
  "result",
].map((name) => ["POST", `/api/agent/v1/${name}`] as const);
const REPORTER_ROUTE: Route = ["POST", "/api/reporter/v1/heartbeat"];
const LAB_ROUTES = [...OPEN_LAB_ROUTES, ...RUN_TOKEN_ROUTES, REPORTER_ROUTE];

/** A body that no route takes: whoever answers 401 to it has not looked at it. */
const GARBAGE = { headers: { "content-type": "application/json" }, payload: "{" };
const bodyFor = (method: string) => (method === "GET" ? { headers: {} } : GARBAGE);

describe.each(CONSOLE_ROUTES)("console: %s %s", (method, url) => {
  const ask = (headers: Record<string, string>) => {
    const body = bodyFor(method);
    return h.console.inject({ method, url, ...body, headers: { ...body.headers, ...headers } });
  };

  test("no token or a wrong one: 401, before the body is looked at", async () => {
    for (const headers of [
      { host: HOST_HEADER },
      { host: HOST_HEADER, authorization: "Bearer wrong" },
      { host: HOST_HEADER, authorization: `Basic ${TOKEN}` },
      { host: HOST_HEADER, authorization: `Bearer ${RUN_TOKEN}` },
      { host: HOST_HEADER, cookie: `vetting_${PORT}=wrong` },
    ]) {
      const answer = await ask(headers);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe("Bearer");
      expect(answer.json().type).toBe("urn:vetting:problem:unauthenticated");
    }
  });

  test("foreign Host or Origin: 403, even with the token", async () => {
    for (const headers of [
      { ...AUTHORIZED, host: "evil.example:8420" },
      { ...AUTHORIZED, host: "127.0.0.1:9999" },
      { ...AUTHORIZED, host: "127.0.0.1" },
      { ...AUTHORIZED, host: "127.0.0.1.evil.example:8420" },
      { ...AUTHORIZED, origin: "http://evil.example" },
      { ...AUTHORIZED, origin: "null" },
      { ...AUTHORIZED, origin: `https://localhost:${PORT}` },
    ]) {
      const answer = await ask(headers);
      expect(answer.statusCode, JSON.stringify(headers)).toBe(403);
    }
  });

  test("does not exist on the lab listener", async () => {
    const answer = await h.lab.inject({
      method,
      url,
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().type).toBe("urn:vetting:problem:no-such-route");
  });
});

describe.each(LAB_ROUTES)("lab: %s %s", (method, url) => {
  test("does not exist on the console listener", async () => {
    const answer = await h.console.inject({ method, url, headers: AUTHORIZED });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().type).toBe("urn:vetting:problem:no-such-route");
  });
});

describe.each(RUN_TOKEN_ROUTES)("agent: %s %s", (method, url) => {
  test("no run token, or a token of another kind: 401, before the body is looked at", async () => {
    for (const authorization of [
      undefined,
      "",
      "Bearer",
      "Bearer wrong",
      `Basic ${RUN_TOKEN}`,
      `Bearer ${REPORTER_TOKEN}`,
      `Bearer ${TOKEN}`,
      `Bearer ${BOOT_TOKEN}`,
    ]) {
      const answer = await h.lab.inject({
        method,
        url,
        ...GARBAGE,
        headers: {
          ...GARBAGE.headers,
          ...(authorization === undefined ? {} : { authorization }),
        },
      });
      expect(answer.statusCode, String(authorization)).toBe(401);
    }
  });
});

test("the run token reaches its own run, whatever the payload says", async () => {
  const answer = await h.lab.inject({
    method: "POST",
    url: "/api/agent/v1/heartbeat",
    headers: { authorization: `Bearer ${RUN_TOKEN}` },
    payload: { bootId: "b1", runId: 8 },
  });
  expect(answer.statusCode).toBe(200);
  expect(h.service.called("agentHeartbeat").at(-1)).toEqual([7, { bootId: "b1" }]);
});

test("the reporter's heartbeat needs the reporter's token: 401 before the body is looked at", async () => {
  for (const authorization of ["Bearer wrong", `Bearer ${RUN_TOKEN}`]) {
    const answer = await h.lab.inject({
      method: "POST",
      url: REPORTER_ROUTE[1],
      ...GARBAGE,
      headers: { ...GARBAGE.headers, authorization },
    });
    expect(answer.statusCode).toBe(401);
  }
});

test("register and claim are open, and asked for a good payload first", async () => {
  for (const url of ["/api/reporter/v1/register", "/api/agent/v1/claim"]) {
    const answer = await h.lab.inject({ method: "POST", url, payload: {} });
    expect(answer.statusCode).toBe(400);
  }
});

test("a claim hands its bearer on, and a refused boot token is 401", async () => {
  const claim = (bootToken: string, headers = {}) =>
    h.lab.inject({
      method: "POST",
      url: "/api/agent/v1/claim",
      headers,
      payload: { bootToken, mac: MAC.toUpperCase(), bootId: "b1", agentVersion: "0.1.0" },
    });
  await claim("fresh", { authorization: `Bearer ${RUN_TOKEN}` });
  expect(h.service.called("claim").at(-1)?.[1]).toBe(RUN_TOKEN);
  await claim("fresh");
  expect(h.service.called("claim").at(-1)?.[1]).toBeNull();
  const refused = await claim("used");
  expect(refused.statusCode).toBe(401);
  expect(refused.json().type).toBe("urn:vetting:problem:boot-token-refused");
});

describe("the token in the URL", () => {
  test("becomes an HttpOnly, SameSite=Strict cookie and leaves the URL", async () => {
    const answer = await h.console.inject({
      url: `/?view=runs&token=${TOKEN}`,
      headers: { host: HOST_HEADER },
    });
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe("/?view=runs");
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toContain(`vetting_${PORT}=${TOKEN}`);
    expect(cookie).toContain("HttpOnly");
    expect(cookie).toContain("SameSite=Strict");
    const page = await h.console.inject({
      url: "/?view=runs",
      headers: { host: HOST_HEADER, cookie: `vetting_${PORT}=${TOKEN}` },
    });
    expect(page.statusCode).toBe(200);
  });

  test("a wrong one is 401 and sets nothing", async () => {
    const answer = await h.console.inject({ url: "/?token=x", headers: { host: HOST_HEADER } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("never redirects to another site", async () => {
    const answer = await h.console.inject({
      url: `//evil.example/?token=${TOKEN}`,
      headers: { host: HOST_HEADER },
    });
    expect(answer.headers.location).toBe("/evil.example/");
  });

  test("a foreign host name gets nothing for the right token", async () => {
    const answer = await h.console.inject({
      url: `/?token=${TOKEN}`,
      headers: { host: "evil.example" },
    });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});

test.each(["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])(
  "the console answers as %s",
  async (name) => {
    const headers = { ...AUTHORIZED, host: `${name}:${PORT}`, origin: `http://localhost:${PORT}` };
    const answer = await h.console.inject({ url: "/api/v1/hosts", headers });
    expect(answer.statusCode).toBe(200);
  },
);

test("no token of any kind comes into the log, at the most talkative level", async () => {
  const lab = (method: "GET" | "POST", url: string, more = {}) =>
    h.lab.inject({ method, url, ...more });
  await h.console.inject({ url: `/?token=${TOKEN}`, headers: { host: HOST_HEADER } });
  await h.console.inject({ url: `/nothing?token=${TOKEN}`, headers: AUTHORIZED });
  await h.console.inject({ url: `//?token=${TOKEN}`, headers: { host: HOST_HEADER } });
  await h.console.inject({ url: "/api/v1/hosts", headers: AUTHORIZED });
  await lab("GET", `/boot.ipxe?mac=${MAC}`);
  await lab("GET", `/nothing?boot=${BOOT_TOKEN}&token=${RUN_TOKEN}`);
  await lab("POST", "/api/agent/v1/claim", {
    payload: { bootToken: BOOT_TOKEN, mac: "wrong", bootId: "b", agentVersion: "1" },
  });
  h.service.bug = new Error(`a bug at /x?token=${TOKEN}`);
  const failed = await lab("POST", "/api/agent/v1/heartbeat", {
    headers: { authorization: `Bearer ${RUN_TOKEN}` },
    payload: { bootId: "b1" },
  });
  h.service.bug = null;
  expect(failed.statusCode).toBe(500);
  const log = h.logs.join("");
  expect(log).toContain("/boot.ipxe");
  expect(log).toContain("[redacted]");
  for (const secret of [TOKEN, RUN_TOKEN, REPORTER_TOKEN, BOOT_TOKEN]) {
    expect(log).not.toContain(secret);
  }
});

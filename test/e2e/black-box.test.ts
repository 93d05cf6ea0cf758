import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConsoleProcess } from "./console-process.ts";
import { type Ask, ask, listen } from "./outside-client.ts";

// What the outside may rely on, asked of the running console by a client that knows the documentation only.

const AGENT = "/api/agent/v1";
const REPORTER = "/api/reporter/v1";
const MAC = "52:54:00:00:07:0a";
const PROBLEM = "application/problem+json";

let product: ConsoleProcess;
let base = "";
let token = "";
beforeAll(async () => {
  product = await new ConsoleProcess("127.0.0.1", {
    thresholds: [{ sensor: "board.temp", max: 50, forSeconds: 0, severity: "fail" }],
    specs: [{ name: "bench", firmware: [{ component: "bios", version: "2.19.1" }] }],
  }).start();
  const url = new URL(product.ready.consoleUrl);
  base = url.origin;
  token = url.searchParams.get("token") ?? "";
});
afterAll(() => product?.end());

const operator = (path: string, more: Ask = {}) =>
  ask(base, `/api/v1/${path}`, { bearer: token, ...more });
const lab = (path: string, more: Ask = {}) => ask(product.labUrl, path, more);
const agent = (what: string, body: unknown, bearer?: string) =>
  lab(`${AGENT}/${what}`, { method: "POST", body, bearer });

async function bootToken(mac: string): Promise<string | null> {
  const { text } = await lab(`/boot.ipxe?mac=${mac}&uuid=&platform=efi&buildarch=x86_64`);
  expect(text).toMatch(/^#!ipxe\n/);
  return /\bvetting\.boot=(\S+)/.exec(text)?.[1] ?? null;
}
const claim = (boot: string, bootId: string, bearer?: string, mac = MAC) =>
  agent("claim", { bootToken: boot, mac, bootId, agentVersion: "1" }, bearer);
const now = () => new Date().toISOString();
const result = (sequence: number, stage: string) => ({
  sequence,
  stage,
  status: "complete",
  result: "pass",
  startedAt: now(),
  endedAt: now(),
  summary: "From outside.",
  proof: [{ what: "part", requestedS: 1, elapsedS: 1, work: 1, unit: "1" }],
  measurements: [],
});
const sample = (sequence: number, stage: string, value: number) => ({
  samples: [{ sequence, stage, t: now(), sensor: "board.temp", value, unit: "Cel" }],
});

describe("two listeners, never mixed", () => {
  test("the console asks for its token, its own Host and no foreign Origin", async () => {
    const hosts = (headers: Record<string, string>, bearer?: string) =>
      ask(base, "/api/v1/hosts", { headers, bearer }).then(({ status }) => status);
    expect(await hosts({})).toBe(401);
    expect(await hosts({}, "wrong")).toBe(401);
    expect(await hosts({}, token)).toBe(200);
    expect(await hosts({ origin: base }, token)).toBe(200);
    expect(await hosts({ host: "evil.example" }, token)).toBe(403);
    expect(await hosts({ origin: "http://evil.example" }, token)).toBe(403);
    expect(await hosts({ origin: "null" }, token)).toBe(403);
    for (const path of ["/", "/metrics", "/openapi.json", "/api/v1/events", "/nothing"]) {
      expect((await ask(base, path)).status, path).toBe(401);
    }
  });

  test("the token in the URL becomes an HttpOnly SameSite=Strict cookie that opens the page", async () => {
    const answer = await ask(base, `/?token=${token}`);
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Strict/i);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect((await ask(base, "/api/v1/hosts", { headers })).status).toBe(200);
  });

  test("no operator route on the lab listener, no lab route on the console", async () => {
    for (const path of ["/", "/api/v1/hosts", "/metrics", "/openapi.json"]) {
      expect((await lab(path, { bearer: token })).status, path).toBe(404);
    }
    for (const path of ["/boot.ipxe", "/register/quick.sh", `${AGENT}/claim`]) {
      expect((await ask(base, path, { bearer: token })).status, path).toBe(404);
    }
  });

  test("every route of the OpenAPI document exists where it says, and none ever answers 5xx", async () => {
    const document = (await ask(base, "/openapi.json", { bearer: token })).json;
    expect(document.openapi).toMatch(/^3\.1/);
    const routes = Object.entries<Record<string, { tags: string[] }>>(document.paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, { tags }]) => ({ path, method, tags })),
    );
    expect(routes.length).toBeGreaterThan(25);
    for (const { path, method, tags } of routes.filter((it) => !it.path.endsWith("/events"))) {
      const answer = await ask(
        tags.includes("console") ? base : product.labUrl,
        path.replace(/\{\w+\}/g, "99"),
        { method: method.toUpperCase(), bearer: token, ...(method === "get" ? {} : { body: {} }) },
      );
      const what = `${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`;
      expect(answer.status, what).toBeLessThan(500);
      expect(answer.status, what).not.toBe(405);
      expect(answer.json?.type ?? "", what).not.toContain("no-such-route");
    }
  });

  test("an error is a problem document with a type and a sentence", async () => {
    const answer = await operator("hosts", { method: "DELETE" });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toContain("GET");
    expect(answer.headers["content-type"]).toContain(PROBLEM);
    expect(answer.json).toMatchObject({ status: 405, type: expect.any(String) });
    expect(answer.json.detail).toMatch(/\w+ .*\.$/);
  });
});

test("a run from a MAC to its end, one sentence of the interface after the other", async () => {
  // A machine that nobody knows falls through to its disk and is discovered; MACs come in any shape.
  expect(await bootToken("52-54-00-00-07-0A")).toBeNull();
  expect((await operator("discovered")).json).toMatchObject([{ mac: MAC }]);
  const host = await operator("hosts", { method: "POST", body: { mac: "52-54-00-00-07-0A" } });
  expect(host.status).toBe(201);
  expect((await operator("hosts", { method: "POST", body: { mac: MAC } })).status).toBe(409);
  await operator(`hosts/${host.json.id}`, { method: "PATCH", body: { spec: "bench" } });

  // Without a reporter only "wake" starts it, and only once.
  const start = (more: object) =>
    operator(`hosts/${host.json.id}/runs`, {
      method: "POST",
      body: { profile: "quick", nonDestructive: true, ...more },
    });
  const offline = await start({ start: "reporter" });
  expect(offline.status).toBe(409);
  expect(offline.json.detail).toContain("/register/quick.sh");
  const started = await start({ start: "wake", operator: "Ada", ticket: "T-1" });
  expect(started.status).toBe(201);
  expect(started.json).toMatchObject({ state: "WaitingWoL", runId: expect.any(Number) });
  const { runId } = started.json;
  const run = async () => (await operator(`runs/${runId}`)).json;
  expect((await start({ start: "wake" })).status).toBe(409);
  expect((await operator("runs?host=&state=")).json).toHaveLength(1);

  // Boot tokens: the latest counts, once, for its MAC alone.
  const revoked = await bootToken(MAC);
  const boot = (await bootToken(MAC)) ?? "";
  expect((await run()).state).toBe("Booting");
  expect((await claim(revoked ?? "", "b1")).status).toBe(401);
  expect((await claim("unknown", "b1")).status).toBe(401);
  expect((await claim(boot, "b1", undefined, "52:54:00:00:07:ff")).status).toBe(401);
  const claims = await Promise.all([claim(boot, "b1"), claim(boot, "b1"), claim(boot, "b1")]);
  expect(claims.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  const claimed = claims.find(({ status }) => status === 200)?.json;
  expect(claimed).toMatchObject({ runId, currentState: "Inventory", nextSequence: 1 });
  expect(claimed.stages).toHaveLength(11);
  const { runToken } = claimed;
  const post = (what: string, body: unknown) => agent(what, body, runToken);
  expect((await claim(boot, "b1")).status).toBe(401);
  expect((await claim("ignored", "b1", runToken)).json).toMatchObject({ runId, runToken });
  expect((await claim("ignored", "b2", runToken)).status).toBe(401);

  // The token is asked before the payload; the two listeners' tokens open nothing of each other.
  for (const what of [
    "heartbeat",
    "inventory",
    "sensor",
    "log",
    "firmware",
    "evidence",
    "result",
  ]) {
    expect((await agent(what, "{", undefined)).status, what).toBe(401);
    expect((await agent(what, "{", token)).status, what).toBe(401);
    expect((await post(what, "{")).status, what).toBe(400);
  }
  expect((await ask(base, "/api/v1/hosts", { bearer: runToken })).status).toBe(401);

  // A repeat gets its first answer again, a taken sequence is refused, more than 500 samples are too many.
  const first = await post("sensor", sample(1, "Inventory", 20));
  expect(first.json).toEqual({ accepted: 1, breaches: [] });
  expect((await post("sensor", sample(1, "Inventory", 99))).text).toBe(first.text);
  const [one] = sample(2, "Inventory", 20).samples;
  expect((await post("sensor", { samples: Array(501).fill(one) })).status).toBe(413);
  const bios = { component: "bios", identifier: "system", version: "2.18.0" };
  expect((await post("firmware", { sequence: 1, components: [bios] })).status).toBe(409);
  expect((await post("firmware", { sequence: 2, components: [bios] })).status).toBe(200);
  const diff = await operator(`runs/${runId}/firmware/diff?against=spec`);
  expect(diff.json.rows).toMatchObject([
    { kind: "mismatch", expected: "2.19.1", actual: "2.18.0" },
  ]);
  expect((await operator(`runs/${runId}/firmware/diff?against=${runId}`)).status).toBe(200);
  expect((await operator(`runs/${runId}/firmware/diff?against=99`)).status).toBe(404);

  // A stage mismatch is 409, again 409 when it is repeated, and parks the run.
  const passed = await post("result", result(3, "Inventory"));
  expect(passed.json).toEqual({ nextState: "Firmware" });
  const mismatch = await post("result", result(4, "SMART"));
  expect(mismatch.status).toBe(409);
  expect((await post("result", result(4, "SMART"))).text).toBe(mismatch.text);
  expect(await run()).toMatchObject({
    state: "FailedHolding",
    failedStage: "SMART (expected Firmware)",
  });
  const override = (reason: string) =>
    operator(`runs/${runId}/override`, { method: "POST", body: { reason } });
  expect((await override(" ")).status).toBe(400);
  expect((await override("the agent was wrong")).json).toMatchObject({
    state: "Firmware",
    failedStage: null,
  });
  expect((await override("once more")).status).toBe(409);
  const beat = async () => (await post("heartbeat", { bootId: "b1" })).json.cmd;
  expect([await beat(), await beat()]).toEqual(["override", "override"]);

  // A breach at once: /sensor tells it, the heartbeat aborts the stage, a claimed pass is a fail.
  expect((await post("sensor", sample(5, "Firmware", 51))).json.breaches).toEqual([
    { sensor: "board.temp", value: 51, limit: 50 },
  ]);
  expect(await beat()).toBe("abort_stage");
  expect((await post("result", result(6, "Firmware"))).json.nextState).toBe("FailedHolding");

  // From the hold: Cancel & reboot. What came before is still answered, the rest is 410 with what to do.
  const cancel = () => operator(`runs/${runId}/cancel`, { method: "POST" });
  expect((await cancel()).json).toMatchObject({ state: "Cancelled", failedStage: "Firmware" });
  expect((await cancel()).status).toBe(409);
  expect(await beat()).toBe("reboot");
  expect((await post("result", result(3, "Inventory"))).text).toBe(passed.text);
  const dead = await post("result", result(7, "Firmware"));
  expect([dead.status, dead.json.do]).toEqual([410, "reboot"]);
  expect((await post("heartbeat", { bootId: "b1", obeying: "reboot" })).status).toBe(200);
  expect((await post("heartbeat", { bootId: "b1" })).status).toBe(410);
  expect(await bootToken(MAC)).toBeNull();
  const report = await operator(`runs/${runId}/report.html`);
  for (const text of ["the agent was wrong", "Ada", "T-1"]) expect(report.text).toContain(text);
});

test("the live stream resumes after Last-Event-ID; a cursor that is not known begins with resync", async () => {
  const url = `${base}/api/v1/events`;
  const stream = await listen(url, token);
  expect(stream.type).toContain("text/event-stream");
  await expect.poll(() => stream.events[0]?.event).toBe("resync");
  const register = (mac: string) =>
    lab(`${REPORTER}/register`, { method: "POST", body: { hostname: "live", macs: [mac] } });
  await register("52:54:00:00:07:01");
  await expect.poll(() => stream.events.length).toBeGreaterThan(1);
  const mark = stream.events.at(-1)?.id ?? "";
  await register("52:54:00:00:07:02");
  await register("52:54:00:00:07:03");
  const missed = () => stream.events.filter(({ id }) => Number(id) > Number(mark));
  await expect.poll(() => missed().length).toBeGreaterThan(1);
  const resumed = await listen(url, token, mark);
  await expect.poll(() => resumed.events).toEqual(missed());
  const strange = await listen(url, token, "1");
  await expect.poll(() => strange.events[0]?.data.type).toBe("resync");
  await Promise.all([stream, resumed, strange].map(({ stop }) => stop()));
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { ConsoleProcess } from "./console-process.ts";
import { ask } from "./outside-client.ts";

// Whatever a stranger sends, the running console answers it and lives.

const MAC = "52:54:00:00:07:20";

let product: ConsoleProcess;
let base = "";
let token = "";
beforeAll(async () => {
  product = await new ConsoleProcess("127.0.0.1").start();
  const url = new URL(product.ready.consoleUrl);
  base = url.origin;
  token = url.searchParams.get("token") ?? "";
});
afterAll(() => product?.end());

interface Route {
  readonly at: string;
  readonly path: string;
  readonly bearer?: string;
}

/** A host with a run in its first stage, and every route that takes a body, with the token it wants. */
async function routesThatTakeBodies(): Promise<{ routes: Route[]; runId: number }> {
  const lab = product.labUrl;
  const register = async (mac: string) =>
    (
      await ask(lab, "/api/reporter/v1/register", {
        method: "POST",
        body: { hostname: "junk", macs: [mac] },
      })
    ).json;
  const { hostId } = await register(MAC);
  // Of another host: a heartbeat with a boot id of its own, in the middle of a stage, is a reset.
  const { reporterToken } = await register("52:54:00:00:07:21");
  await ask(base, `/api/v1/hosts/${hostId}/runs`, {
    method: "POST",
    bearer: token,
    body: { profile: "quick", nonDestructive: true, start: "wake" },
  });
  const script = await ask(lab, `/boot.ipxe?mac=${MAC}`);
  const bootToken = /\bvetting\.boot=(\S+)/.exec(script.text)?.[1];
  const claimed = await ask(lab, "/api/agent/v1/claim", {
    method: "POST",
    body: { bootToken, mac: MAC, bootId: "b1", agentVersion: "1" },
  });
  const { runId, runToken } = claimed.json;
  const agentRoutes = "heartbeat inventory sensor log firmware evidence result claim".split(" ");
  const routes = [
    ...agentRoutes.map((what) => ({
      at: lab,
      path: `/api/agent/v1/${what}`,
      bearer: runToken,
    })),
    { at: lab, path: "/api/reporter/v1/register" },
    { at: lab, path: "/api/reporter/v1/heartbeat", bearer: reporterToken },
    { at: base, path: "/api/v1/hosts", bearer: token },
    { at: base, path: `/api/v1/hosts/${hostId}/runs`, bearer: token },
    { at: base, path: `/api/v1/runs/${runId}/override`, bearer: token },
  ];
  return { routes, runId };
}

const KEYS =
  "sequence samples lines inventory components stage kind name text bootId bootToken mac macs hostname reason profile start agentVersion";
const everyKey = (value: unknown) => Object.fromEntries(KEYS.split(" ").map((key) => [key, value]));
const NEVER_RIGHT = [null, true, -1, 1.5, 2 ** 53, "", [], [[null]], { a: {} }];
/** Legal as text in some places. */
const STRANGE_TEXT = ["\u0000", "\ud800", "__proto__", "'; drop table runs; --"];
const WRONG_BODIES = [
  ...NEVER_RIGHT,
  ...NEVER_RIGHT.map(everyKey),
  "[".repeat(20_000),
  '{"__proto__":{"a":1}}',
  '{"a":1',
];

test("junk of every JSON type at every route is 400; strange text is never a 5xx; the run goes on", async () => {
  const { routes, runId } = await routesThatTakeBodies();
  const post = async ({ at, path, bearer }: Route, body: unknown) => {
    const answer = await ask(at, path, { method: "POST", body, bearer });
    const what = `${path} ${JSON.stringify(body)}: ${answer.status} ${answer.text}`;
    if (answer.status >= 400) {
      expect(answer.headers["content-type"], what).toContain("application/problem+json");
    }
    return { status: answer.status, what };
  };
  for (const route of routes) {
    for (const body of WRONG_BODIES) {
      const { status, what } = await post(route, body ?? "null");
      expect(status, what).toBe(400);
    }
    for (const text of STRANGE_TEXT) {
      const { status, what } = await post(route, everyKey(text));
      expect(status, what).toBeLessThan(500);
    }
  }
  const run = await ask(base, `/api/v1/runs/${runId}`, { bearer: token });
  expect(run.json.state).toBe("Inventory");
});

const PATHS =
  "/%ff /% /boot/%00 /boot/..%2f..%2fpackage.json /boot/%2e%2e/%2e%2e/package.json /boot/.hidden /assets/%00 //evil/ /api/v1/hosts/%00 /api/v1/runs/1%2f2 /api/v1/runs/99999999999999999999 /boot.ipxe?mac=%ff /constructor /__proto__";

test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
  "%s at addresses that are none: 4xx on both listeners, and no file of ours",
  async (method) => {
    for (const at of [base, product.labUrl]) {
      for (const path of [...PATHS.split(" "), `/${"a".repeat(5000)}`]) {
        const { status, text } = await ask(at, path, { method, bearer: token });
        const what = `${method} ${path.slice(0, 60)}: ${status} ${text.slice(0, 200)}`;
        expect(status, what).toBeGreaterThanOrEqual(400);
        expect(status, what).toBeLessThan(500);
        expect(text, what).not.toContain('"devDependencies"');
      }
    }
  },
);

test("queries of every kind are answered below 500", async () => {
  const values = ["", "0", "-1", "x", "1e3", "9".repeat(20), "%00", "%ff", "__proto__", "NaN"];
  const addresses = [
    ...["host", "state", "limit"].map((key) => `/api/v1/runs?${key}=`),
    ...["after", "limit", "tail"].map((key) => `/api/v1/runs/1/logs?${key}=`),
    ...["from", "to", "points"].map((key) => `/api/v1/runs/1/series?sensor=a&${key}=`),
    "/api/v1/runs/1/series?sensor=",
    "/api/v1/runs/1/firmware/diff?against=",
  ];
  for (const address of addresses) {
    for (const value of values) {
      const { status } = await ask(base, `${address}${value}`, { bearer: token });
      expect(status, `${address}${value}`).toBeLessThan(500);
    }
  }
});

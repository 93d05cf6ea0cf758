import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemSchema } from "../../../contract/common.ts";
import { breakEveryField, fieldsNotFilled } from "./break-payload.ts";
import { REPORTER_TOKEN, RUN_TOKEN } from "./fake-service.ts";
import { AUTHORIZED, type Harness, harness } from "./harness.ts";
import { VALID_PAYLOADS, type ValidPayload } from "./valid-payloads.ts";

let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());

function send({ listener, method, url }: ValidPayload, payload: unknown) {
  const token = url.startsWith("/api/reporter") ? REPORTER_TOKEN : RUN_TOKEN;
  const headers = listener === "console" ? AUTHORIZED : { authorization: `Bearer ${token}` };
  return h[listener].inject({
    method,
    url,
    headers: { ...headers, "content-type": "application/json" },
    payload: typeof payload === "string" ? payload : JSON.stringify(payload),
  });
}

describe.each(VALID_PAYLOADS)("$method $url", (valid) => {
  test("takes the payload with every field of its schema filled in", async () => {
    expect(fieldsNotFilled(valid.schema, valid.payload)).toEqual([]);
    const answer = await send(valid, valid.payload);
    expect(answer.statusCode, answer.body).toBeLessThan(300);
  });

  test("every field wrong once: 400 that names the field, and nothing reaches the service", async () => {
    const broken = breakEveryField(valid.schema, valid.payload);
    expect(broken.length).toBeGreaterThan(1);
    const before = h.service.calls.length;
    for (const { path, how, payload } of broken) {
      const answer = await send(valid, payload);
      expect(answer.statusCode, `${path} ${how}: ${answer.body}`).toBe(400);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
      const problem = problemSchema.parse(answer.json());
      expect(problem.type).toBe("urn:vetting:problem:invalid-payload");
      expect(
        problem.errors?.map((error) => error.path),
        how,
      ).toContain(path);
      expect(problem.detail).toContain(path);
    }
    expect(h.service.calls.length).toBe(before);
  });

  test.each([
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "7"],
  ])("%s instead of an object: 400", async (_what, payload) => {
    const answer = await send(valid, payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors.length).toBeGreaterThan(0);
  });

  test.each([
    ["half a document", '{"a":'],
    ["text", "hello"],
    ["a prototype in disguise", '{"__proto__":{"admin":true}}'],
  ])("%s: 400, the body is not JSON", async (_what, payload) => {
    const answer = await send(valid, payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().type).toBe("urn:vetting:problem:malformed-json");
  });
});

test("the process lives after all of it", async () => {
  const answer = await h.console.inject({ url: "/api/v1/hosts", headers: AUTHORIZED });
  expect(answer.statusCode).toBe(200);
});

test("a key that does not belong is named itself", async () => {
  const valid = VALID_PAYLOADS.find(({ url }) => url === "/api/v1/hosts/3/runs");
  if (valid === undefined) throw new Error("no such payload");
  const answer = await send(valid, { ...valid.payload, destructive: true });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toEqual([
    { path: "destructive", message: "not a key of this payload" },
  ]);
});

test("a body that is not JSON by its own word: 415", async () => {
  const answer = await h.lab.inject({
    method: "POST",
    url: "/api/reporter/v1/register",
    headers: { "content-type": "text/plain" },
    payload: "{}",
  });
  expect(answer.statusCode).toBe(415);
  expect(answer.json().type).toBe("urn:vetting:problem:unsupported-media-type");
});

describe("numbers and words in addresses", () => {
  test.each([
    ["/api/v1/hosts/x", "id"],
    ["/api/v1/hosts/0", "id"],
    ["/api/v1/runs/-1", "id"],
    ["/api/v1/runs/7.5/logs", "id"],
    ["/api/v1/runs/7/evidence/x", "evidenceId"],
    ["/api/v1/runs?host=x", "host"],
    ["/api/v1/runs?state=Sleeping", "state"],
    ["/api/v1/runs?limit=0", "limit"],
    ["/api/v1/runs/7/series", "sensor"],
    ["/api/v1/runs/7/series?sensor=a&from=yesterday", "from"],
    ["/api/v1/runs/7/series?sensor=a&to=x", "to"],
    ["/api/v1/runs/7/series?sensor=a&points=0", "points"],
    ["/api/v1/runs/7/logs?after=x", "after"],
    ["/api/v1/runs/7/logs?limit=999999", "limit"],
    ["/api/v1/runs/7/logs?tail=maybe", "tail"],
    ["/api/v1/runs/7/firmware/diff?against=x", "against"],
  ])("%s: 400 at %s", async (url, path) => {
    const answer = await h.console.inject({ url, headers: AUTHORIZED });
    expect(answer.statusCode, answer.body).toBe(400);
    expect(answer.json().errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  test("an empty value counts as absent", async () => {
    const answer = await h.console.inject({
      url: "/api/v1/runs?host=&state=",
      headers: AUTHORIZED,
    });
    expect(answer.statusCode).toBe(200);
    expect(h.service.called("listRuns").at(-1)).toEqual([{ limit: 1000 }]);
  });
});

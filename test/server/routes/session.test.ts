import { afterAll, beforeAll, expect, test } from "vitest";
import { resumeMessage } from "../../../contract/session-api.ts";
import { sign } from "../../../renderer/live/session.ts";
import { AUTHORIZED, type Harness, HOST_HEADER, harness, PORT, TOKEN } from "./harness.ts";

let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());

const SESSION = "/api/v1/session";
const host = { host: HOST_HEADER };

async function proof() {
  const issued = await h.console.inject({ url: SESSION, headers: AUTHORIZED });
  const { resumeKey, expiresAt } = issued.json<{ resumeKey: string; expiresAt: string }>();
  const launch = await h.console.inject({ url: `${SESSION}/launch`, headers: host });
  const message = resumeMessage(launch.json<{ launch: string }>().launch, PORT);
  return { expiresAt, proof: await sign(resumeKey, message) };
}

test("a proof over this launch becomes its cookie, with no token sent", async () => {
  const payload = await proof();
  const answer = await h.console.inject({ method: "POST", url: SESSION, headers: host, payload });
  expect(answer.statusCode).toBe(200);
  const cookie = String(answer.headers["set-cookie"]);
  expect(cookie).toContain(`vetting_${PORT}=${TOKEN}`);
  expect(cookie).toContain("HttpOnly");
  expect(cookie).toContain("SameSite=Strict");
  expect(answer.body).not.toContain(TOKEN);
});

test("anything else is 401 and sets nothing", async () => {
  const good = await proof();
  for (const payload of [
    { ...good, proof: "A".repeat(43) },
    { ...good, expiresAt: "2099-01-01T00:00:00.000Z" },
  ]) {
    const answer = await h.console.inject({ method: "POST", url: SESSION, headers: host, payload });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  }
});

test("the right proof from a page of another site, or under a foreign name, is 403", async () => {
  const payload = await proof();
  for (const headers of [
    { ...host, origin: "http://evil.example" },
    { host: "evil.example" },
    { host: `127.0.0.1:${PORT + 1}` },
  ]) {
    const answer = await h.console.inject({ method: "POST", url: SESSION, headers, payload });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  }
});

test("only these two addresses are open: the key itself needs the token", async () => {
  for (const url of [SESSION, `${SESSION}/launch?x=1`, `${SESSION}/launch/x`, "/api/v1/hosts"]) {
    const answer = await h.console.inject({ url, headers: host });
    expect(answer.statusCode, url).toBe(401);
  }
});

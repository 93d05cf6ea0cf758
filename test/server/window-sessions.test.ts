import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resumeMessage } from "../../contract/session-api.ts";
import { sign } from "../../renderer/live/session.ts";
import { lastingSecret, WindowSessions } from "../../server/window-sessions.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-session-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const T0 = Date.parse("2026-01-01T00:00:00.000Z");
const DAY_MS = 86_400_000;

describe("the secret of a data directory", () => {
  test("lasts, and only its owner can read it", () => {
    const secret = lastingSecret(dir);
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(lastingSecret(dir)).toBe(secret);
    expect(statSync(join(dir, "session.key")).mode & 0o777).toBe(0o600);
  });

  test("is made anew when others could have read it, or when it is damaged", () => {
    const first = lastingSecret(dir);
    chmodSync(join(dir, "session.key"), 0o644);
    const second = lastingSecret(dir);
    expect(second).not.toBe(first);
    expect(statSync(join(dir, "session.key")).mode & 0o777).toBe(0o600);
    writeFileSync(join(dir, "session.key"), "");
    expect(lastingSecret(dir)).not.toBe(second);
    expect(readFileSync(join(dir, "session.key"), "utf8").length).toBe(44);
  });
});

describe("a window that was let in before", () => {
  /** A window of an earlier start, and the console as it stands now. */
  function later({ days = 0, secret = "of this data directory" } = {}) {
    const held = new WindowSessions("of this data directory", () => T0).issue();
    const now = new WindowSessions(secret, () => T0 + days * DAY_MS);
    const proof = (launch: string, port: number) =>
      sign(held.resumeKey, resumeMessage(launch, port)).then((signed) => ({
        expiresAt: held.expiresAt,
        proof: signed,
      }));
    return { now, proof, held };
  }

  test("is known again by what the page signs", async () => {
    const { now, proof } = later();
    expect(now.accepts(await proof(now.launch, 8420), 8420)).toBe(true);
  });

  test("is not after thirty days, and cannot say itself how long", async () => {
    const { now, proof } = later({ days: 31 });
    const late = await proof(now.launch, 8420);
    expect(now.accepts(late, 8420)).toBe(false);
    expect(now.accepts({ ...late, expiresAt: "2027-01-01T00:00:00.000Z" }, 8420)).toBe(false);
  });

  test("is not by a proof for another start: what was signed for somebody else on the port is worthless", async () => {
    const { now, proof } = later();
    const other = new WindowSessions("x", () => T0);
    expect(now.accepts(await proof(other.launch, 8420), 8420)).toBe(false);
  });

  test("is not by a proof for another port: nobody on the old port can pass it on", async () => {
    const { now, proof } = later();
    expect(now.accepts(await proof(now.launch, 8420), 9000)).toBe(false);
  });

  test("is not by the key of another data directory, or by the key itself", async () => {
    const { now, proof, held } = later({ secret: "of another" });
    expect(now.accepts(await proof(now.launch, 8420), 8420)).toBe(false);
    const same = later();
    const { expiresAt, resumeKey } = held;
    expect(same.now.accepts({ expiresAt, proof: resumeKey }, 8420)).toBe(false);
  });
});

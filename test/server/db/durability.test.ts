import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { addRun, openStore, T0 } from "./temp-store.ts";

/** Lets a child commit until it has acknowledged enough, and kills it in the middle of its work. */
async function commitAndKill(file: string, runId: number, attemptId: number): Promise<number> {
  const script = new URL("./committing-child.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, file, String(runId), String(attemptId)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  let acknowledged = 0;
  let batches = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    batches += 1;
    // Whatever it still writes on its way out was acknowledged as well, so reading goes on to the end.
    if (batches === 20) child.kill("SIGKILL");
  }
  const [, signal] = await closed;
  expect(signal).toBe("SIGKILL");
  return acknowledged;
}

describe("a console that is killed with SIGKILL", () => {
  test("keeps every acknowledged sample, none doubled and no batch in part, three times over", async () => {
    const { db, store, file } = openStore();
    const { run } = addRun(store, { state: "CPUStress" });
    const attempt = store.attempts.start(run.id, "CPUStress", T0);
    const sequences = db
      .prepare("SELECT sequence FROM samples WHERE run_id = ? ORDER BY 1")
      .pluck();
    for (let kill = 1; kill <= 3; kill += 1) {
      const acknowledged = await commitAndKill(file, run.id, attempt.id);
      const stored = sequences.all(run.id) as number[];
      expect(acknowledged).toBeGreaterThan(0);
      expect(stored.length).toBeGreaterThanOrEqual(acknowledged);
      expect(stored).toEqual(stored.map((_, index) => index + 1));
      expect(stored.length % 50).toBe(0);
      expect(store.answers.nextSequence(run.id)).toBe(stored.length + 1);
      expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    }
  }, 60_000);
});

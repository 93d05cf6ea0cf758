import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/** The simulated host that a fake speaks for; see fake.sh. */
export const HOST_DIR = process.env.FAKE_HOST_DIR ?? "";
export const SCENARIO = process.env.FAKE_SCENARIO ?? "healthy";

const CAPTURES = join(import.meta.dirname, "../../../fixtures/tool-captures");

/** What the real tool printed on a machine of ours. */
export function readCapture(name: string): string {
  return readFileSync(join(CAPTURES, name), "utf8");
}

/** Facts of this host that the fakes need, as test/demo/host/ wrote them. */
export function readFacts<T>(name: string): T {
  return JSON.parse(readFileSync(join(HOST_DIR, "out", name), "utf8")) as T;
}

/** Tells the simulator what this process does to the host, until it ends. */
export function beginWork(what: string): void {
  const folder = join(HOST_DIR, "activity");
  const file = join(folder, String(process.pid));
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${what}\n`);
  process.on("exit", () => rmSync(file, { force: true }));
}

/**
 * Works for the time, with a step every 200 ms.
 * @returns the seconds that passed up to the last step, so that what the steps count is all that was done; SIGTERM
 * ends it early.
 */
export async function work(
  seconds: number,
  step: (elapsedS: number) => void = () => {},
): Promise<number> {
  const startedMs = performance.now();
  const elapsedS = () => (performance.now() - startedMs) / 1000;
  let stopped = false;
  process.once("SIGTERM", () => {
    stopped = true;
  });
  let workedS = 0;
  while (!stopped && workedS < seconds) {
    const leftMs = (seconds - workedS) * 1000;
    await new Promise((wake) => setTimeout(wake, Math.min(200, Math.max(1, leftMs))));
    workedS = elapsedS();
    step(workedS);
  }
  return workedS;
}

/** Adds to the kernel's byte counters of a NIC: /proc/net/dev, where several programs count at once. */
export function countBytes(nic: string, received: number, sent: number): void {
  const file = join(HOST_DIR, "root/proc/net/dev");
  const lock = join(HOST_DIR, "state/net-dev.lock");
  mkdirSync(join(HOST_DIR, "state"), { recursive: true });
  takeLock(lock);
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    const counted = lines.map((line) => {
      const match = new RegExp(`^(\\s*${nic}:)\\s*(.*)$`).exec(line);
      if (match === null) return line;
      const cells = (match[2] ?? "").trim().split(/\s+/).map(Number);
      const add = (index: number, by: number) => {
        cells[index] = (cells[index] ?? 0) + Math.round(by);
      };
      add(0, received);
      add(1, received / 1448);
      add(8, sent);
      add(9, sent / 1448);
      return `${match[1]} ${cells.join(" ")}`;
    });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, counted.join("\n"));
    renameSync(draft, file);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

const LOCK_PATIENCE_MS = 1000;

/** A holder that was killed leaves its lock behind: after a second it is taken over. */
function takeLock(lock: string): void {
  const giveUpMs = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      if (performance.now() > giveUpMs) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

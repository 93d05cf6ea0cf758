import { readdirSync, readFileSync } from "node:fs";

/** Linux counts process time in ticks of 1/100 s (USER_HZ, fixed in the ABI). */
const TICKS_PER_SECOND = 100;

/** CPU seconds that these processes have used, with those of their children that have ended. */
export function cpuSeconds(pids: readonly number[]): number {
  // utime, stime, cutime, cstime [proc(5)], counted from the state on.
  const ticks = pids.flatMap((pid) => statOf(pid)?.slice(11, 15).map(Number) ?? []);
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND;
}

/** A process and those below it. */
export function processTree(pid: number): number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => statOf(Number(name))?.[1] === String(pid))
    .map(Number);
  return [pid, ...children.flatMap(processTree)];
}

function statOf(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
  } catch {
    // It has ended.
    return null;
  }
}

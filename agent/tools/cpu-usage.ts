import type { HostFiles } from "./command.ts";

/** Processor time since boot over all processors, in clock ticks. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
  /** Logical processors online. */
  readonly processors: number;
}

/** /proc/stat; null when it cannot be read. */
export async function readCpuTimes(files: HostFiles): Promise<CpuTimes | null> {
  return parseCpuTimes((await files.readText("/proc/stat")) ?? "");
}

export function parseCpuTimes(text: string): CpuTimes | null {
  const ticks = /^cpu +(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/).slice(0, 8).map(Number);
  if (ticks === undefined || ticks.length < 4) return null;
  const total = ticks.reduce((a, b) => a + b, 0);
  // idle and iowait
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: total - idle, total, processors: (text.match(/^cpu\d+ /gm) ?? []).length };
}

/** Mean utilisation between two readings, in percent; null when no time passed. */
export function utilisationPercent(before: CpuTimes, after: CpuTimes): number | null {
  const total = after.total - before.total;
  return total <= 0 ? null : (100 * (after.busy - before.busy)) / total;
}

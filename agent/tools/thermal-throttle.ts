import type { HostFiles } from "./command.ts";

const CPU = "/sys/devices/system/cpu";

/** How often the processors were slowed down for heat since boot. */
export interface ThrottleCounts {
  /** Each physical core once: hyper-threads report the same counter. */
  readonly coreEvents: number;
  /** Each package once. */
  readonly packageEvents: number;
}

/** Null where the kernel does not count (AMD, virtual machines): zero must not be claimed then. */
export async function readThrottleCounts(files: HostFiles): Promise<ThrottleCounts | null> {
  const cores = new Map<string, number>();
  const packages = new Map<string, number>();
  const cpus = (await files.list(CPU)).filter((name) => /^cpu\d+$/.test(name));
  for (const cpu of cpus) {
    const core = await readCount(files, `${CPU}/${cpu}/thermal_throttle/core_throttle_count`);
    const pack = await readCount(files, `${CPU}/${cpu}/thermal_throttle/package_throttle_count`);
    const packageId = (await readLine(files, `${CPU}/${cpu}/topology/physical_package_id`)) ?? "0";
    const coreId = (await readLine(files, `${CPU}/${cpu}/topology/core_id`)) ?? cpu;
    // The greatest wins: a thread that came online late counts from then.
    if (core !== null) raise(cores, `${packageId}/${coreId}`, core);
    if (pack !== null) raise(packages, packageId, pack);
  }
  if (cores.size === 0 && packages.size === 0) return null;
  return { coreEvents: sum(cores), packageEvents: sum(packages) };
}

function raise(counts: Map<string, number>, key: string, value: number): void {
  counts.set(key, Math.max(counts.get(key) ?? 0, value));
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((a, b) => a + b, 0);
}

async function readLine(files: HostFiles, path: string): Promise<string | null> {
  return (await files.readText(path))?.trim() ?? null;
}

async function readCount(files: HostFiles, path: string): Promise<number | null> {
  const text = await readLine(files, path);
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

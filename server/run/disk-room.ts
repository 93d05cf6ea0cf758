import type { RunDeps } from "./context.ts";

const BYTES_PER_MIB = 1024 * 1024;

/** Why no run may start for want of room on the console's disk, or null. Half of what warns is too little. */
export function noRoomForRun({
  freeDiskBytes,
  config,
}: Pick<RunDeps, "freeDiskBytes" | "config">): string | null {
  const free = freeDiskBytes();
  if (free === null || free >= (config.disk.warnFreeMiB / 2) * BYTES_PER_MIB) return null;
  const mib = Math.floor(free / BYTES_PER_MIB);
  return `The console's disk has only ${mib} MiB left: make room before you start a run, so that nothing of it is lost.`;
}

import type { HostFiles } from "../tools/command.ts";
import { readCgroupHeadroom, readMemoryInfo } from "../tools/meminfo.ts";

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

/** What the agent, the kernel and the other tools keep for themselves. */
export const RESERVE_BYTES = 1.5 * GiB;
/** Below this a pass would prove nothing. */
export const FLOOR_BYTES = 256 * MiB;

/**
 * How much memory one worker can take and check per second of its pass. First touch alone ran at about
 * 1 GiB/s on a virtual machine, and a pass that is too large for its time ends with no work done and exit 0
 * (seen: 3 GiB in 6 s and 6 GiB in 8 s did none; 512 MiB in 2 s did).
 */
const BYTES_PER_SECOND = 256 * MiB;

export interface MemoryCap {
  /** For `--vm-bytes`. */
  readonly bytes: number;
  /** MemAvailable − 1.5 GiB, at least 256 MiB: what could be exercised, given time. */
  readonly allowedBytes: number;
  /** What the host had free: it may be less than the floor, and then no pass can be expected to work. */
  readonly availableBytes: number;
}

/** Null when the host's memory cannot be read. */
export async function memoryCap(files: HostFiles, seconds: number): Promise<MemoryCap | null> {
  const info = await readMemoryInfo(files);
  if (info === null) return null;
  const available = Math.min(
    info.availableBytes,
    (await readCgroupHeadroom(files)) ?? info.availableBytes,
  );
  const allowedBytes = Math.max(FLOOR_BYTES, available - RESERVE_BYTES);
  const inTime = Math.max(FLOOR_BYTES, seconds * BYTES_PER_SECOND);
  return { bytes: Math.min(allowedBytes, inTime), allowedBytes, availableBytes: available };
}

export function gibText(bytes: number): string {
  return `${(bytes / GiB).toFixed(1)} GiB`;
}

/** Why a pass over that much could not work on this host, in one sentence; null where memory was no hindrance. */
export function memoryShortage(cap: MemoryCap, bytes: number): string | null {
  if (cap.availableBytes >= bytes) return null;
  const mib = (amount: number) => `${Math.round(amount / MiB)} MiB`;
  return `Only ${mib(cap.availableBytes)} of memory were available, and a pass takes ${mib(bytes)}.`;
}

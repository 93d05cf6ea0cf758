import type { LiveEvent } from "../contract/console-api.ts";
import type { FreeDiskBytes } from "./run/ports.ts";

const BYTES_PER_MIB = 1024 * 1024;
/** Said again this often while it lasts, so that a page that was opened later hears of it too. */
const REPEAT_MS = 10 * 60_000;

interface DiskWatchDeps {
  readonly freeDiskBytes: FreeDiskBytes;
  readonly warnFreeMiB: () => number;
  readonly now: () => number;
  readonly publish: (event: LiveEvent) => void;
}

/**
 * Says on the live stream that the disk is nearly full, before it hurts, and that there is room again.
 * @returns the function that looks; call it now and then
 */
export function createDiskWatch({ freeDiskBytes, warnFreeMiB, now, publish }: DiskWatchDeps) {
  let warnedAt: number | null = null;
  return (): void => {
    const free = freeDiskBytes();
    if (free === null) return;
    const least = warnFreeMiB();
    const freeMiB = Math.floor(free / BYTES_PER_MIB);
    if (freeMiB >= least) {
      if (warnedAt !== null) {
        publish({ type: "notice", level: "info", text: "The console's disk has room again." });
      }
      warnedAt = null;
      return;
    }
    if (warnedAt !== null && now() - warnedAt < REPEAT_MS) return;
    warnedAt = now();
    const text = `The console's disk is nearly full: ${freeMiB} MiB are left. Make room; below ${Math.floor(least / 2)} MiB no new run starts.`;
    publish({ type: "notice", level: "warn", text });
  };
}

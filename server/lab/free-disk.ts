import { statfsSync } from "node:fs";
import type { FreeDiskBytes } from "../run/ports.ts";

/** Asked at every Start and by the doctor: a few seconds old is new enough, in ms. */
const FRESH_MS = 3000;

/** Room left for this user on the file system of a directory; null when the system does not say. */
export function createFreeDisk(
  directory: string,
  statfs: (path: string) => { bavail: number; bsize: number } = statfsSync,
  now: () => number = Date.now,
): FreeDiskBytes {
  let known: { readonly at: number; readonly bytes: number | null } | null = null;
  return () => {
    const at = now();
    if (known === null || at - known.at >= FRESH_MS || at < known.at) {
      known = { at, bytes: ask() };
    }
    return known.bytes;
  };

  function ask(): number | null {
    try {
      const { bavail, bsize } = statfs(directory);
      return bavail * bsize;
    } catch {
      return null;
    }
  }
}

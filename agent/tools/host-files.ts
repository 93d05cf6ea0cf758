import { realpathSync } from "node:fs";
import { lstat, readdir, readFile, readlink, realpath, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import type { HostFiles } from "./command.ts";

/**
 * The host's files over node:fs. What cannot be read is null or empty, never an exception: on real machines
 * sysfs files vanish, answer EIO or belong to another driver version.
 * @param root put before every path; tests hand in a tree of their own. Links inside it stay inside it.
 */
export function createHostFiles(root = ""): HostFiles {
  const base = root === "" ? "" : realpathSync(root);
  const real = (path: string) => (base === "" ? path : join(base, path));
  return {
    async readText(path) {
      try {
        return await readFile(real(path), "utf8");
      } catch {
        return null;
      }
    },
    async list(path) {
      try {
        return (await readdir(real(path))).sort();
      } catch {
        return [];
      }
    },
    async resolveLink(path) {
      try {
        if (!(await lstat(real(path))).isSymbolicLink()) return null;
        const target = await readlink(real(path));
        const inside = real(isAbsolute(target) ? target : join(await insideFolder(path), target));
        const resolved = await realpath(inside).catch(() => inside);
        return withoutRoot(resolved);
      } catch {
        return null;
      }
    },
    async writeText(path, text) {
      try {
        // r+: a kernel knob that is not there must not be made as a file.
        await writeFile(real(path), text, { flag: "r+" });
        return true;
      } catch {
        return false;
      }
    },
  };

  /** A relative target counts from the folder's real place: /sys/class/net/eth0 is itself a link. */
  async function insideFolder(path: string): Promise<string> {
    return withoutRoot(await realpath(real(dirname(path))));
  }
  function withoutRoot(path: string): string {
    if (path === base) return "/";
    return base !== "" && path.startsWith(`${base}/`) ? path.slice(base.length) : path;
  }
}

import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { readCommentedList } from "./commented-list.ts";
import { pathsIn } from "./paths-in.ts";
import type { RunTool } from "./run-tool.ts";

/** Extra Debian packages, as build/image/packages.txt. */
const PACKAGES = "packages.txt";
/** Run in the image, as root, when everything else is in place. */
const HOOK = "hook.sh";

/** Why the folders cannot be used, as one sentence, or null. */
export function overlayProblem(overlays: readonly string[]): string | null {
  for (const folder of overlays) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) return `There is no overlay folder ${folder}.`;
    if (!stat.isDirectory()) return `The overlay ${folder} is not a folder.`;
  }
  return null;
}

/** The Debian packages that an overlay wants. */
export function overlayPackages(folder: string): string[] {
  const file = join(folder, PACKAGES);
  return existsSync(file) ? readCommentedList(readFileSync(file, "utf8")) : [];
}

/** Copies an overlay over the image, everything owned by root, and runs its hook there. */
export async function addOverlay(rootDir: string, folder: string, run: RunTool): Promise<void> {
  // tar, as /bin and /lib of the image are links that a copied folder must follow.
  await run("sh", [
    "-c",
    'tar -C "$1" --exclude="./$3" --exclude="./$4" --owner=0 --group=0 -cf - . | tar -C "$2" --keep-directory-symlink -xpf -',
    "overlay",
    folder,
    rootDir,
    PACKAGES,
    HOOK,
  ]);
  const hook = join(folder, HOOK);
  if (!existsSync(hook)) return;
  const inRoot = join(rootDir, "tmp", HOOK);
  copyFileSync(hook, inRoot);
  try {
    // The mounts live and die with the namespace.
    const script =
      'mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev" && exec chroot "$1" /bin/sh "/tmp/$2"';
    await run("unshare", [
      ...["--mount", "--pid", "--fork", "--kill-child"],
      ...["sh", "-c", script, "hook", rootDir, HOOK],
    ]);
  } finally {
    rmSync(inRoot, { force: true });
  }
}

/** Tells two states of an overlay apart by names, sizes and times: GPU tools are gigabytes. */
export function overlayFingerprint(folder: string): string {
  const hash = createHash("sha256");
  for (const entry of pathsIn(folder)) {
    const stat = lstatSync(join(folder, entry));
    const target = stat.isSymbolicLink() ? readlinkSync(join(folder, entry)) : "";
    hash.update(`${entry}\0${stat.mode}\0${stat.isFile() ? stat.size : 0}\0${target}\0`);
    if (stat.isFile()) hash.update(`${stat.mtimeMs}\0`);
  }
  return hash.digest("hex");
}

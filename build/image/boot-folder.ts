import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type BootManifest, bootManifestSchema } from "../../contract/boot-manifest.ts";

export const MANIFEST = "manifest.json";

/** The manifest of a boot folder; null when there is none or it cannot be read. */
export function readManifest(bootDir: string): BootManifest | null {
  try {
    return bootManifestSchema.parse(JSON.parse(readFileSync(join(bootDir, MANIFEST), "utf8")));
  } catch {
    return null;
  }
}

/** Is this folder what a build of these inputs would make? Sizes tell a torn copy; the console checks the sums. */
export function isFresh(bootDir: string, inputsSha256: string): boolean {
  const manifest = readManifest(bootDir);
  if (manifest === null || manifest.inputsSha256 !== inputsSha256) return false;
  return manifest.files.every(
    ({ path, bytes }) => statSync(join(bootDir, path), { throwIfNoEntry: false })?.size === bytes,
  );
}

/** Sizes and sums of all files in a folder, for its manifest. */
export async function describeFiles(folder: string): Promise<BootManifest["files"]> {
  const names = readdirSync(folder).filter((name) => name !== MANIFEST);
  const files: BootManifest["files"] = [];
  for (const path of names.sort()) {
    const file = join(folder, path);
    files.push({ path, bytes: statSync(file).size, sha256: await sha256OfFile(file) });
  }
  return files;
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/**
 * Puts a finished draft in the place of the boot folder. A folder cannot be replaced in one step: the old one
 * steps aside first, and `recoverBootFolder` puts it back should the build die in between.
 */
export function publish(draftDir: string, bootDir: string): void {
  const aside = `${bootDir}.old`;
  rmSync(aside, { recursive: true, force: true });
  if (existsSync(bootDir)) renameSync(bootDir, aside);
  renameSync(draftDir, bootDir);
  rmSync(aside, { recursive: true, force: true });
}

/** After a build that died while publishing. */
export function recoverBootFolder(bootDir: string): void {
  const aside = `${bootDir}.old`;
  if (!existsSync(aside)) return;
  if (existsSync(bootDir)) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, bootDir);
}

const WORK_PREFIX = ".image-";

/** Where a build of this process works: beside the boot folder, so that publishing is a rename. */
export function workFolder(distDir: string, pid: number): string {
  return join(distDir, `${WORK_PREFIX}${pid}`);
}

/** Removes the work of builds whose process is gone. */
export function removeAbandoned(distDir: string, isAlive: (pid: number) => boolean): void {
  if (!existsSync(distDir)) return;
  for (const name of readdirSync(distDir)) {
    const pid = Number(name.startsWith(WORK_PREFIX) ? name.slice(WORK_PREFIX.length) : "x");
    if (Number.isInteger(pid) && !isAlive(pid)) {
      rmSync(join(distDir, name), { recursive: true, force: true });
    }
  }
}

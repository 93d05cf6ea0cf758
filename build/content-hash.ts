import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** Every file at or under a path, sorted; empty when there is nothing. */
export function filesUnder(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * A sha256 over names and contents of all files at or under the inputs, relative to `rootDir`.
 * Contents, not times: a checkout touches files without changing them.
 */
export function contentHash(rootDir: string, inputs: readonly string[]): string {
  const hash = createHash("sha256");
  for (const input of inputs) {
    for (const file of filesUnder(join(rootDir, input))) {
      const bytes = readFileSync(file);
      hash.update(`${relative(rootDir, file)}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex");
}

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { filesUnder } from "./content-hash.ts";

/** Where scripts of ours lie; fakes under test/ are checked by the tests that use them. */
const FOLDERS = [".ci", "build", "reporter"];

/** Every shell script of ours by its first line, relative to the tree, sorted. */
export function shellScripts(treeDir: string): string[] {
  return FOLDERS.flatMap((folder) => filesUnder(join(treeDir, folder)))
    .filter((file) =>
      /^#!\s*\/(usr\/)?bin\/(env )?(sh|dash|bash)\b/.test(readFileSync(file, "utf8")),
    )
    .map((file) => relative(treeDir, file))
    .sort();
}

import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Every file and link in a folder, as paths below it, sorted. A link to a folder is one entry and never followed:
 * Node's own recursive listing does follow them, and a system's root leads out of itself that way.
 */
export function pathsIn(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? pathsIn(folder, path) : [path];
    })
    .sort();
}

import { readFileSync } from "node:fs";
import { inRoot } from "./root-dir.ts";

/**
 * The script behind a package's command, to be run with this Node: node_modules/.bin holds shell
 * wrappers on Windows and depends on the path elsewhere.
 */
export function packageBin(packageName: string, command: string): string {
  const packageFile = inRoot("node_modules", packageName, "package.json");
  const { bin } = JSON.parse(readFileSync(packageFile, "utf8")) as {
    bin?: string | Record<string, string>;
  };
  const script = typeof bin === "string" ? bin : bin?.[command];
  if (script === undefined) throw new Error(`${packageName} has no command ${command}.`);
  return inRoot("node_modules", packageName, script);
}

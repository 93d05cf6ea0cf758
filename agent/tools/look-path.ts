import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** Finds a program on the path: its absolute file name, or null when it is not installed. */
export type LookPath = (tool: string) => string | null;

/** Looks in the folders of a `PATH` value, in order; an absolute name is only checked. */
export function lookPathIn(pathValue: string): LookPath {
  const folders = pathValue.split(":").filter((folder) => folder !== "");
  return (tool) => {
    if (isAbsolute(tool)) return isProgram(tool) ? tool : null;
    for (const folder of folders) {
      const file = join(folder, tool);
      if (isProgram(file)) return file;
    }
    return null;
  };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

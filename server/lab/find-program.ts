import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where a program lies on the PATH, or null. Directories that only root has on its PATH are looked at as well. */
export function findProgram(
  name: string,
  path: string | undefined = process.env.PATH,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const windows = platform === "win32";
  const directories = [
    ...(path ?? "").split(delimiter),
    ...(windows ? [] : ["/usr/sbin", "/sbin"]),
  ];
  const file = windows ? `${name}.exe` : name;
  return (
    directories
      .filter((directory) => directory !== "")
      .map((directory) => join(directory, file))
      .find(isProgram) ?? null
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

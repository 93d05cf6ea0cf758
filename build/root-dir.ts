import { dirname, join } from "node:path";

/** The checkout this file belongs to; the working directory may be elsewhere. */
export const ROOT_DIR = dirname(import.meta.dirname);

/** An absolute path inside the checkout. */
export function inRoot(...parts: string[]): string {
  return join(ROOT_DIR, ...parts);
}

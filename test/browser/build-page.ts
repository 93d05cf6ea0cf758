import { join } from "node:path";
import { build } from "vite";

let built: Promise<unknown> | undefined;

/** Builds the page as it is shipped into dist/renderer, once a process. */
export function buildPage(): Promise<unknown> {
  built ??= build({
    configFile: join(import.meta.dirname, "../../build/vite.config.ts"),
    build: { emptyOutDir: true },
    logLevel: "warn",
  });
  return built;
}

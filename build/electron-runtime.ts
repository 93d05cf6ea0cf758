import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Progress } from "@electron/get";

/** Electron's package comes without its runtime, some 110 MB for each system, which is fetched when it is needed. */
export interface RuntimeOptions {
  /** `node_modules/electron` */
  readonly packageDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets one line a step. */
  readonly say: (line: string) => void;
  /** A download of which nothing has come for so long is given up. */
  readonly stallMs?: number;
}

export type RuntimeOutcome =
  | { readonly ok: true; readonly path: string }
  /** Why there is none, as part of a sentence. */
  | { readonly ok: false; readonly why: string };

const STALL_MS = 30_000;
/** Progress is said at each of these parts. */
const PROGRESS_STEP_PERCENT = 10;

/** The program of the runtime, where Electron's own command line looks for it; null when it is not there. */
export function findRuntime({
  packageDir,
  env,
}: Pick<RuntimeOptions, "packageDir" | "env">): string | null {
  const program = programName(packageDir);
  const distDir = env.ELECTRON_OVERRIDE_DIST_PATH || join(packageDir, "dist");
  const path = join(distDir, program);
  return existsSync(path) ? path : null;
}

/** The runtime, fetched when it is not there yet: once, with progress, and never an exception. */
export async function haveRuntime(options: RuntimeOptions): Promise<RuntimeOutcome> {
  const there = findRuntime(options);
  if (there !== null) return { ok: true, path: there };
  const failed = await fetchRuntime(options);
  if (failed !== null) return { ok: false, why: failed };
  const path = findRuntime(options);
  if (path !== null) return { ok: true, path };
  return { ok: false, why: "it was fetched and is still not there" };
}

async function fetchRuntime(options: RuntimeOptions): Promise<string | null> {
  try {
    await download(options);
  } catch (error) {
    return reasonOf(error);
  }
  return unpack(options);
}

/** Into Electron's own cache, checked against the checksums that came with the package. */
async function download({ packageDir, env, say, stallMs = STALL_MS }: RuntimeOptions) {
  const requireFromPackage = createRequire(join(packageDir, "package.json"));
  const getFile = requireFromPackage.resolve("@electron/get");
  const { downloadArtifact } = (await import(
    pathToFileURL(getFile).href
  )) as typeof import("@electron/get");
  const { version } = requireFromPackage("./package.json") as { version: string };
  const checksums = requireFromPackage("./checksums.json") as Record<string, string>;
  say(`Fetching the Electron runtime ${version}, once …`);

  const stalled = new AbortController();
  const giveUp = () => stalled.abort(new Error(`nothing came for ${Math.round(stallMs / 1000)} s`));
  let timer = setTimeout(giveUp, stallMs);
  let said = 0;
  try {
    await downloadArtifact({
      version,
      artifactName: "electron",
      checksums,
      ...(env.electron_config_cache === undefined ? {} : { cacheRoot: env.electron_config_cache }),
      ...(env.ELECTRON_MIRROR === undefined
        ? {}
        : { mirrorOptions: { mirror: env.ELECTRON_MIRROR } }),
      downloadOptions: {
        quiet: true,
        signal: stalled.signal,
        getProgressCallback: async ({ percent, total }: Progress) => {
          clearTimeout(timer);
          timer = setTimeout(giveUp, stallMs);
          const step = Math.floor((percent * 100) / PROGRESS_STEP_PERCENT) * PROGRESS_STEP_PERCENT;
          if (step <= said) return;
          said = step;
          const size = total === null ? "" : ` of ${Math.round(total / 1e6)} MB`;
          say(`  ${step} %${size}`);
        },
      },
    });
  } finally {
    clearTimeout(timer);
  }
}

/** By the package's own installer, which finds the download in the cache. Null, or why not. */
function unpack({ packageDir, env }: RuntimeOptions): Promise<string | null> {
  const child = spawn(process.execPath, [join(packageDir, "install.js")], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk.toString("utf8")}`.slice(-4000);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => {
      const [first = ""] = errors.trim().split("\n");
      resolve(code === 0 ? null : `it could not be unpacked: ${first || `exit ${code}`}`);
    });
  });
}

/** What the package wrote down at its install, else what it will. */
function programName(packageDir: string): string {
  try {
    return readFileSync(join(packageDir, "path.txt"), "utf8");
  } catch {
    if (process.platform === "darwin") return "Electron.app/Contents/MacOS/Electron";
    return process.platform === "win32" ? "electron.exe" : "electron";
  }
}

/** One line. Fetch hides what happened one level down. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split("\n", 1)[0] ?? message;
}

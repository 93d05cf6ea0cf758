import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { contentHash } from "./content-hash.ts";
import { buildWithModuleUrls } from "./module-urls.ts";

/** Something built into dist/ from sources. */
export interface Output {
  readonly name: string;
  /** Files and folders it is made of, relative to the checkout. */
  readonly inputs: readonly string[];
  /** The file or folder it becomes, relative to the checkout. */
  readonly path: string;
  /** A file that must be there for the output to count as present. */
  readonly witness: string;
  /** Builds into `outPath`, an absolute path that does not exist yet. */
  build(rootDir: string, outPath: string): Promise<void>;
}

/** The bundle that a host fetches from the console: one ESM file for the Node of the live image. */
export const AGENT_OUTPUT: Output = {
  name: "agent",
  inputs: ["agent", "contract", "package-lock.json", "build/outputs.ts"],
  path: "dist/agent/agent.mjs",
  witness: "dist/agent/agent.mjs",
  async build(rootDir, outPath) {
    const { build } = await import("esbuild");
    await build({
      absWorkingDir: rootDir,
      entryPoints: ["agent/main.ts"],
      outfile: outPath,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node22",
      legalComments: "none",
      logLevel: "warning",
    });
  },
};

/** The page that window and browser load from the console listener. */
export const RENDERER_OUTPUT: Output = {
  name: "renderer",
  inputs: ["renderer", "contract", "package-lock.json", "build/vite.config.ts", "build/outputs.ts"],
  path: "dist/renderer",
  witness: "dist/renderer/index.html",
  async build(rootDir, outPath) {
    const { build } = await import("vite");
    // Vite takes React's production build from the mode, and a soak test needs it.
    await build({
      configFile: join(rootDir, "build/vite.config.ts"),
      mode: "production",
      logLevel: "warn",
      build: { outDir: outPath, emptyOutDir: true },
    });
  },
};

/** The desktop shell with the server in it, and the sandboxed preload. */
export const DESKTOP_OUTPUT: Output = {
  name: "desktop shell",
  inputs: [
    "electron",
    "server",
    "contract",
    "package-lock.json",
    "build/module-urls.ts",
    "build/outputs.ts",
  ],
  path: "dist/electron",
  witness: "dist/electron/main.mjs",
  async build(rootDir, outPath) {
    await bundleProgram(rootDir, "electron/main.ts", outPath);
    const { build } = await import("esbuild");
    await build({
      ...bundling(rootDir),
      entryPoints: ["electron/preload.ts"],
      outfile: join(outPath, "preload.cjs"),
      // A sandboxed preload cannot be ESM, and may require nothing but electron.
      format: "cjs",
      platform: "browser",
      target: "es2022",
      external: ["electron"],
    });
    // The app's own icon goes into packages; these it shows itself.
    cpSync(join(rootDir, "electron/icons"), join(outPath, "icons"), {
      recursive: true,
      filter: (source) => !source.endsWith("icon.png"),
    });
  },
};

/** The headless console as a package carries it, for the Node that lies beside it. */
export const CONSOLE_OUTPUT: Output = {
  name: "headless console",
  inputs: ["server", "contract", "package-lock.json", "build/module-urls.ts", "build/outputs.ts"],
  path: "dist/server",
  witness: "dist/server/main.mjs",
  build: (rootDir, outPath) => bundleProgram(rootDir, "server/main.ts", outPath),
};

const bundling = (rootDir: string) =>
  ({
    absWorkingDir: rootDir,
    bundle: true,
    legalComments: "none",
    logLevel: "warning",
  }) as const;

/**
 * A program with the server in it, and beside it what the server reads from beside its own modules: its SQL and its
 * worker threads. better-sqlite3 stays a package because of its native part.
 */
async function bundleProgram(rootDir: string, mainFile: string, outPath: string): Promise<void> {
  const { build } = await import("esbuild");
  await buildWithModuleUrls(join(rootDir, mainFile), (entry, plugin) =>
    build({
      ...bundling(rootDir),
      entryPoints: [entry],
      outfile: join(outPath, `${basename(entry, ".ts")}.mjs`),
      format: "esm",
      platform: "node",
      target: "node24",
      external: ["electron", "better-sqlite3"],
      plugins: [plugin],
      // Packages written as CommonJS ask for Node's own modules by require, which ESM does not have.
      banner: {
        js: 'import { createRequire as requireOf } from "node:module";\nconst require = requireOf(import.meta.url);',
      },
    }),
  );
  cpSync(join(rootDir, "server/db/migrations"), join(outPath, "migrations"), { recursive: true });
}

const STATE_FILE = "dist/.build-state.json";

/** The names of the outputs that are missing or older than their sources. */
export function staleOutputs(rootDir: string, outputs: readonly Output[]): Output[] {
  const state = readState(rootDir);
  return outputs.filter(
    (output) =>
      !existsSync(join(rootDir, output.witness)) ||
      state[output.name] !== contentHash(rootDir, output.inputs),
  );
}

/**
 * The same for a command whose user only wants to go on: a build that fails is one line instead of
 * a stack trace.
 * @returns whether everything is there
 */
export async function buildOrSay(
  rootDir: string,
  outputs: readonly Output[],
  say: (line: string) => void,
): Promise<boolean> {
  try {
    await ensureBuilt(rootDir, outputs, say);
    return true;
  } catch (error) {
    say(`The build failed: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/**
 * Builds what is missing or stale. Each output appears whole or not at all, so that two commands
 * at once, or one that is interrupted, leave nothing half built.
 * @param say gets one line for each output that is built
 * @throws what the bundler throws: a source that does not build is a bug
 */
export async function ensureBuilt(
  rootDir: string,
  outputs: readonly Output[],
  say: (line: string) => void,
): Promise<void> {
  for (const output of staleOutputs(rootDir, outputs)) {
    const started = performance.now();
    // Hashed before building: a source edited meanwhile makes the result stale, not wrongly fresh.
    const hash = contentHash(rootDir, output.inputs);
    const finalPath = join(rootDir, output.path);
    const draftPath = join(dirname(finalPath), `.draft-${process.pid}-${output.name}`);
    mkdirSync(dirname(finalPath), { recursive: true });
    try {
      await output.build(rootDir, draftPath);
      rmSync(finalPath, { recursive: true, force: true });
      renameSync(draftPath, finalPath);
    } finally {
      rmSync(draftPath, { recursive: true, force: true });
    }
    writeState(rootDir, { ...readState(rootDir), [output.name]: hash });
    say(`Built the ${output.name} in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  }
}

function readState(rootDir: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(join(rootDir, STATE_FILE), "utf8")) as Record<string, string>;
  } catch {
    // No record, or a torn one: everything counts as stale and is built again.
    return {};
  }
}

function writeState(rootDir: string, state: Record<string, string>): void {
  const path = join(rootDir, STATE_FILE);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(draft, path);
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package from npm of which something ships. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, as its package.json says. */
  readonly licence: string;
  /** Its licence and notice files, whole; empty where it has none. */
  readonly texts: readonly string[];
}

/** Everything of ours that is bundled for hosts, console, shell and page. */
const PROGRAMS = [
  "agent/main.ts",
  "electron/main.ts",
  "electron/preload.ts",
  "renderer/main.tsx",
  "server/main.ts",
  "server/reads/read-worker.ts",
];

/** Not bundled, but shipped as a package. */
const SHIPPED_WHOLE = ["node_modules/better-sqlite3"];

const LICENCE_FILE = /^(licen[cs]e|copying|notice)\b/i;

/** What the bundles are made of, by the bundler's own account; packages that it drops again are among them. */
export async function bundledPackages(rootDir: string): Promise<BundledPackage[]> {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    absWorkingDir: rootDir,
    entryPoints: PROGRAMS,
    outdir: "/nowhere",
    write: false,
    metafile: true,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["electron", "better-sqlite3"],
    loader: { ".woff2": "empty", ".png": "empty", ".svg": "empty" },
    logLevel: "error",
  });
  const folders = new Set([
    ...SHIPPED_WHOLE,
    ...Object.keys(metafile.inputs).flatMap((input) => packageFolder(input) ?? []),
  ]);
  const found = [...folders].map((folder) => readPackage(join(rootDir, folder)));
  // One version may lie in several places.
  const each = new Map(found.map((one) => [`${one.name} ${one.version}`, one]));
  return [...each.values()].sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** `node_modules/@fastify/sse` of a file in it, the innermost package when they are nested. */
export function packageFolder(file: string): string | null {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? null;
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as { name: string; version: string; license?: string };
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => readFileSync(join(folder, entry.name), "utf8"));
  return { name, version, licence: license ?? "not stated", texts };
}

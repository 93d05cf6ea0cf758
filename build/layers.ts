import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { filesUnder } from "./content-hash.ts";
import { packageBin } from "./package-bin.ts";

/** The folders whose modules the layer rules are about. */
export const LAYERED_FOLDERS = [
  "agent",
  "bench",
  "build",
  "contract",
  "electron",
  "renderer",
  "reporter",
  "server",
  "test",
] as const;

export interface LayerViolation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface LayerReport {
  readonly violations: readonly LayerViolation[];
  /** Modules of ours that the checker looked at. */
  readonly moduleCount: number;
  /** Source files on disk that it did not look at: a rule cannot catch what it never saw. */
  readonly unseen: readonly string[];
}

interface CruiseJson {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/**
 * Runs the rules of .dependency-cruiser.mjs over a tree.
 * @param treeDir the checkout, or a scratch tree that is laid out like it, with a tsconfig.json
 * @param configPath the rules
 * @throws Error when the checker itself cannot run
 */
export function checkLayers(treeDir: string, configPath: string): LayerReport {
  const sources = sourceFiles(treeDir);
  const folders = LAYERED_FOLDERS.filter((folder) =>
    sources.some((file) => file.startsWith(`${folder}/`)),
  );
  if (folders.length === 0) return { violations: [], moduleCount: 0, unseen: [] };
  const { stdout, stderr, status, error } = spawnSync(
    process.execPath,
    [
      packageBin("dependency-cruiser", "dependency-cruiser"),
      "--config",
      configPath,
      "--output-type",
      "json",
      ...folders,
    ],
    { cwd: treeDir, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  );
  const result = parseJson(stdout);
  if (result === null) {
    throw new Error(
      `The layer checker did not run (exit ${status}): ${error?.message ?? stderr.slice(-2000)}`,
    );
  }
  const seen = new Set(result.modules.map((module) => module.source));
  return {
    violations: result.summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
    })),
    moduleCount: sources.filter((file) => seen.has(file)).length,
    unseen: sources.filter((file) => !seen.has(file)),
  };
}

/** Our TypeScript and JavaScript modules, relative to the tree; fixtures are data, not code. */
function sourceFiles(treeDir: string): string[] {
  return LAYERED_FOLDERS.flatMap((folder) => filesUnder(join(treeDir, folder)))
    .map((file) => relative(treeDir, file))
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/(^|\/)fixtures\//.test(file));
}

function parseJson(text: string): CruiseJson | null {
  try {
    return JSON.parse(text) as CruiseJson;
  } catch {
    return null;
  }
}

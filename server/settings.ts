import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { VettingConfig } from "../contract/vetting-config.ts";
import { loadConfig } from "./config/load-config.ts";
import { applyOverrides } from "./config/overrides.ts";
import { type ConsoleOptions, StartProblem } from "./options.ts";

/** The checkout that this file is part of. */
const CHECKOUT_DIR = resolve(import.meta.dirname, "..");

/** Everything that a start has settled: options over vetting.yaml over defaults, and where things lie. */
export interface Settings {
  readonly config: VettingConfig;
  /** Null when there is none and all defaults count. */
  readonly configFile: string | null;
  /** Where a change of the settings is written: never into the one that the program ships with. */
  readonly ownConfigFile: string;
  readonly dataDir: string;
  readonly databaseFile: string;
  readonly bootDir: string;
  readonly agentFile: string;
  readonly rendererDir: string;
  readonly reporterDir: string;
  readonly version: string;
}

/** @throws StartProblem with one line when the configuration cannot be used. */
export function settle(options: ConsoleOptions): Settings {
  const dataDir = resolve(options.dataDir);
  const programDir = options.programDir ?? CHECKOUT_DIR;
  const configFile = configFileOf(options.configFile, dataDir, programDir);
  const loaded = loadConfig(configFile);
  if (!loaded.ok) throw new StartProblem(oneLine(loaded.message));
  const overridden = applyOverrides(loaded.config, options.overrides);
  if (!overridden.ok) throw new StartProblem(oneLine(overridden.message));
  return {
    config: overridden.config,
    configFile,
    ownConfigFile:
      options.configFile === null ? join(dataDir, "vetting.yaml") : resolve(options.configFile),
    dataDir,
    databaseFile: join(dataDir, "vetting.db"),
    bootDir: resolve(options.bootDir ?? join(programDir, "dist/boot")),
    agentFile: join(programDir, "dist/agent/agent.mjs"),
    rendererDir: join(programDir, "dist/renderer"),
    reporterDir: join(programDir, "reporter"),
    version: options.programVersion ?? versionIn(join(programDir, "package.json")),
  };
}

/** One that was asked for must be there; else the data directory's own, else the one of the checkout. */
function configFileOf(asked: string | null, dataDir: string, programDir: string): string | null {
  if (asked !== null) return resolve(asked);
  const candidates = [join(dataDir, "vetting.yaml"), join(programDir, "vetting.yaml")];
  return candidates.find((file) => existsSync(file)) ?? null;
}

/** The first problem, and how many more there are: a start ends with one clear line. */
function oneLine(message: string): string {
  const [first = "", ...more] = message.split("\n").filter((line) => line !== "");
  if (more.length === 0) return first;
  return `${first} (and ${more.length} more ${more.length === 1 ? "mistake" : "mistakes"})`;
}

function versionIn(packageFile: string): string {
  const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
  return version;
}

import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ConfigOverride } from "./config/overrides.ts";

/** A mistake of the operator's, or something in the way: one clear line on stderr and exit 2. */
export class StartProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "StartProblem";
  }
}

/** How a console is started. */
export interface ConsoleOptions {
  readonly headless: boolean;
  /** The ready line on stdout, for programs. */
  readonly json: boolean;
  readonly help: boolean;
  /** Null: the vetting.yaml of the data directory, else of the checkout, else all defaults. */
  readonly configFile: string | null;
  readonly dataDir: string;
  /** Null: dist/boot beside the program. */
  readonly bootDir: string | null;
  /** Settings that go above vetting.yaml; a later one wins. */
  readonly overrides: readonly ConfigOverride[];
  /** The demo: every host that registers is labelled as simulated. */
  readonly simulated: boolean;
  /** pino level for stderr: what the operator must see comes at `warn`. */
  readonly logLevel: string;
  /** Where log lines go; stderr when left out. */
  readonly logStream?: { write(line: string): void };
  /**
   * The folder with the program's own files, laid out like the checkout: `dist/`, `reporter/`.
   * Left out: the checkout itself. A bundle lies elsewhere and has to say.
   */
  readonly programDir?: string;
  /** Left out: what the `package.json` of that folder says, which a package of the desktop app has elsewhere. */
  readonly programVersion?: string;
}

/** What the command line can ask for beside a console. */
export interface CommandOptions extends ConsoleOptions {
  /** Look at what is in the way, print it and end. */
  readonly doctor: boolean;
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

export type Env = Readonly<Record<string, string | undefined>>;

const TEXT = ["config", "data-dir", "boot-dir", "program-dir"] as const;
const SWITCHES = ["headless", "json", "help", "doctor"] as const;
/** Options that are keys of vetting.yaml too. */
const SETTINGS: Readonly<Record<string, string>> = {
  "lab-address": "lab.address",
  "lab-port": "lab.httpPort",
  "console-port": "console.port",
  "tftp-port": "lab.tftpPort",
  "dhcp-port": "lab.dhcpPort",
  "pxe-port": "lab.pxePort",
};
/** On the command line `--no-x`; in the environment `VETTING_X=0` as well as `VETTING_NO_X=1`. */
const NEGATABLE: Readonly<Record<string, string>> = {
  "proxy-dhcp": "lab.proxyDhcp",
  tftp: "lab.tftp",
};

export const USAGE = `Usage: npm start -- [options]
  --headless             no desktop window: serve the page to a browser on this machine
  --config FILE          vetting.yaml
  --data-dir DIR         where the database lies
  --boot-dir DIR         boot files
  --program-dir DIR      where dist/ and reporter/ lie, for a packaged console
  --lab-address IP       address of the lab interface
  --lab-port N           lab listener (8421)
  --console-port N       console listener (8420)
  --tftp-port N          TFTP (69)
  --dhcp-port N          ProxyDHCP (67)
  --pxe-port N           PXE (4011)
  --no-proxy-dhcp        leave ProxyDHCP off
  --no-tftp              leave TFTP off
  --json                 one line of JSON on stdout when everything listens
  --doctor               start nothing: check what is in the way, and end with 0 when nothing is
Each can be set as VETTING_… too (VETTING_LAB_ADDRESS=192.0.2.10). A port of 0 takes a free one.`;

/**
 * Options from the command line above those from the environment. Values are checked where vetting.yaml's are.
 * @throws StartProblem with one line for an option that is unknown or lacks its value.
 */
export function readOptions(
  args: readonly string[],
  env: Env,
  platform: NodeJS.Platform = process.platform,
): CommandOptions {
  const given = parse(args);
  const text = (name: (typeof TEXT)[number]) => {
    const value = given[name] ?? env[envName(name)];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const programDir = text("program-dir");
  const flag = (name: string) => given[name] === true || (switchOf(envName(name), env) ?? false);
  return {
    headless: flag("headless"),
    json: flag("json"),
    help: given.help === true,
    doctor: given.doctor === true,
    configFile: text("config"),
    dataDir: text("data-dir") ?? defaultDataDir(env, platform),
    bootDir: text("boot-dir"),
    ...(programDir === null ? {} : { programDir }),
    overrides: [...fromEnvironment(env), ...fromCommandLine(given)],
    simulated: flag("simulated"),
    logLevel: logLevelOf(env),
  };
}

/** Where this platform keeps a program's data. */
export function defaultDataDir(env: Env, platform: NodeJS.Platform): string {
  const home = env.HOME ?? homedir();
  if (platform === "win32") return join(env.APPDATA ?? join(home, "AppData", "Roaming"), "Vetting");
  if (platform === "darwin") return join(home, "Library", "Application Support", "Vetting");
  // An XDG variable that is empty counts as unset [XDG base directory specification].
  return join(env.XDG_DATA_HOME || join(home, ".local", "share"), "vetting");
}

type Given = Readonly<Record<string, string | boolean | undefined>>;

function parse(args: readonly string[]): Given {
  const options = Object.fromEntries([
    ...[...TEXT, ...Object.keys(SETTINGS)].map((name) => [name, { type: "string" }] as const),
    ...[...SWITCHES, ...Object.keys(NEGATABLE).map((name) => `no-${name}`)].map(
      (name) => [name, { type: "boolean" }] as const,
    ),
  ]);
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
      .values as Given;
  } catch (error) {
    // The first sentence of Node's message names the option; the rest advises about `--`.
    const [first = ""] = (error as Error).message.split(/\.\s|\n/);
    const problem = first.replace(/\.$/, "");
    throw new StartProblem(`${problem}. Known options: npm start -- --help`, error);
  }
}

function fromEnvironment(env: Env): ConfigOverride[] {
  const settings = Object.entries(SETTINGS).flatMap(([name, key]): ConfigOverride[] => {
    const value = env[envName(name)];
    return value === undefined || value === ""
      ? []
      : [{ key, value: numberIfOne(value), from: envName(name) }];
  });
  const switches = Object.entries(NEGATABLE).flatMap(([name, key]): ConfigOverride[] => {
    const [plain, negated] = [envName(name), envName(`no-${name}`)];
    const off = switchOf(negated, env);
    if (off !== null) return [{ key, value: !off, from: negated }];
    const on = switchOf(plain, env);
    return on === null ? [] : [{ key, value: on, from: plain }];
  });
  return [...settings, ...switches];
}

function fromCommandLine(given: Given): ConfigOverride[] {
  const settings = Object.entries(SETTINGS).flatMap(([name, key]): ConfigOverride[] => {
    const value = given[name];
    return typeof value !== "string" ? [] : [{ key, value: numberIfOne(value), from: `--${name}` }];
  });
  const switches = Object.entries(NEGATABLE).flatMap(([name, key]): ConfigOverride[] =>
    given[`no-${name}`] === true ? [{ key, value: false, from: `--no-${name}` }] : [],
  );
  return [...settings, ...switches];
}

function logLevelOf(env: Env): string {
  const level = env.VETTING_LOG_LEVEL?.toLowerCase() || "warn";
  if (LOG_LEVELS.includes(level)) return level;
  throw new StartProblem(
    `VETTING_LOG_LEVEL is "${env.VETTING_LOG_LEVEL}"; expected one of ${LOG_LEVELS.join(", ")}.`,
  );
}

/** Anything else stays text, for the schema to name it in its message. */
function numberIfOne(value: string): string | number {
  return /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}

/** Null when the variable is not set. */
function switchOf(name: string, env: Env): boolean | null {
  const value = env[name]?.trim().toLowerCase();
  if (value === undefined || value === "") return null;
  if (["1", "true", "yes", "on"].includes(value)) return true;
  if (["0", "false", "no", "off"].includes(value)) return false;
  throw new StartProblem(`${name} is "${env[name]}"; expected 1 or 0.`);
}

/** `lab-address` → `VETTING_LAB_ADDRESS`. */
function envName(option: string): string {
  return `VETTING_${option.toUpperCase().replaceAll("-", "_")}`;
}

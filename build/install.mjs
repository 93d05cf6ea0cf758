/**
 * Are the packages here, and which Node runs the tasks. Plain JavaScript for Node 20, Node's own
 * modules only: it runs before anything is installed.
 */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeProblem } from "./node-guard.mjs";

/**
 * Compares what the lock file wants with what npm wrote down about node_modules. Contents are
 * compared, not file times: a checkout touches the lock file without changing it.
 * @param {string | null} lockText package-lock.json
 * @param {string | null} installedText node_modules/.package-lock.json; npm writes it last, so an
 *   install that was interrupted has none
 * @returns {string | null} why an install is needed, or null
 */
export function installReason(lockText, installedText) {
  if (lockText === null) return null;
  if (installedText === null) return "no packages are installed yet";
  const wanted = packagesOf(lockText);
  const installed = packagesOf(installedText);
  if (wanted === null) return "package-lock.json cannot be read";
  if (installed === null) return "the record of the installed packages cannot be read";
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const there = installed[path];
    // An optional package may rightly be absent: it is for another system.
    if (there === undefined && entry.optional) continue;
    if (there === undefined) return `${path} is missing`;
    if (there.version !== entry.version) {
      return `${path} is ${there.version}, and ${entry.version} is wanted`;
    }
  }
  const extra = Object.keys(installed).find((path) => wanted[path] === undefined);
  return extra === undefined ? null : `${extra} is no longer wanted`;
}

/** @param {string} text */
function packagesOf(text) {
  try {
    const packages = JSON.parse(text).packages;
    return typeof packages === "object" ? packages : null;
  } catch {
    return null;
  }
}

/**
 * Where the Node 24 that came as a package lies, or null when there is none for this system.
 * @param {string} rootDir
 * @param {string} [platform]
 * @param {string} [arch]
 * @returns {string | null}
 */
export function bundledNodePath(rootDir, platform = process.platform, arch = process.arch) {
  const names = { linux: "linux", win32: "win" };
  const name = names[platform];
  if (name === undefined) return null;
  const file = platform === "win32" ? "node.exe" : "node";
  return join(rootDir, "node_modules", `node-${name}-${arch}`, "bin", file);
}

/**
 * The Node that runs the tasks: the packaged one if it works here, else the running one if fit.
 * @param {string} rootDir
 * @param {{execPath?: string, version?: string, bundledPath?: string | null}} [seams]
 * @returns {{ok: true, path: string} | {ok: false, message: string}}
 */
export function chooseNode(rootDir, seams = {}) {
  const execPath = seams.execPath ?? process.execPath;
  const bundled = seams.bundledPath === undefined ? bundledNodePath(rootDir) : seams.bundledPath;
  if (bundled !== null && existsSync(bundled)) {
    // Asked, not trusted: the package is built for glibc and does not start on musl.
    const asked = spawnSync(bundled, ["--version"], { encoding: "utf8", timeout: 20_000 });
    if (asked.status === 0 && nodeProblem(asked.stdout.trim()) === null) {
      return { ok: true, path: bundled };
    }
  }
  const problem = nodeProblem(seams.version ?? process.version);
  if (problem === null) return { ok: true, path: execPath };
  return {
    ok: false,
    message:
      `${problem} No Node 24 came with the packages for this system (${process.platform} ` +
      `${process.arch}). Install Node 24 from https://nodejs.org and run the command again.`,
  };
}

/**
 * The environment for npm: without node_modules/.bin on the path, or npm would run on the very
 * Node that it is about to replace.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} rootDir
 */
export function npmEnvironment(env, rootDir) {
  const own = join(rootDir, "node_modules", ".bin");
  const pathKey = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const path = (env[pathKey] ?? "")
    .split(delimiter)
    .filter((dir) => dir !== own)
    .join(delimiter);
  return { ...env, [pathKey]: path };
}

/**
 * `npm ci` when it is needed, with npm's output on stderr. Two that start at once on a fresh
 * clone take turns.
 * @param {string} rootDir
 * @param {(line: string) => void} say
 * @returns {Promise<string | null>} what went wrong as a sentence, or null
 */
export async function installIfNeeded(rootDir, say) {
  if (neededNow(rootDir) === null) return null;
  const lockPath = join(rootDir, ".install.lock");
  await takeLock(lockPath, say);
  try {
    const reason = neededNow(rootDir);
    if (reason === null) return null;
    say(`Installing the packages: ${reason}. This takes a minute or two, once.`);
    const code = await runNpmCi(rootDir);
    if (code === 0) return null;
    return (
      `The packages could not be installed (npm ci ended with ${code}; its own words are above). ` +
      `The first install needs a connection to the npm registry, and a lock file that fits package.json.`
    );
  } finally {
    rmSync(lockPath, { force: true });
  }
}

/** @param {string} rootDir */
function neededNow(rootDir) {
  const lockText = readOrNull(join(rootDir, "package-lock.json"));
  const reason = installReason(
    lockText,
    readOrNull(join(rootDir, "node_modules", ".package-lock.json")),
  );
  if (reason !== null || lockText === null) return reason;
  // An install that omitted optional packages left out the Node that everything runs on.
  const bundled = bundledNodePath(rootDir);
  const name = bundled === null ? null : basename(dirname(dirname(bundled)));
  const wanted = name !== null && packagesOf(lockText)?.[`node_modules/${name}`] !== undefined;
  return wanted && !existsSync(bundled) ? `${name}, which is Node 24, is missing` : null;
}

/** @param {string} path */
function readOrNull(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/**
 * @param {string} lockPath
 * @param {(line: string) => void} say
 */
async function takeLock(lockPath, say) {
  for (let waited = 0; ; waited++) {
    try {
      const file = openSync(lockPath, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = Number(readOrNull(lockPath) ?? "0");
    // An empty file is a lock that is just being written; give it a moment before calling it dead.
    if (holder > 0 ? !isAlive(holder) : waited > 10) rmSync(lockPath, { force: true });
    else if (waited === 0) say("Another command is installing the packages; waiting for it.");
    await sleep(300);
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** @param {string} rootDir @returns {Promise<number | string>} */
function runNpmCi(rootDir) {
  // dev and optional are named because NODE_ENV=production or an omit setting would leave them out.
  const args = ["ci", "--include=dev", "--include=optional", "--loglevel=error"];
  const env = npmEnvironment(process.env, rootDir);
  const npmCli = process.env.npm_execpath;
  const npmNode = process.env.npm_node_execpath;
  // npm tells the scripts it runs where it lies; by hand (node build/bootstrap.mjs) it is on the path.
  const viaNpm = npmCli?.endsWith("npm-cli.js") && npmNode && existsSync(npmNode);
  const child = viaNpm
    ? spawn(npmNode, [npmCli, ...args], { cwd: rootDir, env, stdio: ["ignore", 2, 2] })
    : spawn("npm", args, {
        cwd: rootDir,
        env,
        stdio: ["ignore", 2, 2],
        shell: process.platform === "win32",
      });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`"${error.message}"`));
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
}

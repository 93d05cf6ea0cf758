/**
 * Runs one child as if it were this process: same terminal, signals passed on, exit code kept.
 * Plain JavaScript for Node 20: the bootstrap uses it before anything is installed.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** How often a child's keeper looks whether it has itself been orphaned. */
const ORPHAN_CHECK_MS = 250;

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, onStdout?: (chunk: Buffer) => void}} [options]
 *   `onStdout` watches what the child prints, which is passed on all the same
 * @returns {Promise<number>} the exit code; 128 + n for a child that signal n ended, 127 when it
 *   could not be started
 */
export function runAsSelf(command, args, options = {}) {
  const { onStdout, ...spawnOptions } = options;
  const child = spawn(command, args, {
    ...spawnOptions,
    stdio: ["inherit", onStdout === undefined ? "inherit" : "pipe", "inherit"],
  });
  child.stdout?.on("data", (chunk) => {
    process.stdout.write(chunk);
    onStdout?.(chunk);
  });

  /** @type {Array<[NodeJS.Signals, () => void]>} */
  const handlers = ["SIGTERM", "SIGINT", "SIGHUP"].map((signal) => [
    signal,
    () => {
      // A terminal's Ctrl-C reaches the whole group: passing it on too would look like a second one.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    },
  ]);
  for (const [signal, handler] of handlers) process.on(signal, handler);

  // npm passes SIGTERM to its shell alone, and dash dies of it without a word to us: the child would
  // run on with nobody to stop it. Only under npm, where the parent is always that shell or this
  // file again; a console started by hand may well outlive the terminal it came from.
  const parent = process.ppid;
  const orphanWatch =
    process.env.npm_lifecycle_event === undefined
      ? undefined
      : setInterval(() => {
          if (process.ppid === parent) return;
          clearInterval(orphanWatch);
          child.kill("SIGTERM");
        }, ORPHAN_CHECK_MS);

  return new Promise((resolve) => {
    const done = (code) => {
      clearInterval(orphanWatch);
      for (const [signal, handler] of handlers) process.off(signal, handler);
      resolve(code);
    };
    child.once("error", (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      done(127);
    });
    child.once("close", (code, signal) => {
      done(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

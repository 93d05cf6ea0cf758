import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

/** A program of the build failed; the message is for the one who ran the build. */
export class ImageBuildError extends Error {
  override readonly name = "ImageBuildError";
}

/** Runs a program to its end with all output in the build's log. */
export type RunTool = (
  command: string,
  args: readonly string[],
  options?: RunToolOptions,
) => Promise<void>;

export interface RunToolOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

const TAIL_LINES = 15;

/**
 * @param logFile gets what every program prints
 * @param signal ends the running program when the build is interrupted
 * @returns a function that throws an `ImageBuildError` with the last lines when a program fails
 */
export function createRunTool(logFile: string, signal: AbortSignal): RunTool {
  return async (command, args, options = {}) => {
    signal.throwIfAborted();
    const log = openSync(logFile, "a");
    writeSync(log, `\n+ ${command} ${args.join(" ")}\n`);
    try {
      const { code, error } = await new Promise<{ code: number | null; error?: Error }>((done) => {
        const child = spawn(command, args, {
          cwd: options.cwd,
          env: { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive", ...options.env },
          stdio: ["ignore", log, log],
          signal,
          killSignal: "SIGTERM",
        });
        child.once("error", (reason) => done({ code: null, error: reason }));
        child.once("close", (exit) => done({ code: exit }));
      });
      signal.throwIfAborted();
      if (code === 0) return;
      const tail = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-TAIL_LINES);
      const how = error === undefined ? `ended with ${code ?? "a signal"}` : error.message;
      throw new ImageBuildError(`${command} ${how}. Its last lines:\n  ${tail.join("\n  ")}`);
    } finally {
      closeSync(log);
    }
  };
}

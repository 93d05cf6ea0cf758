import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface VirtualDisplay {
  /** For DISPLAY. */
  readonly name: string;
  stop(): Promise<void>;
}

/**
 * A display that nobody sees, for windows under test. Xvfb takes a number that is free and tells it once it listens.
 * @throws when it does not start
 */
export async function startVirtualDisplay(program = "Xvfb"): Promise<VirtualDisplay> {
  const args = ["-displayfd", "3", "-screen", "0", "1440x1000x24", "-nolisten", "tcp"];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk.toString("utf8")}`.slice(-2000);
  });
  const ended = once(child, "close");
  // Of one that could not even be spawned the line below says enough.
  ended.catch(() => {});
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdio[3] as Readable }), "line"),
    ended.then(
      ([code]) => {
        throw new Error(`${program} did not start (exit ${code}): ${errors.trim()}`);
      },
      (error: Error) => {
        throw new Error(`${program} did not start: ${error.message}`);
      },
    ),
  ]);
  return {
    name: `:${String(line).trim()}`,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

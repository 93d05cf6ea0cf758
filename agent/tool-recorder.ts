import type { CommandResult, RunCommand } from "./tools/command.ts";

const MAX_CALLS = 40;
const TAIL_CHARS = 20_000;

/** Keeps the ends of what the tools of an attempt printed: evidence, should the attempt fail. */
export interface ToolRecorder {
  readonly run: RunCommand;
  /** One text over the last calls, oldest first. */
  text(): string;
}

/**
 * @param signal every call ends with it, whatever signal of its own a stage hands in.
 */
export function createToolRecorder(run: RunCommand, signal: AbortSignal): ToolRecorder {
  const calls: string[] = [];
  return {
    run: async (tool, args, options = {}) => {
      const own = options.signal;
      const both = own === undefined || own === signal ? signal : AbortSignal.any([own, signal]);
      const result = await run(tool, args, { ...options, signal: both });
      calls.push(callText(result));
      if (calls.length > MAX_CALLS) calls.shift();
      return result;
    },
    text: () => calls.join("\n"),
  };
}

function callText(result: CommandResult): string {
  const { tool, args, outcome, exitCode, signal, elapsedS } = result;
  const end =
    exitCode !== null
      ? `exit code ${exitCode}`
      : signal !== null
        ? `${outcome}, ${signal}`
        : outcome;
  const head = `$ ${[tool, ...args].join(" ")}\n# ${end} after ${elapsedS.toFixed(1)} s`;
  const stream = (name: string, text: string) =>
    text === ""
      ? []
      : [`--- ${name}`, text.length > TAIL_CHARS ? `…${text.slice(-TAIL_CHARS)}` : text.trimEnd()];
  return [head, ...stream("stdout", result.stdout), ...stream("stderr", result.stderr), ""].join(
    "\n",
  );
}

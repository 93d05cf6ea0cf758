import type { CommandOptions, CommandResult, RunCommand } from "./command.ts";

/** Why a tool gave no reading. These are expected and travel as values. */
export type ToolFailure =
  /** The program is not on the path. */
  | { readonly kind: "tool-missing"; readonly tool: string }
  /** It ran and failed, ran out of its time budget, or was ended. */
  | { readonly kind: "tool-failed"; readonly tool: string; readonly message: string }
  /** It ran, and what it printed is not what its manual promises. */
  | { readonly kind: "unreadable"; readonly tool: string; readonly message: string };

export type ToolReading<T> = { readonly kind: "ok"; readonly value: T } | ToolFailure;

/** What every tool function needs; `files` only where it says so. */
export interface ToolContext {
  readonly run: RunCommand;
  readonly signal?: AbortSignal;
}

/**
 * Tools that only read answer at once; a sleeping disk takes 10 to 20 s to spin up, and a hung driver
 * is the exception that this ends. In seconds: half of what Inventory and Firmware have altogether.
 */
export const READ_TIMEOUT_S = 30;

export function ok<T>(value: T): ToolReading<T> {
  return { kind: "ok", value };
}

export function unreadable(tool: string, message: string): ToolFailure {
  return { kind: "unreadable", tool, message };
}

/** One sentence for the operator. */
export function failureText(failure: ToolFailure): string {
  switch (failure.kind) {
    case "tool-missing":
      return `${failure.tool} is not installed.`;
    case "tool-failed":
      return `${failure.tool} failed: ${sentenceEnd(failure.message)}`;
    case "unreadable":
      return `${failure.tool} gave no reading: ${sentenceEnd(failure.message)}`;
  }
}

/** A full stop where the text has none: what tools say may bring its own. */
export function sentenceEnd(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Why a call that did not exit by itself gave nothing; null when it exited, whatever its code. */
export function outcomeFailure(result: CommandResult): ToolFailure | null {
  switch (result.outcome) {
    case "exited":
      return null;
    case "tool-missing":
      return { kind: "tool-missing", tool: result.tool };
    case "timed-out":
      return failed(result, `no answer within ${Math.round(result.elapsedS)} s`);
    case "aborted":
      return failed(result, "it was ended because the stage was");
    case "signalled":
      return failed(result, `it died of ${result.signal ?? "a signal"}`);
    case "spawn-failed":
      return failed(result, lastLine(result) ?? "it could not be started");
  }
}

/** A failure in the tool's own last words. */
export function exitFailure(result: CommandResult): ToolFailure {
  return failed(result, lastLine(result) ?? `exit code ${result.exitCode}`);
}

/** Runs a tool that says failure by its exit code, and hands its standard output to the parser. */
export async function readTool<T>(
  ctx: ToolContext,
  tool: string,
  args: readonly string[],
  parse: (stdout: string) => ToolReading<T>,
  options: CommandOptions = {},
): Promise<ToolReading<T>> {
  const result = await runTool(ctx, tool, args, options);
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  return result.exitCode === 0 ? parse(result.stdout) : exitFailure(result);
}

/** One call with the stage's signal and the reading budget; run-command sets the C locale. */
export function runTool(
  ctx: ToolContext,
  tool: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return ctx.run(tool, args, {
    timeoutS: READ_TIMEOUT_S,
    ...(ctx.signal === undefined ? {} : { signal: ctx.signal }),
    ...options,
  });
}

/** JSON text to a value; a tool that prints none is unreadable. */
export function parseJson(tool: string, text: string): ToolReading<unknown> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    const start = text.trim().slice(0, 80);
    return unreadable(tool, start === "" ? "nothing at all" : `no JSON: ${start}`);
  }
}

function failed(result: CommandResult, message: string): ToolFailure {
  return { kind: "tool-failed", tool: result.tool, message };
}

function lastLine(result: CommandResult): string | null {
  const lines = `${result.stdout}\n${result.stderr}`.split("\n").map((line) => line.trim());
  return lines.findLast((line) => line !== "")?.slice(0, 300) ?? null;
}

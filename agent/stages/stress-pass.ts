import type { Proof } from "../../contract/stage-result.ts";
import { proofObjection } from "../../contract/verdict.ts";
import {
  cpuStressArgs,
  memoryStressArgs,
  runStressNg,
  type StressReport,
} from "../tools/stress-ng.ts";
import { failureText, type ToolReading } from "../tools/tool-result.ts";
import { FLOOR_BYTES, gibText, type MemoryCap } from "./memory-cap.ts";
import type { StageContext } from "./stage.ts";
import type { PhaseRanges } from "./stress-window.ts";

/** One pass of stress over one part. */
export interface PassOutcome {
  readonly proof: Proof | null;
  /** The part failed: one sentence each. */
  readonly failures: readonly string[];
  /** The tool could not do its work, so nothing can be claimed. */
  readonly error: string | null;
}

type PassContext = Pick<StageContext, "run" | "signal" | "log">;

export async function runCpuPass(
  ctx: PassContext,
  processors: number,
  seconds: number,
): Promise<PassOutcome> {
  const args = cpuStressArgs(processors, seconds);
  return passOutcome("cpu", seconds, await runStressNg(ctx, args, seconds, logTo(ctx)));
}

export async function runMemoryPass(
  ctx: PassContext,
  bytes: number,
  seconds: number,
): Promise<PassOutcome & { readonly didNothing: boolean }> {
  const args = memoryStressArgs(bytes, seconds);
  const reading = await runStressNg(ctx, args, seconds, logTo(ctx));
  return {
    ...passOutcome("ram", seconds, reading),
    didNothing: didNothingYetSucceeded(reading),
  };
}

/**
 * A memory pass that goes down to a quarter when the host was too slow for the amount.
 * The bytes that were exercised come with the outcome.
 */
export async function runFittingMemoryPass(
  ctx: PassContext,
  cap: MemoryCap,
  seconds: number,
): Promise<PassOutcome & { readonly bytes: number }> {
  let bytes = cap.bytes;
  for (;;) {
    const outcome = await runMemoryPass(ctx, bytes, seconds);
    const smaller = Math.max(FLOOR_BYTES, Math.floor(bytes / 4));
    if (!outcome.didNothing || smaller >= bytes || ctx.signal.aborted) {
      return { ...outcome, bytes };
    }
    // stress-ng spent its whole time on first touch: no finding, and no proof either.
    ctx.log(
      "warn",
      `${gibText(bytes)} were too much for ${seconds} s on this host (no work done); trying ${gibText(smaller)}.`,
    );
    bytes = smaller;
  }
}

/** Exit 0, no word of failure, no work: first touch took all the time. */
function didNothingYetSucceeded(reading: ToolReading<StressReport>): boolean {
  return (
    reading.kind === "ok" &&
    reading.value.exitCode === 0 &&
    reading.value.failures.length === 0 &&
    reading.value.metrics?.bogoOps === 0
  );
}

/** Failure text outweighs the exit code; a pass without time or work is no pass. */
export function passOutcome(
  what: string,
  seconds: number,
  reading: ToolReading<StressReport>,
): PassOutcome {
  if (reading.kind !== "ok") {
    return { proof: null, failures: [], error: failureText(reading) };
  }
  const { metrics, failures, exitCode, elapsedS } = reading.value;
  const proof: Proof = {
    what,
    requestedS: seconds,
    // The tool's own clock, as long as the agent's agrees with it.
    elapsedS: round(
      metrics !== null && metrics.realS > 0 ? Math.min(metrics.realS, elapsedS) : elapsedS,
    ),
    work: metrics?.bogoOps ?? 0,
    unit: "1",
  };
  const found = failures.map((line) => `stress-ng on ${what}: ${line.replace(/^stress-ng: /, "")}`);
  const objection = proofObjection(proof);
  if (found.length === 0 && objection !== null) found.push(objection);
  if (found.length === 0 && exitCode !== 0) {
    found.push(`stress-ng on ${what} ended with exit code ${exitCode}.`);
  }
  return { proof, failures: found, error: null };
}

/** The proof, if there is one, with the ranges of its phase. */
export function withRanges({ proof }: PassOutcome, ranges: PhaseRanges): Proof[] {
  return proof === null ? [] : [{ ...proof, ...ranges }];
}

function logTo(ctx: PassContext) {
  return (line: string) => {
    if (line.trim() === "") return;
    const level = /^stress-ng: (fail|error)/.test(line) ? "error" : "debug";
    ctx.log(level, line, "stress-ng");
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

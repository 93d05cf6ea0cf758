import type { CommandOutcome } from "./command.ts";
import {
  exitFailure,
  ok,
  outcomeFailure,
  runTool,
  type ToolContext,
  type ToolReading,
} from "./tool-result.ts";

const TOOL = "stress-ng";

/** One stressor's line of `--metrics`. */
export interface StressMetrics {
  readonly stressor: string;
  readonly bogoOps: number;
  readonly realS: number;
  /** Mean share of a processor that each worker had, in percent; null before stress-ng 0.15. */
  readonly utilisationPercent: number | null;
  /** The most memory a worker held; null before stress-ng 0.15. */
  readonly maxResidentBytes: number | null;
}

export interface StressReport {
  readonly outcome: CommandOutcome;
  readonly exitCode: number | null;
  readonly elapsedS: number;
  /** Null when stress-ng ended before it printed any. */
  readonly metrics: StressMetrics | null;
  /** Lines that say failure, from either stream: they outweigh exit code 0. */
  readonly failures: readonly string[];
}

/** As root stress-ng protects its workers from the OOM killer and respawns shot ones: both are switched off. */
const KILLABLE = ["--oomable", "--no-oom-adjust"];

/**
 * Past its time stress-ng needs a while to collect its workers: about 5 s for a worker inside a long
 * kernel call (seen with 6 GiB of first touch), twice its time on aggressive classes.
 */
const OVERRUN_S = 20;

export function cpuStressArgs(workers: number, seconds: number): readonly string[] {
  return [...passArgs(seconds), "--cpu", String(workers), "--cpu-method", "all"];
}

export function memoryStressArgs(bytes: number, seconds: number): readonly string[] {
  return [...passArgs(seconds), "--vm", "1", "--vm-bytes", `${Math.floor(bytes / 1024)}k`];
}

function passArgs(seconds: number): string[] {
  return ["--verify", "--metrics", ...KILLABLE, "--timeout", `${Math.ceil(seconds)}s`];
}

/**
 * One pass of stress. A pass that ended badly is still a reading: only a stress-ng that is missing, could not
 * be started, was ended from outside or rejected its arguments is a failure of the tool.
 */
export async function runStressNg(
  ctx: ToolContext,
  args: readonly string[],
  seconds: number,
  onLine?: (line: string, stream: "stdout" | "stderr") => void,
): Promise<ToolReading<StressReport>> {
  const result = await runTool(ctx, TOOL, args, {
    timeoutS: seconds * 2 + OVERRUN_S,
    expendable: true,
    ...(onLine === undefined ? {} : { onLine }),
  });
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const report: StressReport = {
    outcome: result.outcome,
    exitCode: result.exitCode,
    elapsedS: result.elapsedS,
    ...parseStressNg(`${result.stdout}\n${result.stderr}`),
  };
  // 0 done, 2 a stressor failed; with anything else and no finding it never came to stressing.
  if (result.exitCode !== 0 && report.metrics === null && report.failures.length === 0) {
    return exitFailure(result);
  }
  return ok(report);
}

/** Finds metrics and failure lines in what stress-ng printed, on whichever stream. */
export function parseStressNg(text: string): Pick<StressReport, "metrics" | "failures"> {
  let metrics: StressMetrics | null = null;
  const failures: string[] = [];
  for (const line of text.split("\n")) {
    const row = /^stress-ng: (?:metrc|info): +\[\d+\] (\S+) +(\d+) +(-?[\d.]+) +(.*)$/.exec(line);
    if (row !== null && metrics === null) metrics = metricsOf(row);
    if (FAILURE_LINE.test(line)) failures.push(line.trim());
  }
  return { metrics, failures };
}

const FAILURE_LINE =
  /^stress-ng: (fail|error):|unsuccessful run|finished prematurely|terminated (on|by) signal|killed by|corrupted|\bfailed: [1-9]|metrics untrustworthy: [1-9]/;

function metricsOf(row: RegExpExecArray): StressMetrics {
  // usr, sys, ops/s real, ops/s usr+sys, then from 0.15 with --metrics: CPU %, RSS KB.
  const rest = (row[4] ?? "").trim().split(/\s+/).map(Number);
  const [cpuPercent, residentKB] = rest.slice(4);
  return {
    stressor: row[1] ?? "",
    bogoOps: Number(row[2]),
    realS: Number(row[3]),
    utilisationPercent: cpuPercent ?? null,
    maxResidentBytes: residentKB === undefined ? null : residentKB * 1024,
  };
}

/** `0.15.06`; null when it does not say. */
export async function readStressNgVersion(ctx: ToolContext): Promise<string | null> {
  const result = await runTool(ctx, TOOL, ["--version"]);
  return /version (\S+?)[ ,]/.exec(result.stdout)?.[1] ?? null;
}

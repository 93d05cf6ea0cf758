import { z } from "zod";
import type { CommandOutcome } from "./command.ts";
import {
  ok,
  outcomeFailure,
  parseJson,
  runTool,
  type ToolContext,
  type ToolReading,
  unreadable,
} from "./tool-result.ts";

const TOOL = "fio";

export interface FioDirection {
  readonly bytes: number;
  readonly bytesPerS: number;
  readonly iops: number;
  readonly runtimeS: number;
  /** 99 % of the requests were answered within this time; null when fio did not say. */
  readonly p99LatencyMs: number | null;
}

export interface FioJob {
  readonly name: string;
  /** An errno; 0 when all requests succeeded. */
  readonly error: number;
  readonly read: FioDirection;
  readonly write: FioDirection;
}

export interface FioReport {
  readonly version: string;
  readonly outcome: CommandOutcome;
  readonly exitCode: number | null;
  readonly elapsedS: number;
  readonly jobs: readonly FioJob[];
  /** What fio said outside its JSON: verify errors, failing opens. */
  readonly messages: readonly string[];
}

export interface FioTarget {
  /** Kernel name, also the job's name: `sda`. */
  readonly name: string;
  readonly path: string;
}

export type FioPattern = "random-read" | "sequential-read" | "write-verify";

/** fio needs this long beyond its run time to start, settle and print, in seconds. */
const OVERRUN_S = 30;

/** fio's own check that no byte is written whatever the job says. */
const READ_ONLY = ["--readonly"];

/**
 * `--thread`: forked jobs call setsid and would leave the process group.
 * `--norandommap` for reads: the map of an 18 TB disk in 4 KiB blocks takes over 500 MB.
 */
function patternArgs(pattern: FioPattern): readonly string[] {
  switch (pattern) {
    case "random-read":
      return [...READ_ONLY, "--rw=randread", "--bs=4k", "--norandommap"];
    case "sequential-read":
      return [...READ_ONLY, "--rw=read", "--bs=1m"];
    case "write-verify":
      // Time ends before fio's own verify phase would begin, so blocks are read back as it goes.
      return [
        "--rw=randwrite",
        "--bs=64k",
        "--random_generator=lfsr",
        "--verify=md5",
        "--verify_backlog=64",
        "--verify_fatal=1",
        // No files beside the agent to resume a verify from.
        "--verify_state_save=0",
      ];
  }
}

export function fioArgs(
  pattern: FioPattern,
  targets: readonly FioTarget[],
  seconds: number,
  queueDepth: number,
): readonly string[] {
  return [
    "--output-format=json",
    "--thread",
    "--direct=1",
    "--ioengine=libaio",
    `--iodepth=${queueDepth}`,
    // A disk that is gone must not come back as a file of its name.
    "--allow_file_create=0",
    "--time_based",
    `--runtime=${Math.ceil(seconds)}`,
    ...patternArgs(pattern),
    ...targets.flatMap(({ name, path }) => [`--name=${name}`, `--filename=${path}`]),
  ];
}

/** Runs fio; job errors are part of the report, since fio ends 0 or not depending on its options. */
export async function runFio(
  ctx: ToolContext,
  args: readonly string[],
  seconds: number,
): Promise<ToolReading<FioReport>> {
  const result = await runTool(ctx, TOOL, args, {
    timeoutS: seconds * 2 + OVERRUN_S,
    expendable: true,
  });
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const parsed = parseFio(result.stdout);
  if (parsed.kind !== "ok") {
    const said = result.stderr.trim().split("\n")[0] ?? "";
    return said === "" ? parsed : { kind: "tool-failed", tool: TOOL, message: said };
  }
  const stderr = result.stderr.split("\n").map((line) => line.trim());
  return ok({
    ...parsed.value,
    outcome: result.outcome,
    exitCode: result.exitCode,
    elapsedS: result.elapsedS,
    messages: [...parsed.value.messages, ...stderr.filter((line) => line !== "")],
  });
}

const direction = z
  .object({
    io_bytes: z.number(),
    bw_bytes: z.number(),
    iops: z.number(),
    /** Milliseconds. */
    runtime: z.number(),
    clat_ns: z
      .object({ percentile: z.record(z.string(), z.number()).optional() })
      .optional()
      .catch(undefined),
  })
  .transform(
    ({ io_bytes, bw_bytes, iops, runtime, clat_ns }): FioDirection => ({
      bytes: io_bytes,
      bytesPerS: bw_bytes,
      iops,
      runtimeS: runtime / 1000,
      p99LatencyMs: nsToMs(clat_ns?.percentile?.["99.000000"]),
    }),
  );

const fioSchema = z.object({
  "fio version": z.string(),
  jobs: z.array(
    z.object({ jobname: z.string(), error: z.int(), read: direction, write: direction }),
  ),
});

/** fio prints text before (and, on errors, between) its JSON: that is kept as messages. */
export function parseFio(
  stdout: string,
): ToolReading<Pick<FioReport, "version" | "jobs" | "messages">> {
  const start = /^\{/m.exec(stdout)?.index ?? -1;
  const end = stdout.lastIndexOf("}");
  if (start < 0 || end < start) return unreadable(TOOL, stdout.trim().slice(0, 80) || "nothing");
  const json = parseJson(TOOL, stdout.slice(start, end + 1));
  if (json.kind !== "ok") return json;
  const parsed = fioSchema.safeParse(json.value);
  if (!parsed.success) return unreadable(TOOL, "JSON without jobs");
  const around = `${stdout.slice(0, start)}\n${stdout.slice(end + 1)}`.split("\n");
  return ok({
    version: parsed.data["fio version"].replace(/^fio-/, ""),
    jobs: parsed.data.jobs.map(({ jobname, error, read, write }) => ({
      name: jobname,
      error,
      read,
      write,
    })),
    messages: around.map((line) => line.trim()).filter((line) => line !== ""),
  });
}

function nsToMs(ns: number | undefined): number | null {
  return ns === undefined ? null : ns / 1e6;
}

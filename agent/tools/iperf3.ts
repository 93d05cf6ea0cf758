import { z } from "zod";
import {
  exitFailure,
  ok,
  outcomeFailure,
  parseJson,
  runTool,
  type ToolContext,
  type ToolFailure,
  type ToolReading,
  unreadable,
} from "./tool-result.ts";

const TOOL = "iperf3";

export type IperfDirection = "send" | "receive" | "both";

export interface IperfPlan {
  readonly host: string;
  readonly port: number;
  readonly direction: IperfDirection;
  readonly seconds: number;
  readonly streams: number;
  /** The address to leave from. */
  readonly localAddress: string;
  /** The interface that must carry the bytes (SO_BINDTODEVICE). */
  readonly device: string;
}

export interface IperfReport {
  readonly version: string | null;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** The time in which the bytes of the slower direction moved. */
  readonly seconds: number;
  readonly sendBitsPerS: number;
  readonly receiveBitsPerS: number;
  readonly retransmits: number | null;
}

/** A server that serves somebody else is no failure: it takes one test at a time. */
export type IperfReading = ToolReading<IperfReport> | { readonly kind: "busy" };

const CONNECT_TIMEOUT_MS = 5000;
/** Connecting and exchanging results around the test itself, in seconds. */
const OVERRUN_S = 20;

export function iperfArgs(plan: IperfPlan): readonly string[] {
  const direction = { send: [], receive: ["--reverse"], both: ["--bidir"] }[plan.direction];
  return [
    "--json",
    "--client",
    plan.host,
    "--port",
    String(plan.port),
    "--bind",
    `${plan.localAddress}%${plan.device}`,
    "--connect-timeout",
    String(CONNECT_TIMEOUT_MS),
    "--time",
    String(Math.ceil(plan.seconds)),
    "--parallel",
    String(plan.streams),
    // No intermediate reports: those of a day would not fit into memory.
    "--interval",
    "0",
    ...direction,
  ];
}

export async function runIperf3(ctx: ToolContext, plan: IperfPlan): Promise<IperfReading> {
  const result = await runTool(ctx, TOOL, iperfArgs(plan), {
    timeoutS: plan.seconds + OVERRUN_S,
    expendable: true,
  });
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const said = result.stderr.trim().split("\n")[0] ?? "";
  if (result.stdout.trim() === "" && said !== "") return failed(said);
  const reading = parseIperf3(result.stdout, plan.direction);
  if (reading.kind !== "ok") return reading;
  if (result.exitCode !== 0) return exitFailure(result);
  // The report's clock is not believed over the agent's.
  const seconds = Math.min(reading.value.seconds, result.elapsedS);
  return ok({ ...reading.value, seconds });
}

const sum = z
  .object({
    seconds: z.number(),
    bytes: z.number(),
    bits_per_second: z.number(),
    retransmits: z.number().optional(),
  })
  .optional()
  .catch(undefined);

const iperfSchema = z.object({
  start: z.object({ version: z.string().optional() }).optional().catch(undefined),
  end: z
    .object({
      sum_sent: sum,
      sum_received: sum,
      sum_received_bidir_reverse: sum,
    })
    .optional()
    .catch(undefined),
  error: z.string().optional(),
});

/** iperf3 exits 0 on errors with `--json`: the `error` key tells. */
export function parseIperf3(stdout: string, direction: IperfDirection): IperfReading {
  const json = parseJson(TOOL, stdout);
  if (json.kind !== "ok") return json;
  const parsed = iperfSchema.safeParse(json.value);
  if (!parsed.success) return unreadable(TOOL, "JSON that is no iperf3 report");
  const { start, end, error } = parsed.data;
  if (error !== undefined) {
    return /server is busy/.test(error) ? { kind: "busy" } : failed(error);
  }
  // What arrived counts, not what was handed to the socket.
  const send = direction === "receive" ? undefined : end?.sum_received;
  const receive =
    direction === "both"
      ? end?.sum_received_bidir_reverse
      : direction === "receive"
        ? end?.sum_received
        : undefined;
  const times = [send, receive].flatMap((one) => (one === undefined ? [] : [one.seconds]));
  if (times.length !== (direction === "both" ? 2 : 1)) {
    return unreadable(TOOL, "a report without sums");
  }
  return ok({
    version: start?.version?.replace(/^iperf /, "") ?? null,
    sentBytes: send?.bytes ?? 0,
    receivedBytes: receive?.bytes ?? 0,
    seconds: Math.min(...times),
    sendBitsPerS: send?.bits_per_second ?? 0,
    receiveBitsPerS: receive?.bits_per_second ?? 0,
    retransmits: end?.sum_sent?.retransmits ?? null,
  });
}

function failed(message: string): ToolFailure {
  return { kind: "tool-failed", tool: TOOL, message };
}

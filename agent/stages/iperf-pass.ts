import type { Measurement, Proof } from "../../contract/stage-result.ts";
import { proofObjection } from "../../contract/verdict.ts";
import {
  type IperfDirection,
  type IperfReading,
  type IperfReport,
  runIperf3,
} from "../tools/iperf3.ts";
import { type NicCounters, readNicCounters, risenErrors } from "../tools/net-counters.ts";
import { failureText, type ToolFailure } from "../tools/tool-result.ts";
import type { NicTarget } from "./nic-targets.ts";
import type { StageContext } from "./stage.ts";

/** A server that serves the leftover of an earlier attempt is free again within its own time. */
const BUSY_RETRIES = 10;
const BUSY_RETRY_S = 3;
/** What the kernel counted may fall short of iperf3's bytes by what was under way at either end. */
const COUNTED_SHARE = 0.95;
/** Counters that say that the wire or the port is bad; the others (missed, fifo) say the host was slow. */
const WIRE_ERRORS = new Set([
  "rx_crc_errors",
  "rx_frame_errors",
  "rx_length_errors",
  "tx_carrier_errors",
  "carrier_changes",
]);

export interface NicPass {
  readonly proof: readonly Proof[];
  readonly measurements: readonly Measurement[];
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
  readonly error: string | null;
  readonly version: string | null;
}

export interface NicPassPlan {
  readonly target: NicTarget;
  readonly peer: { readonly host: string; readonly port: number };
  readonly direction: IperfDirection;
  readonly seconds: number;
  readonly streams: number;
  /** The least acceptable throughput as a share of link speed; 0 asks nothing. */
  readonly floorShare: number;
}

type PassContext = Pick<StageContext, "run" | "files" | "signal" | "clock" | "log">;

/** Two streams fill a 10 Gbit/s link; at least one. */
export function streamsFor(speedMbps: number | null, streamsPer10G: number): number {
  if (speedMbps === null) return streamsPer10G;
  return Math.min(128, Math.max(1, Math.round((speedMbps / 10_000) * streamsPer10G)));
}

/** One test over one NIC; the kernel's own counters must show that this NIC carried the bytes. */
export async function runNicPass(ctx: PassContext, plan: NicPassPlan): Promise<NicPass> {
  const { nic } = plan.target;
  const before = await readNicCounters(ctx.files, nic.name);
  const reading = await untilFree(ctx, plan);
  const after = await readNicCounters(ctx.files, nic.name);
  if (reading.kind !== "ok") {
    const counted = before === null || after === null ? null : wireFailure(nic.name, before, after);
    const wire = counted ?? (await linkFailure(ctx, nic.name));
    const why = `NIC ${nic.name}: ${wordsFor(reading)}`;
    // A tool that cannot talk through a dead wire did not break: the wire did.
    return wire === null
      ? { ...NOTHING, error: why }
      : { ...NOTHING, failures: [`${wire} Its test (${plan.direction}) came to no end: ${why}`] };
  }
  if (before === null || after === null) {
    return { ...NOTHING, error: `NIC ${nic.name}: the kernel shows no counters for it.` };
  }
  return judge(plan, reading.value, before, after);
}

const NOTHING: NicPass = {
  proof: [],
  measurements: [],
  failures: [],
  warnings: [],
  error: null,
  version: null,
};

async function untilFree(ctx: PassContext, plan: NicPassPlan): Promise<IperfReading> {
  for (let attempt = 0; ; attempt += 1) {
    const reading = await runIperf3(ctx, {
      host: plan.peer.host,
      port: plan.peer.port,
      direction: plan.direction,
      seconds: plan.seconds,
      streams: plan.streams,
      localAddress: plan.target.address,
      device: plan.target.nic.name,
    });
    if (reading.kind !== "busy" || attempt >= BUSY_RETRIES || ctx.signal.aborted) return reading;
    ctx.log("info", `The iperf3 server is busy; trying again in ${BUSY_RETRY_S} s.`, "iperf3");
    await ctx.clock.sleep(BUSY_RETRY_S, ctx.signal);
  }
}

function wordsFor(reading: ToolFailure | { readonly kind: "busy" }): string {
  return reading.kind === "busy"
    ? `the iperf3 server stayed busy for ${BUSY_RETRIES * BUSY_RETRY_S} s.`
    : failureText(reading);
}

function judge(
  plan: NicPassPlan,
  report: IperfReport,
  before: NicCounters,
  after: NicCounters,
): NicPass {
  const item = plan.target.nic.name;
  const proof: Proof[] = [];
  const measurements: Measurement[] = [];
  const failures: string[] = [];
  const ways = [
    {
      way: "send" as const,
      bytes: report.sentBytes,
      bitsPerS: report.sendBitsPerS,
      counted: after.sentBytes - before.sentBytes,
    },
    {
      way: "receive" as const,
      bytes: report.receivedBytes,
      bitsPerS: report.receiveBitsPerS,
      counted: after.receivedBytes - before.receivedBytes,
    },
  ].filter(({ way }) => plan.direction === "both" || plan.direction === way);
  for (const { way, bytes, bitsPerS, counted } of ways) {
    const pass: Proof = {
      what: `nic ${item} ${way}`,
      requestedS: plan.seconds,
      elapsedS: Math.round(report.seconds * 100) / 100,
      work: bytes,
      unit: "By",
    };
    proof.push(pass);
    const min = floorOf(plan);
    const value = Math.round(bitsPerS / 8);
    const limit = min === null ? {} : { min };
    measurements.push({ name: `nic.${way}`, value, unit: "By/s", item, ...limit });
    const objection = proofObjection(pass);
    if (objection !== null) failures.push(objection);
    if (min !== null && value < min) {
      const share = Math.round(plan.floorShare * 100);
      failures.push(
        `NIC ${item} ${way}: ${mbit(bitsPerS)}, below ${share} % of its ${plan.target.speedMbps} Mbit/s link.`,
      );
    }
    if (counted < bytes * COUNTED_SHARE) {
      failures.push(
        `NIC ${item} ${way}: iperf3 moved ${bytes} bytes and the NIC counted ${counted}: the bytes left by another NIC.`,
      );
    }
  }
  const risen = [...risenErrors(before, after)];
  measurements.push({
    name: "nic.errors",
    value: risen.reduce((sum, [, count]) => sum + count, 0),
    unit: "1",
    item,
  });
  const wire = wireFailure(item, before, after);
  if (wire !== null) failures.push(wire);
  const other = risen.filter(([name]) => !WIRE_ERRORS.has(name));
  const warnings =
    other.length === 0 || wire !== null ? [] : [`NIC ${item} counted ${counts(other)}.`];
  return { proof, measurements, failures, warnings, error: null, version: report.version };
}

/** It had a link when the stage chose what to test; the change itself may lie before the first count. */
async function linkFailure(ctx: PassContext, nic: string): Promise<string | null> {
  const carrier = (await ctx.files.readText(`/sys/class/net/${nic}/carrier`))?.trim();
  return carrier === "0" ? `NIC ${nic} lost its link during the test: there is none now.` : null;
}

/** What the counters say of the wire, in one sentence; null when it was good. */
function wireFailure(nic: string, before: NicCounters, after: NicCounters): string | null {
  const risen = [...risenErrors(before, after)].filter(([name]) => WIRE_ERRORS.has(name));
  if (risen.length === 0) return null;
  const lostLink = risen.some(([name]) => name === "carrier_changes");
  const what = lostLink ? "lost its link during the test" : "counted errors on the wire";
  return `NIC ${nic} ${what}: ${counts(risen)}.`;
}

function counts(risen: readonly (readonly [string, number])[]): string {
  return risen.map(([name, count]) => `${name} +${count}`).join(", ");
}

/** In bytes per second; null where the link's speed is not known. Both ways at once share the host, not the wire. */
function floorOf({ target, floorShare }: NicPassPlan): number | null {
  if (target.speedMbps === null || floorShare <= 0) return null;
  return Math.round((target.speedMbps * 1e6 * floorShare) / 8);
}

function mbit(bitsPerS: number): string {
  return `${Math.round(bitsPerS / 1e6)} Mbit/s`;
}

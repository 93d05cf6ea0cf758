import type { Gap, Measurement } from "../../contract/stage-result.ts";
import { readSel, readSelCount } from "../tools/ipmitool.ts";
import type { StageContext } from "./stage.ts";

/** An entry of the event log takes about 100 characters. */
const MAX_EVENTS = 5000;
/** `Power Supply #0x52`. */
const SENSOR_NUMBER = /#0x([0-9a-f]{2})\b/i;
/** Events that speak of power. */
const POWER_EVENT = /power|psu|\bps\d|voltage|redundan/i;

export interface EventLogFindings {
  readonly failures: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly gaps: readonly Gap[];
  /** Numbers of the sensors that the failures speak of, as `ipmitool sdr elist` prints them: `52h`. */
  readonly sensorIds: readonly string[];
}

interface PowerEvents {
  readonly failures: readonly string[];
  readonly sensorIds: readonly string[];
}

/** What the BMC logged of power since the burn began; older entries say nothing of today. */
export async function judgeEventLog(ctx: StageContext<"PSU">): Promise<EventLogFindings> {
  const gap = (why: string): Gap => ({ what: "BMC event log", why, absent: false });
  const events = await readSelCount(ctx);
  if (events.kind !== "ok") {
    const why = "The BMC does not say how many events it has logged.";
    return { failures: [], measurements: [], gaps: [gap(why)], sensorIds: [] };
  }
  const measurements = [{ name: "bmc.events", value: events.value, unit: "1" }];
  const start = ctx.burnReadings().get("bmc.events")?.[0]?.value ?? null;
  const gaps =
    start === null ? [gap("It was not counted when the burn began, so growth is unknown.")] : [];
  if (events.value === 0) return { failures: [], measurements, gaps, sensorIds: [] };
  const before = start ?? events.value;
  // A log that shrank was cleared under way: all that is in it is new.
  const fresh = events.value < before ? events.value : events.value - before;
  const told = await powerEvents(ctx, fresh);
  if (told === null && fresh > 0) {
    gaps.push(gap(`It grew by ${fresh} entries, which cannot be read.`));
  }
  return { failures: [], sensorIds: [], ...told, measurements, gaps };
}

/** Posts the event log as evidence; what its last `fresh` entries say of power, null when it cannot be read. */
async function powerEvents(ctx: StageContext<"PSU">, fresh: number): Promise<PowerEvents | null> {
  const entries = await readSel(ctx);
  if (entries.kind !== "ok" || entries.value.length === 0) return null;
  const lines = entries.value.map((entry) => JSON.stringify(entry));
  await ctx.postEvidence({
    kind: "sel",
    name: "sel.jsonl",
    text: lines.slice(-MAX_EVENTS).join("\n"),
    truncated: lines.length > MAX_EVENTS,
  });
  const bad = entries.value
    .slice(entries.value.length - fresh)
    .filter(({ asserted }) => asserted)
    .filter(({ sensor, event }) => POWER_EVENT.test(`${sensor}: ${event}`));
  return {
    failures: bad.map(
      ({ sensor, event }) => `The BMC logged since the burn began: ${sensor}: ${event}.`,
    ),
    sensorIds: bad.flatMap(({ sensor }) => {
      const number = SENSOR_NUMBER.exec(sensor)?.[1];
      return number === undefined ? [] : [`${number.toUpperCase()}h`];
    }),
  };
}

import type { Gap, Measurement } from "../../contract/stage-result.ts";
import { readSel, readSelCount } from "../tools/ipmitool.ts";
import type { StageContext } from "./stage.ts";

/** An entry of the event log takes about 100 characters. */
const MAX_EVENTS = 5000;
/** Events that speak of power. */
const POWER_EVENT = /power|psu|\bps\d|voltage|redundan/i;

export interface EventLogFindings {
  readonly failures: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly gaps: readonly Gap[];
}

/** What the BMC logged of power since the burn began; older entries say nothing of today. */
export async function judgeEventLog(ctx: StageContext<"PSU">): Promise<EventLogFindings> {
  const gap = (why: string): Gap => ({ what: "BMC event log", why, absent: false });
  const events = await readSelCount(ctx);
  if (events.kind !== "ok") {
    const why = "The BMC does not say how many events it has logged.";
    return { failures: [], measurements: [], gaps: [gap(why)] };
  }
  const measurements = [{ name: "bmc.events", value: events.value, unit: "1" }];
  const start = ctx.burnReadings().get("bmc.events")?.[0]?.value ?? null;
  const gaps =
    start === null ? [gap("It was not counted when the burn began, so growth is unknown.")] : [];
  if (events.value === 0) return { failures: [], measurements, gaps };
  const before = start ?? events.value;
  // A log that shrank was cleared under way: all that is in it is new.
  const fresh = events.value < before ? events.value : events.value - before;
  const told = await powerEvents(ctx, fresh);
  if (told === null && fresh > 0) {
    gaps.push(gap(`It grew by ${fresh} entries, which cannot be read.`));
  }
  return { failures: told ?? [], measurements, gaps };
}

/** Posts the event log as evidence; what its last `fresh` entries say of power, null when it cannot be read. */
async function powerEvents(ctx: StageContext<"PSU">, fresh: number): Promise<string[] | null> {
  const entries = await readSel(ctx);
  if (entries.kind !== "ok" || entries.value.length === 0) return null;
  const lines = entries.value.map((entry) => JSON.stringify(entry));
  await ctx.postEvidence({
    kind: "sel",
    name: "sel.jsonl",
    text: lines.slice(-MAX_EVENTS).join("\n"),
    truncated: lines.length > MAX_EVENTS,
  });
  return entries.value
    .slice(entries.value.length - fresh)
    .filter(({ asserted }) => asserted)
    .map(({ sensor, event }) => `${sensor}: ${event}`)
    .filter((words) => POWER_EVENT.test(words))
    .map((words) => `The BMC logged since the burn began: ${words}.`);
}

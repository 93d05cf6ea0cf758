import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Blame, Measurement } from "../../contract/stage-result.ts";
import {
  readDcmiPower,
  readSdr,
  readSel,
  readSelCount,
  readSensorThresholds,
  type SdrRow,
  type SensorThresholds,
} from "../tools/ipmitool.ts";
import { failureText } from "../tools/tool-result.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { erred, failed, passed, skipped } from "./stage-report.ts";

/** IPMI entity ids: 10 is a power supply, 19 the power unit that they form [IPMI 2.0, table 43-13]. */
const PSU_ENTITY = /^(10|19)\./;
const NOMINAL_VOLTS = [12, 5, 3.3];
const BAD_STATE =
  /fail|fault|AC lost|input lost|out-of-range|redundancy (lost|degraded)|non-redundant|insufficient|not redundant|power off\/down.*fail/i;
/** An entry of the event log takes about 100 characters. */
const MAX_EVENTS = 5000;
/** Events that speak of power. */
const POWER_EVENT = /power|psu|\bps\d|voltage|redundan/i;

export const psuStage: StageDefinition<"PSU"> = {
  name: "PSU",
  title: "Power supplies",
  tools: ["ipmitool"],
  paramsSchema: stageParamsSchemas.PSU,
  measurements: [
    { name: "psu.rail", unit: "V", title: "Rail voltage" },
    { name: "system.power", unit: "W", title: "Power now" },
    { name: "system.power.max", unit: "W", title: "Highest power in the burn" },
    { name: "bmc.events", unit: "1", title: "Entries in the BMC's event log" },
  ],
  run: runPsu,
};

async function runPsu(ctx: StageContext<"PSU">): Promise<StageReport> {
  const sdr = await readSdr(ctx);
  if (sdr.kind === "absent" || (sdr.kind === "tool-missing" && ctx.inventory?.bmc === null)) {
    const why = sdr.kind === "absent" ? sdr.message : "The host has no BMC.";
    return skipped(`No BMC to ask about power: ${why}`, [
      { what: "power supplies", why, absent: true },
    ]);
  }
  if (sdr.kind !== "ok") return erred(failureText(sdr));
  const thresholds = await readSensorThresholds(ctx);
  const limits = thresholds.kind === "ok" ? thresholds.value : [];

  const failures: string[] = [];
  const measurements: Measurement[] = [];
  const blame: Blame[] = [];
  const supplies = sdr.value.filter(isSupply);
  for (const row of supplies) {
    const bad = row.states.filter((state) => BAD_STATE.test(state));
    if (bad.length === 0) continue;
    failures.push(`${row.name}: ${bad.join(", ")}.`);
    blame.push(blameSupply(ctx, row));
  }
  for (const row of sdr.value) {
    if (row.unit !== "V" || row.value === null) continue;
    const rail = judgeRail(row, limits, ctx.params.railTolerance);
    if (rail === null) continue;
    measurements.push(rail.measurement);
    if (rail.failure !== null) failures.push(rail.failure);
  }
  for (const { name, status } of sdr.value.filter(
    ({ status }) => status === "cr" || status === "nr",
  )) {
    failures.push(
      `${name} is beyond its ${status === "cr" ? "critical" : "non-recoverable"} limit.`,
    );
  }

  const watts = await readDcmiPower(ctx);
  if (watts.kind === "ok" && watts.value !== null) {
    measurements.push({ name: "system.power", value: watts.value.currentW, unit: "W" });
  }
  const burn = ctx.burnReadings().get("system.power") ?? [];
  if (burn.length > 0) {
    const value = burn.reduce((max, reading) => Math.max(max, reading.value), 0);
    measurements.push({ name: "system.power.max", value, unit: "W" });
  }
  const events = await readSelCount(ctx);
  if (events.kind === "ok") {
    measurements.push({ name: "bmc.events", value: events.value, unit: "1" });
    // Against the start of the burn: old entries say nothing of today.
    const start = ctx.burnReadings().get("bmc.events")?.[0]?.value ?? events.value;
    const fresh = Math.max(0, events.value - start);
    if (events.value > 0) failures.push(...(await powerEvents(ctx, fresh)));
  }

  const findings = { measurements, blame };
  const rails = measurements.filter(({ name }) => name === "psu.rail").length;
  const summary = `${supplies.length} power sensors and ${rails} rails read${burn.length > 0 ? ", power watched through the burn" : ""}.`;
  if (failures.length > 0) return failed(failures, summary, findings);
  if (supplies.length === 0 && rails === 0) {
    const why = "The BMC has no sensor of a power supply or a rail.";
    return skipped(why, [{ what: "power supplies", why, absent: true }], findings);
  }
  return passed(summary, findings);
}

/** By entity where the listing has one, else by name. */
function isSupply({ entity, name }: SdrRow): boolean {
  return entity === null
    ? /^(PS|PSU|Power Suppl|Pwr Unit|PS Redundancy)/i.test(name)
    : PSU_ENTITY.test(entity) || /^(PS|PSU)\s?\d|redundan/i.test(name);
}

/**
 * A 12 V, 5 V or 3.3 V rail must be within the tolerance, or within the sensor's own critical limits where
 * it declares some that are tighter. Null for other voltages.
 */
function judgeRail(
  { name, value }: SdrRow,
  limits: readonly SensorThresholds[],
  tolerance: number,
): { readonly measurement: Measurement; readonly failure: string | null } | null {
  const nominal = nominalOf(name);
  if (nominal === null || value === null) return null;
  const own = limits.find((one) => one.name === name);
  const min = Math.max(nominal * (1 - tolerance), own?.lowerCritical ?? Number.NEGATIVE_INFINITY);
  const max = Math.min(nominal * (1 + tolerance), own?.upperCritical ?? Number.POSITIVE_INFINITY);
  const inside = value >= min && value <= max;
  return {
    measurement: {
      name: "psu.rail",
      value,
      unit: "V",
      item: name,
      min: round(min),
      max: round(max),
    },
    failure: inside ? null : `${name} is ${value} V, outside ${round(min)} to ${round(max)} V.`,
  };
}

/** `+12V`, `P12V_AUX`, `12V Rail`, `3.3V`, `3V3`, `P5V`: the name tells, for the value may be far off. */
function nominalOf(name: string): number | null {
  const word = name.toUpperCase().replace(/3V3/, "3.3V");
  const match = /(?:^|[^\d.])(12|5|3\.3)(?:\.0)? ?V(?!\d)/.exec(word);
  const volts = match === null ? null : Number(match[1]);
  return volts !== null && NOMINAL_VOLTS.includes(volts) ? volts : null;
}

function round(volts: number): number {
  return Math.round(volts * 1000) / 1000;
}

function blameSupply(ctx: StageContext<"PSU">, row: SdrRow): Blame {
  const number = /\d+/.exec(row.name)?.[0];
  const psu = ctx.inventory?.psus.find(({ slot }) => /\d+/.exec(slot)?.[0] === number);
  return {
    part: "power supply",
    slot: psu?.slot ?? row.name,
    serial: psu?.serial ?? null,
    model: psu?.model ?? null,
  };
}

/** Posts the event log as evidence; returns what its last `fresh` entries say of power. */
async function powerEvents(ctx: StageContext<"PSU">, fresh: number): Promise<string[]> {
  const entries = await readSel(ctx);
  if (entries.kind !== "ok") return [];
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

import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Blame, Gap, Measurement } from "../../contract/stage-result.ts";
import { formatQuantity } from "../../contract/wording/format.ts";
import { readDcmiPower, readSdr, readSensorThresholds, type SdrRow } from "../tools/ipmitool.ts";
import { failureText } from "../tools/tool-result.ts";
import { judgeEventLog } from "./power-events.ts";
import { judgeBurntRails, judgeRail } from "./power-rails.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { erred, failed, passed, skipped } from "./stage-report.ts";
import { blameOnce } from "./window-judgement.ts";

/** IPMI entity ids: 10 is a power supply, 19 the power unit that they form [IPMI 2.0, table 43-13]. */
const PSU_ENTITY = /^(10|19)\./;
const BAD_STATE =
  /fail|fault|AC lost|input lost|out-of-range|redundancy (lost|degraded)|non-redundant|insufficient|not redundant|config(uration)? error|power off\/down.*fail/i;

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
  const bmc = ctx.inventory?.bmc ?? null;
  if (sdr.kind === "absent" && bmc !== null && bmc.firmware !== null) {
    return erred(`The BMC answered at Inventory and does not any more. ${sdr.message}`);
  }
  if (sdr.kind === "absent" || (sdr.kind === "tool-missing" && ctx.inventory?.bmc === null)) {
    const why = sdr.kind === "absent" ? sdr.message : "The host has no BMC.";
    return skipped(`No BMC to ask about power: ${why}`, [
      { what: "power supplies", why, absent: bmc === null },
    ]);
  }
  if (sdr.kind !== "ok") return erred(failureText(sdr));
  if (sdr.value.length === 0) return erred("The BMC's list of sensors is empty or unreadable.");
  const thresholds = await readSensorThresholds(ctx);
  const limits = thresholds.kind === "ok" ? thresholds.value : [];

  const failures: string[] = [];
  const measurements: Measurement[] = [];
  const blame: Blame[] = [];
  const gaps: Gap[] = [];
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
    if (rail.failure !== null) {
      failures.push(rail.failure);
      blameOnce(blame, blameRail(row.name));
    }
  }
  const burnt = judgeBurntRails(ctx.burnReadings(), limits, ctx.params.railTolerance);
  if (measurements.length > 0 && burnt.length === 0) {
    gaps.push({ what: "rails in Burn", why: "No rail was sampled under load.", absent: false });
  }
  for (const { rail, measurement, failure } of burnt) {
    measurements.push(measurement);
    if (failure === null) continue;
    failures.push(failure);
    blameOnce(blame, blameRail(rail));
  }
  for (const row of sdr.value.filter(({ status }) => status === "cr" || status === "nr")) {
    failures.push(beyondLimit(row));
    blameOnce(blame, isSupply(row) ? blameSupply(ctx, row) : blameSensorRow(row));
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
  const log = await judgeEventLog(ctx);
  for (const row of sdr.value.filter(({ id }) => id !== null && log.sensorIds.includes(id))) {
    blameOnce(blame, isSupply(row) ? blameSupply(ctx, row) : blameSensorRow(row));
  }
  measurements.push(...log.measurements);
  failures.push(...log.failures);
  gaps.push(...log.gaps);

  const findings = { measurements, blame, gaps };
  const rails = measurements.filter(({ name }) => name === "psu.rail").length - burnt.length;
  const summary = `${supplies.length} power sensors and ${rails} rails read${burn.length > 0 ? ", power watched through the burn" : ""}.`;
  if (failures.length > 0) return failed([...new Set(failures)], summary, findings);
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

function beyondLimit({ name, status, value, unit }: SdrRow): string {
  const limit = status === "cr" ? "critical" : "non-recoverable";
  const reading = value === null || unit === null ? "" : `: ${formatQuantity(value, unit)}`;
  return `${name} is beyond its ${limit} limit${reading}.`;
}

/** Which supply feeds a rail no BMC tells: the rail is named as the BMC names it. */
function blameRail(rail: string): Blame {
  return { part: "power rail", slot: rail, serial: null, model: null };
}

/** The BMC's name of the sensor is the name of the part. */
function blameSensorRow({ name, unit }: SdrRow): Blame {
  if (unit === "V") return blameRail(name);
  return { part: unit === "{rpm}" ? "fan" : "sensor", slot: name, serial: null, model: null };
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

import type { Measurement } from "../../contract/stage-result.ts";
import { readSdr, type SdrRow, type SensorThresholds } from "../tools/ipmitool.ts";
import type { StageContext } from "./stage.ts";

const NOMINAL_VOLTS = [12, 5, 3.3];
/** A BMC takes seconds to walk its sensors, and up to a minute on some: more often would keep it busy. */
const POLL_S = 30;
const SENSOR = /^psu\.rail\[(.*)\]$/;

export interface JudgedRail {
  /** As the BMC names it. */
  readonly rail: string;
  readonly measurement: Measurement;
  readonly failure: string | null;
}

/** Samples the rails until the signal: a supply that sags under load has recovered when PSU looks at it. */
export async function watchRails(
  ctx: Pick<StageContext, "run" | "clock" | "sample">,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const sdr = await readSdr({ run: ctx.run, signal });
    // No BMC, or none that answers now: PSU says so.
    if (sdr.kind !== "ok") return;
    const rails = sdr.value.filter(({ name, unit }) => unit === "V" && nominalOf(name) !== null);
    if (rails.length === 0) return;
    for (const { name, value } of rails) {
      if (value !== null) ctx.sample({ sensor: `psu.rail[${name}]`, value, unit: "V" });
    }
    await ctx.clock.sleep(POLL_S, signal);
  }
}

/** The lowest and the highest that each rail had in the burn. */
export function judgeBurntRails(
  readings: ReturnType<StageContext["burnReadings"]>,
  limits: readonly SensorThresholds[],
  tolerance: number,
): (JudgedRail & { readonly rail: string })[] {
  return [...readings].flatMap(([sensor, values]) => {
    const name = SENSOR.exec(sensor)?.[1];
    if (name === undefined || values.length === 0) return [];
    const volts = values.map(({ value }) => value);
    const extremes = { lowest: Math.min(...volts), highest: Math.max(...volts) };
    return Object.entries(extremes).flatMap(([which, value]) => {
      const judged = judgeRail({ name, value }, limits, tolerance);
      if (judged === null) return [];
      const { measurement, failure } = judged;
      return [
        {
          rail: name,
          measurement: { ...measurement, item: `${name}, ${which} in Burn` },
          failure: failure === null ? null : `In the burn ${failure}`,
        },
      ];
    });
  });
}

/**
 * A 12 V, 5 V or 3.3 V rail must be within the tolerance, or within the sensor's own critical limits where
 * it declares some that are tighter. Null for other voltages.
 */
export function judgeRail(
  { name, value }: Pick<SdrRow, "name" | "value">,
  limits: readonly SensorThresholds[],
  tolerance: number,
): JudgedRail | null {
  const nominal = nominalOf(name);
  if (nominal === null || value === null) return null;
  const own = limits.find((one) => one.name === name);
  const min = Math.max(nominal * (1 - tolerance), own?.lowerCritical ?? Number.NEGATIVE_INFINITY);
  const max = Math.min(nominal * (1 + tolerance), own?.upperCritical ?? Number.POSITIVE_INFINITY);
  const inside = value >= min && value <= max;
  return {
    rail: name,
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

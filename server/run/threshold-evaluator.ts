import type { Sample } from "../../contract/agent-api.ts";
import { sensorMatches } from "../../contract/sensor-name.ts";
import type { Threshold } from "../../contract/vetting-config.ts";
import { SENSOR_CRITICAL } from "../../contract/vetting-config.ts";

export interface Breach {
  readonly sensor: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  readonly severity: Threshold["severity"];
  /** Time of the sample that made it a breach, in ms. */
  readonly t: number;
}

interface Streak {
  readonly threshold: Threshold;
  readonly sensor: string;
  readonly limit: number;
  readonly unit: string;
  /** Time of the first sample beyond the limit, in ms. */
  readonly since: number;
  readonly last: number;
  /** The value furthest beyond the limit so far. */
  readonly worst: number;
}

/** The limit that a value is beyond, or null. */
export function limitBeyond(threshold: Threshold, sample: Sample): number | null {
  const max = threshold.max === SENSOR_CRITICAL ? sample.critical : threshold.max;
  // A sensor's own critical value is reached, not passed: at that temperature the part protects itself.
  const tooHigh =
    max !== undefined &&
    (threshold.max === SENSOR_CRITICAL ? sample.value >= max : sample.value > max);
  if (tooHigh) return max;
  if (threshold.min !== undefined && sample.value < threshold.min) return threshold.min;
  return null;
}

/**
 * Watches the samples of one stage attempt. A limit is breached when every sample over at least
 * `forSeconds` was beyond it, by the samples' own times; a sample back inside ends the streak.
 * Each breach of a threshold by a sensor is told once.
 */
export class AttemptThresholds {
  readonly #thresholds: readonly Threshold[];
  readonly #streaks = new Map<string, Streak>();
  readonly #told: Set<string>;
  readonly #matching = new Map<string, readonly Threshold[]>();

  /** @param told breaches of this attempt that are recorded already, after a restart of the console. */
  constructor(thresholds: readonly Threshold[], told: Iterable<string> = []) {
    this.#thresholds = thresholds;
    this.#told = new Set(told);
  }

  /** Identifies a breach within an attempt. */
  static key(breach: Pick<Breach, "sensor" | "limit" | "severity">): string {
    return `${breach.sensor} ${breach.limit} ${breach.severity}`;
  }

  observe(samples: readonly Sample[]): Breach[] {
    return samples.flatMap((sample) =>
      this.#watching(sample).flatMap((threshold) => this.#observeOne(threshold, sample)),
    );
  }

  /** A streak that no sample ended goes on until the stage's end: breaches between the last sample and the result. */
  atEnd(endMs: number): Breach[] {
    return [...this.#streaks.values()].flatMap((streak) =>
      this.#tell({ ...streak, last: Math.max(streak.last, endMs) }),
    );
  }

  /** The longest `forSeconds` of all thresholds: how far back a restart has to look. */
  static lookBackSeconds(thresholds: readonly Threshold[]): number {
    return Math.max(0, ...thresholds.map((threshold) => threshold.forSeconds));
  }

  #watching(sample: Sample): readonly Threshold[] {
    const key = `${sample.stage} ${sample.sensor}`;
    const known = this.#matching.get(key);
    if (known !== undefined) return known;
    const found = this.#thresholds.filter(
      ({ sensor, stages }) =>
        sensorMatches(sensor, sample.sensor) &&
        (stages === undefined || stages.includes(sample.stage)),
    );
    this.#matching.set(key, found);
    return found;
  }

  #observeOne(threshold: Threshold, sample: Sample): Breach[] {
    const key = `${this.#thresholds.indexOf(threshold)} ${sample.sensor}`;
    const limit = limitBeyond(threshold, sample);
    if (limit === null) {
      this.#streaks.delete(key);
      return [];
    }
    const t = Date.parse(sample.t);
    const before = this.#streaks.get(key);
    const beyondMore =
      before === undefined ||
      Math.abs(sample.value - limit) >= Math.abs(before.worst - before.limit);
    const streak: Streak = {
      threshold,
      sensor: sample.sensor,
      limit,
      unit: sample.unit,
      since: Math.min(before?.since ?? t, t),
      last: Math.max(before?.last ?? t, t),
      worst: beyondMore ? sample.value : before.worst,
    };
    this.#streaks.set(key, streak);
    return this.#tell(streak);
  }

  #tell({ threshold, sensor, limit, unit, since, last, worst }: Streak): Breach[] {
    if (last - since < threshold.forSeconds * 1000) return [];
    const breach: Breach = {
      sensor,
      value: worst,
      limit,
      unit,
      severity: threshold.severity,
      t: last,
    };
    const key = AttemptThresholds.key(breach);
    if (this.#told.has(key)) return [];
    this.#told.add(key);
    return [breach];
  }
}

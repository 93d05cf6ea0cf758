export interface Reading {
  /** Milliseconds since 1970. */
  readonly t: number;
  readonly value: number;
}

/** At the usual one reading in 2 s this is an hour in full; longer attempts are thinned. */
const DEFAULT_MAX_PER_SENSOR = 1800;

/**
 * The readings of one stage attempt, by sensor, bounded. When a sensor's are full the older ones are thinned
 * to half; of each four neighbours the lowest and the highest stay, so that ranges stay true.
 */
export class Readings {
  readonly #bySensor = new Map<string, Reading[]>();
  readonly #maxPerSensor: number;

  constructor(maxPerSensor = DEFAULT_MAX_PER_SENSOR) {
    this.#maxPerSensor = maxPerSensor;
  }

  add(sensor: string, reading: Reading): void {
    const known = this.#bySensor.get(sensor);
    if (known === undefined) {
      this.#bySensor.set(sensor, [reading]);
      return;
    }
    known.push(reading);
    if (known.length > this.#maxPerSensor) this.#bySensor.set(sensor, thinned(known));
  }

  /** Newest last. */
  of(sensor: string): readonly Reading[] {
    return this.#bySensor.get(sensor) ?? [];
  }

  all(): ReadonlyMap<string, readonly Reading[]> {
    return this.#bySensor;
  }

  /** The last `seconds` as CSV, oldest first; empty when nothing was read. */
  csv(seconds: number): string {
    const rows = [...this.#bySensor].flatMap(([sensor, readings]) =>
      readings.map(({ t, value }) => ({ t, sensor, value })),
    );
    const newest = rows.reduce((latest, { t }) => Math.max(latest, t), 0);
    const recent = rows.filter(({ t }) => t >= newest - seconds * 1000).sort((a, b) => a.t - b.t);
    if (recent.length === 0) return "";
    const lines = recent.map(
      ({ t, sensor, value }) => `${new Date(t).toISOString()},${sensor},${value}`,
    );
    return `time,sensor,value\n${lines.join("\n")}\n`;
  }
}

function thinned(readings: readonly Reading[]): Reading[] {
  const kept: Reading[] = [];
  for (let at = 0; at < readings.length; at += 4) {
    const four = readings.slice(at, at + 4);
    const low = four.reduce((a, b) => (b.value < a.value ? b : a));
    const high = four.reduce((a, b) => (b.value >= a.value ? b : a));
    kept.push(
      ...(low.t <= high.t ? [low, high] : [high, low]).filter((r, i, two) => two.indexOf(r) === i),
    );
  }
  // The newest reading is also what a stage means by "now".
  const newest = readings.at(-1);
  if (newest !== undefined && kept.at(-1) !== newest) kept.push(newest);
  return kept;
}

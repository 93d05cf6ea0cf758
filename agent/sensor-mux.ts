import { MAX_SAMPLES_PER_BATCH, type Sample } from "../contract/agent-api.ts";
import type { StageName } from "../contract/stages.ts";
import { Batcher } from "./batcher.ts";
import type { SensorReading } from "./stages/stage.ts";

export type UnnumberedSample = Omit<Sample, "sequence">;

export interface SensorMuxDeps {
  readonly send: (samples: readonly UnnumberedSample[]) => void;
  readonly now: () => Date;
  readonly flushMs: number;
  /** Samples held in memory between two flushes; the oldest beyond it are dropped and counted. */
  readonly capacity?: number;
  /** Told once for each sensor whose reading cannot be a sample. */
  readonly onUnfit?: (sensor: string, why: string) => void;
}

const DEFAULT_CAPACITY = 10_000;

/** Collects readings from all sources into batches: every 2 s, at most 500 samples each, bounded. */
export class SensorMux {
  readonly #deps: SensorMuxDeps;
  readonly #batcher: Batcher<UnnumberedSample>;
  readonly #unfit = new Set<string>();
  readonly #units = new Map<string, string>();

  constructor(deps: SensorMuxDeps) {
    this.#deps = deps;
    this.#batcher = new Batcher({
      maxBatch: MAX_SAMPLES_PER_BATCH,
      capacity: deps.capacity ?? DEFAULT_CAPACITY,
      flushMs: deps.flushMs,
      send: deps.send,
    });
  }

  /** Samples dropped for want of room since the start. */
  get dropped(): number {
    return this.#batcher.dropped;
  }

  /** The unit in which a sensor was last read, or null. */
  unitOf(sensor: string): string | null {
    return this.#units.get(sensor) ?? null;
  }

  /** @returns the time given to the reading, in ms since 1970; null when it is no sample. */
  add(stage: StageName, { sensor, value, unit, critical }: SensorReading): number | null {
    const why = unfitness({ sensor, value, unit });
    if (why !== null) {
      if (!this.#unfit.has(sensor)) this.#deps.onUnfit?.(sensor, why);
      this.#unfit.add(sensor);
      return null;
    }
    this.#units.set(sensor, unit);
    const at = this.#deps.now();
    const limit = critical !== undefined && Number.isFinite(critical) ? { critical } : {};
    this.#batcher.add({ stage, t: at.toISOString(), sensor, value, unit, ...limit });
    return at.getTime();
  }

  flush(): void {
    this.#batcher.flush();
  }

  stop(): void {
    this.#batcher.stop();
  }
}

/** One reading that the contract refuses would have its whole batch refused. */
function unfitness({ sensor, value, unit }: SensorReading): string | null {
  if (!Number.isFinite(value)) return `its value is ${value}`;
  if (sensor.length === 0 || sensor.length > 128) return "its name is empty or longer than 128";
  if (unit.length === 0 || unit.length > 32) return "its unit is empty or longer than 32";
  return null;
}

import type { LiveEvent, SeriesResponse } from "../../contract/console-api.ts";
import { Series } from "./series.ts";

type SamplePoints = Extract<LiveEvent, { type: "samples" }>["points"];

/**
 * Series of all runs, outside of React: samples arrive by the hundred, and a chart draws once a second.
 * A series' version grows at most once a `flush`, and only who subscribed to it hears of it.
 */
export class SeriesStore {
  readonly #series = new Map<string, Series>();
  readonly #versions = new Map<string, number>();
  readonly #dirty = new Set<string>();
  readonly #listeners = new Map<string, Set<() => void>>();

  /** The key of a sensor; with an empty name that of the run's list of sensors. */
  static key(runId: number, sensor: string): string {
    return `${runId} ${sensor}`;
  }

  get(runId: number, sensor: string): Series | null {
    return this.#series.get(SeriesStore.key(runId, sensor)) ?? null;
  }

  /** Sensors of a run that have been seen, with their units. */
  sensorsOf(runId: number): { sensor: string; unit: string }[] {
    const prefix = `${runId} `;
    return [...this.#series]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, series]) => ({ sensor: key.slice(prefix.length), unit: series.unit }));
  }

  append(runId: number, points: SamplePoints): void {
    for (const [sensor, unit, t, value] of points) {
      this.#ensure(runId, sensor, unit).append(t, value);
    }
  }

  setHistory(runId: number, { sensor, unit, points }: SeriesResponse): void {
    this.#ensure(runId, sensor, unit).setHistory(points);
  }

  /** Forgets every run but these: a console stays open for weeks. */
  keepOnly(runIds: ReadonlySet<number>): void {
    for (const key of this.#series.keys()) {
      if (runIds.has(Number.parseInt(key, 10))) continue;
      this.#series.delete(key);
      this.#versions.delete(key);
      this.#dirty.delete(key);
    }
  }

  version(key: string): number {
    return this.#versions.get(key) ?? 0;
  }

  subscribe(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(key, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(key);
    };
  }

  /** Tells subscribers what changed since the last flush. Called at 1 Hz. */
  flush(): void {
    const changed = [...this.#dirty];
    this.#dirty.clear();
    for (const key of changed) this.#versions.set(key, this.version(key) + 1);
    const told = new Set(changed.flatMap((key) => [...(this.#listeners.get(key) ?? [])]));
    for (const listener of told) listener();
  }

  #ensure(runId: number, sensor: string, unit: string): Series {
    const key = SeriesStore.key(runId, sensor);
    this.#dirty.add(key);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    // Who lists the run's sensors hears of a new one.
    this.#dirty.add(SeriesStore.key(runId, ""));
    const made = new Series(unit);
    this.#series.set(key, made);
    return made;
  }
}

/** The one of this window. */
export const seriesStore = new SeriesStore();

import type { SamplePoint, SeriesResponse } from "../../contract/console-api.ts";
import { Series, type SeriesDepth } from "./series.ts";

type Listener = () => void;

/** The list of a run's sensors, among the names of its sensors. */
const LIST = "";

/** One run's series, who wants to hear of them, and what changed since they were told. */
class RunSeries {
  readonly series = new Map<string, Series>();
  readonly versions = new Map<string, number>();
  readonly changed = new Set<string>();
  readonly listeners = new Map<string, Set<Listener>>();
  /** Told of any change in the run. */
  readonly followers = new Set<Listener>();
  heardMs: number | null = null;
}

/** A tile's sparklines: the processors' temperatures and the watts. */
export function isTileSensor(sensor: string, unit: string): boolean {
  return unit === "W" || (unit === "Cel" && sensor.startsWith("cpu"));
}

/**
 * Series of all runs, outside of React: samples arrive by the hundred, and a chart draws once a second.
 * A series' version grows at most once a `flush`, and only who subscribed to it hears of it.
 */
export class SeriesStore {
  readonly #runs = new Map<number, RunSeries>();
  readonly #changedRuns = new Set<RunSeries>();
  readonly #allDeep: boolean;
  #openRunId: number | null = null;

  /** @param allDeep keeps every run as if it were open; else only that of `open`. */
  constructor({ allDeep = true }: { allDeep?: boolean } = {}) {
    this.#allDeep = allDeep;
  }

  /** The key of a sensor; with an empty name that of the run's list of sensors. */
  static key(runId: number, sensor: string): string {
    return `${runId} ${sensor}`;
  }

  get(runId: number, sensor: string): Series | null {
    return this.#runs.get(runId)?.series.get(sensor) ?? null;
  }

  /** Sensors of a run that have been seen, with their units. */
  sensorsOf(runId: number): { sensor: string; unit: string }[] {
    return [...(this.#runs.get(runId)?.series ?? [])].map(([sensor, { unit }]) => ({
      sensor,
      unit,
    }));
  }

  /** When samples of the run last came, in ms by this machine's clock; null: none did. */
  heardMs(runId: number): number | null {
    return this.#runs.get(runId)?.heardMs ?? null;
  }

  /** The run whose charts are on the screen, or null: everything of it is kept. Its past is fetched, not remembered. */
  open(runId: number | null): void {
    if (runId === this.#openRunId) return;
    const closed = this.#openRunId;
    this.#openRunId = runId;
    for (const id of [closed, runId]) {
      if (id === null) continue;
      for (const [sensor, series] of this.#runs.get(id)?.series ?? []) {
        series.setDepth(this.#depth(id, sensor, series.unit));
      }
    }
  }

  append(runId: number, points: readonly SamplePoint[], nowMs = Date.now()): void {
    const run = this.#ensureRun(runId);
    run.heardMs = nowMs;
    this.#changedRuns.add(run);
    for (const [sensor, unit, t, value] of points) {
      this.#ensure(run, runId, sensor, unit).append(t, value);
    }
  }

  setHistory(runId: number, { sensor, unit, points }: SeriesResponse): void {
    const run = this.#ensureRun(runId);
    this.#changedRuns.add(run);
    this.#ensure(run, runId, sensor, unit).setHistory(points);
  }

  /** Forgets every run but these: a console stays open for weeks. */
  keepOnly(runIds: ReadonlySet<number>): void {
    for (const [runId, run] of this.#runs) {
      if (runIds.has(runId)) continue;
      run.series.clear();
      if (run.listeners.size === 0 && run.followers.size === 0) this.#runs.delete(runId);
    }
  }

  version(key: string): number {
    const [runId, sensor] = parse(key);
    return this.#runs.get(runId)?.versions.get(sensor) ?? 0;
  }

  subscribe(key: string, listener: Listener): Listener {
    const [runId, sensor] = parse(key);
    const { listeners } = this.#ensureRun(runId);
    const told = listeners.get(sensor) ?? new Set();
    listeners.set(sensor, told.add(listener));
    return () => {
      told.delete(listener);
      if (told.size === 0 && listeners.get(sensor) === told) listeners.delete(sensor);
    };
  }

  /** Hears of every flush in which anything of the run changed. */
  subscribeRun(runId: number, listener: Listener): Listener {
    const { followers } = this.#ensureRun(runId);
    followers.add(listener);
    return () => followers.delete(listener);
  }

  /** Tells subscribers what changed since the last flush. Called at 1 Hz. */
  flush(): void {
    const told = new Set<Listener>();
    for (const run of this.#changedRuns) {
      for (const sensor of run.changed) {
        run.versions.set(sensor, (run.versions.get(sensor) ?? 0) + 1);
        for (const listener of run.listeners.get(sensor) ?? []) told.add(listener);
      }
      run.changed.clear();
      for (const follower of run.followers) told.add(follower);
    }
    this.#changedRuns.clear();
    for (const listener of told) listener();
  }

  #ensureRun(runId: number): RunSeries {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const made = new RunSeries();
    this.#runs.set(runId, made);
    return made;
  }

  #ensure(run: RunSeries, runId: number, sensor: string, unit: string): Series {
    run.changed.add(sensor);
    const known = run.series.get(sensor);
    if (known !== undefined) return known;
    // Who lists the run's sensors hears of a new one.
    run.changed.add(LIST);
    const made = new Series(unit, this.#depth(runId, sensor, unit));
    run.series.set(sensor, made);
    return made;
  }

  #depth(runId: number, sensor: string, unit: string): SeriesDepth {
    if (this.#allDeep || runId === this.#openRunId) return "all";
    return isTileSensor(sensor, unit) ? "spark" : "newest";
  }
}

function parse(key: string): [runId: number, sensor: string] {
  const space = key.indexOf(" ");
  return [Number(key.slice(0, space)), key.slice(space + 1)];
}

/** The one of this window. */
export const seriesStore = new SeriesStore({ allDeep: false });

import type { SeriesResponse } from "../../contract/console-api.ts";
import { halve, MAX_CHART_POINTS } from "./decimate.ts";
import { type Point, RingBuffer } from "./ring-buffer.ts";

/** Half an hour at one sample a second stays at full resolution. */
const RECENT_CAPACITY = 1800;
const HISTORY_CAPACITY = 2 * MAX_CHART_POINTS;

/**
 * One sensor of one run: a coarse history and a fine recent part, both bounded whatever the run's length.
 * What leaves the recent part is merged into the history, extremes kept.
 */
export class Series {
  readonly unit: string;
  #history: Point[] = [];
  /** Times up to here are in the history that the server gave. */
  #historyEnd = Number.NEGATIVE_INFINITY;
  #latest: Point | null = null;
  readonly #recent = new RingBuffer(RECENT_CAPACITY);

  constructor(unit: string) {
    this.unit = unit;
  }

  /** The newest point by its own time. */
  get latest(): Point | null {
    return this.#latest;
  }

  /** Replaces the past by what the server has stored; live samples after it are kept. */
  setHistory(points: SeriesResponse["points"]): void {
    this.#history = [...points];
    this.#historyEnd = points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
    const newer = [...this.#recent].filter(([t]) => t > this.#historyEnd);
    this.#recent.clear();
    for (const point of newer) this.#recent.push(point);
    this.#latest = newer.at(-1) ?? points.at(-1) ?? null;
  }

  /** A live sample; one that the history already has is left out. */
  append(t: number, value: number): void {
    if (t <= this.#historyEnd) return;
    const point: Point = [t, value, value, value];
    if (this.#latest === null || t >= this.#latest[0]) this.#latest = point;
    const evicted = this.#recent.push(point);
    if (evicted === null) return;
    this.#history.push(evicted);
    if (this.#history.length > HISTORY_CAPACITY) this.#history = halve(this.#history);
  }

  /** History first, then the recent part. */
  *points(): Generator<Point> {
    yield* this.#history;
    yield* this.#recent;
  }
}

import type { SeriesResponse } from "../../contract/console-api.ts";
import { halve, MAX_CHART_POINTS } from "./decimate.ts";
import { type Point, RingBuffer } from "./ring-buffer.ts";

/** Half an hour at one sample a second stays at full resolution. */
const RECENT_CAPACITY = 1800;
const HISTORY_CAPACITY = 2 * MAX_CHART_POINTS;
/** A sparkline's five minutes at one sample a second. */
const SPARK_CAPACITY = 300;

/**
 * How much of a series is kept: everything for the run that is open, what a sparkline draws for a sensor that a tile
 * shows, the newest value for any other. With 200 hosts of 20 sensors the difference is 230 MB.
 */
export type SeriesDepth = "all" | "spark" | "newest";

/**
 * One sensor of one run: a coarse history and a fine recent part, both bounded whatever the run's length.
 * What leaves the recent part is merged into the history, extremes kept.
 */
export class Series {
  readonly unit: string;
  #depth: SeriesDepth;
  #history: Point[] = [];
  /** Times up to here are in the history that the server gave. */
  #historyEnd = Number.NEGATIVE_INFINITY;
  readonly #recent: RingBuffer;
  // The newest point by its own time, as numbers: one object less a sample.
  #latestT = Number.NEGATIVE_INFINITY;
  #latestMin = 0;
  #latestMax = 0;
  #latestMean = 0;

  constructor(unit: string, depth: SeriesDepth = "all") {
    this.unit = unit;
    this.#depth = depth;
    this.#recent = new RingBuffer(depth === "all" ? RECENT_CAPACITY : SPARK_CAPACITY);
  }

  /** The newest point by its own time. */
  get latest(): Point | null {
    if (this.#latestT === Number.NEGATIVE_INFINITY) return null;
    return [this.#latestT, this.#latestMin, this.#latestMax, this.#latestMean];
  }

  /** Keeps so much from now on; what is more is let go. */
  setDepth(depth: SeriesDepth): void {
    if (depth === this.#depth) return;
    this.#depth = depth;
    this.#recent.resize(depth === "all" ? RECENT_CAPACITY : SPARK_CAPACITY);
    if (depth === "all") return;
    this.#history = [];
    if (depth === "newest") this.#recent.clear();
  }

  /** Replaces the past by what the server has stored; live samples after it are kept. */
  setHistory(points: SeriesResponse["points"]): void {
    this.#history = [...points];
    this.#historyEnd = points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
    const newer = [...this.#recent].filter(([t]) => t > this.#historyEnd);
    this.#recent.clear();
    for (const point of newer) this.#recent.push(point);
    const latest = newer.at(-1) ?? points.at(-1);
    this.#latestT = Number.NEGATIVE_INFINITY;
    if (latest !== undefined) this.#setLatest(...latest);
  }

  /** A live sample; one that the history already has is left out. */
  append(t: number, value: number): void {
    if (t <= this.#historyEnd) return;
    if (t >= this.#latestT) this.#setLatest(t, value, value, value);
    if (this.#depth === "newest") return;
    const evicted = this.#recent.pushSample(t, value);
    if (evicted === null || this.#depth !== "all") return;
    this.#history.push(evicted);
    if (this.#history.length > HISTORY_CAPACITY) this.#history = halve(this.#history);
  }

  /** History first, then the recent part. */
  *points(): Generator<Point> {
    yield* this.#history;
    yield* this.#recent;
  }

  /** The recent part, oldest first, without an object a point. */
  eachRecent(take: (t: number, min: number, max: number, mean: number) => void): void {
    this.#recent.each(take);
  }

  #setLatest(t: number, min: number, max: number, mean: number): void {
    this.#latestT = t;
    this.#latestMin = min;
    this.#latestMax = max;
    this.#latestMean = mean;
  }
}

import type { Series } from "./series.ts";

/** The stored part of a run between two times, at full points; both ends included, in ms since 1970. */
export interface SeriesSpan {
  readonly runId: number;
  readonly from: number;
  readonly to: number;
  /** Every sensor of the run by its name; one without a sample in the span has no points. */
  readonly series: ReadonlyMap<string, Series>;
}

/** A way back out of some zooms costs no request; more would only grow. */
const KEPT_SPANS = 8;

/** Spans that were zoomed into, outside of React, the latest few of them. */
export class SpanStore {
  readonly #spans = new Map<string, SeriesSpan>();
  readonly #listeners = new Set<() => void>();

  /** What was last loaded for exactly this span, or null. */
  get(runId: number, from: number, to: number): SeriesSpan | null {
    return this.#spans.get(keyOf(runId, from, to)) ?? null;
  }

  put(span: SeriesSpan): void {
    const key = keyOf(span.runId, span.from, span.to);
    // Set anew, it is the latest.
    this.#spans.delete(key);
    this.#spans.set(key, span);
    for (const oldest of this.#spans.keys()) {
      if (this.#spans.size <= KEPT_SPANS) break;
      this.#spans.delete(oldest);
    }
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function keyOf(runId: number, from: number, to: number): string {
  return `${runId} ${from} ${to}`;
}

/** The one of this window. */
export const spanStore = new SpanStore();

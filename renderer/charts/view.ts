import type { ChartWindow } from "./chart-model.ts";

/** What the graphs show: the newest part and moving with it, the whole run, or a part of the past that stands still. */
export type ChartView =
  | { readonly kind: "live"; readonly spanMs: number }
  | { readonly kind: "whole" }
  | { readonly kind: "span"; readonly from: number; readonly to: number };

export const LIVE: ChartView = { kind: "live", spanMs: 5 * 60 * 1000 };
export const WHOLE: ChartView = { kind: "whole" };

/** Closer than this nothing is to be seen: a sensor gives a value a second. */
const LEAST_SPAN_MS = 5000;

/** The times of a view, given the first and the last sample. */
export function windowOf(view: ChartView, whole: ChartWindow): ChartWindow {
  if (view.kind === "span") return { from: view.from, to: view.to };
  if (view.kind === "whole") return whole;
  return { from: Math.max(whole.from, whole.to - view.spanMs), to: whole.to };
}

/** A part of the past, in the order of its times, wide enough and within the run. */
export function spanOf(a: number, b: number, whole: ChartWindow): ChartView {
  const middle = (a + b) / 2;
  const half = Math.max(Math.abs(b - a), LEAST_SPAN_MS) / 2;
  const width = Math.min(2 * half, whole.to - whole.from);
  const from = Math.min(Math.max(middle - half, whole.from), whole.to - width);
  return { kind: "span", from, to: from + width };
}

export type Step = "in" | "out" | "earlier" | "later";

/** The view after one press of a button: half or twice as wide, or half a width on. */
export function stepped(view: ChartView, step: Step, whole: ChartWindow): ChartView {
  const { from, to } = windowOf(view, whole);
  const width = to - from;
  switch (step) {
    case "in":
      return spanOf(from + width / 4, to - width / 4, whole);
    case "out":
      // As wide as the run is the run.
      return width * 2 >= whole.to - whole.from
        ? WHOLE
        : spanOf(from - width / 2, to + width / 2, whole);
    case "earlier":
      return spanOf(from - width / 2, to - width / 2, whole);
    case "later":
      return spanOf(from + width / 2, to + width / 2, whole);
  }
}

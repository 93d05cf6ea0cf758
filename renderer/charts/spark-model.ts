import type { Series } from "../store/series.ts";

const WINDOW_MS = 5 * 60 * 1000;
const LEAST_WINDOW_MS = 20_000;
const BUCKETS = 60;
export const SPARK_WIDTH = 1200;
export const SPARK_HEIGHT = 260;
const MARGIN = 24;

// Drawn again every second for every tile in sight: the same arrays each time.
const lows = new Float64Array(BUCKETS);
const highs = new Float64Array(BUCKETS);

/**
 * The line of the last five minutes as SVG path data on a grid of SPARK_WIDTH × SPARK_HEIGHT: a vertical stroke a
 * bucket, from its least to its greatest value, so that no spike is lost. Empty without samples.
 */
export function sparkPath(series: Series): string {
  const to = series.latest?.[0];
  if (to === undefined) return "";
  let first = to;
  series.eachRecent((t) => {
    if (t < first) first = t;
  });
  const from = Math.min(Math.max(first, to - WINDOW_MS), to - LEAST_WINDOW_MS);
  lows.fill(Number.POSITIVE_INFINITY);
  highs.fill(Number.NEGATIVE_INFINITY);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const scale = BUCKETS / (to - from);
  series.eachRecent((t, min, max) => {
    if (t < from) return;
    const bucket = Math.min(BUCKETS - 1, Math.floor((t - from) * scale));
    if (min < lows[bucket]!) lows[bucket] = min;
    if (max > highs[bucket]!) highs[bucket] = max;
    if (min < low) low = min;
    if (max > high) high = max;
  });
  const step = SPARK_WIDTH / BUCKETS;
  const factor = (SPARK_HEIGHT - 2 * MARGIN) / (high - low || 1);
  const y = (value: number) => Math.round(SPARK_HEIGHT - MARGIN - (value - low) * factor);
  let path = "";
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const top = highs[bucket]!;
    if (top === Number.NEGATIVE_INFINITY) continue;
    const x = Math.round((bucket + 0.5) * step);
    path += `${path === "" ? "M" : "L"}${x} ${y(top)}`;
    const bottom = lows[bucket]!;
    if (bottom !== top) path += `L${x} ${y(bottom)}`;
  }
  return path;
}

import type { Point } from "./ring-buffer.ts";

/** A chart never draws more points a series than this. */
export const MAX_CHART_POINTS = 300;

/**
 * Puts points into `buckets` equal parts of [from, to], each with the least, the greatest and the mean value of
 * its points, so that a spike of a single sample stays visible at every zoom. Empty parts are null. Series that
 * are put on the same grid share their times.
 */
export function decimate(
  points: Iterable<Point>,
  from: number,
  to: number,
  buckets: number = MAX_CHART_POINTS,
): (Point | null)[] {
  const grid = new Array<{ min: number; max: number; sum: number; count: number } | null>(
    buckets,
  ).fill(null);
  const width = (to - from) / buckets;
  if (!(width > 0)) return grid.map(() => null);
  for (const [t, min, max, mean] of points) {
    if (t < from || t > to) continue;
    const index = Math.min(buckets - 1, Math.floor((t - from) / width));
    const cell = grid[index] ?? null;
    if (cell === null) {
      grid[index] = { min, max, sum: mean, count: 1 };
    } else {
      cell.min = Math.min(cell.min, min);
      cell.max = Math.max(cell.max, max);
      cell.sum += mean;
      cell.count += 1;
    }
  }
  return grid.map((cell, index) =>
    cell === null
      ? null
      : [from + (index + 0.5) * width, cell.min, cell.max, cell.sum / cell.count],
  );
}

/** Merges neighbours in pairs: half the points, every extreme kept. */
export function halve(points: readonly Point[]): Point[] {
  const merged: Point[] = [];
  for (let index = 0; index < points.length; index += 2) {
    const a = points[index]!;
    const b = points[index + 1] ?? a;
    merged.push([a[0], Math.min(a[1], b[1]), Math.max(a[2], b[2]), (a[3] + b[3]) / 2]);
  }
  return merged;
}

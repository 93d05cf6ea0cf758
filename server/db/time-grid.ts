/** The greatest multiple of the width that is not above the time. Also right before 1970. */
export function alignedDown(tMs: number, width: number): number {
  return Math.floor(tMs / width) * width;
}

function alignedUp(tMs: number, width: number): number {
  return Math.ceil(tMs / width) * width;
}

/** A half-open part of time, fromMs ≤ t < endMs, to be read from buckets of a width; null: from the samples. */
export interface Piece {
  readonly widthMs: number | null;
  readonly fromMs: number;
  readonly endMs: number;
}

/**
 * Covers fromMs ≤ t < endMs exactly: whole buckets of the coarsest of the widths within, finer ones towards both
 * edges, and single samples where no bucket fits. So an edge neither takes in a neighbour's spike nor loses its own.
 * @param widths finest first, each a multiple of the one before.
 */
export function cover(fromMs: number, endMs: number, widths: readonly number[]): Piece[] {
  if (fromMs >= endMs) return [];
  const widthMs = widths.at(-1);
  if (widthMs === undefined) return [{ widthMs: null, fromMs, endMs }];
  const finer = widths.slice(0, -1);
  const first = alignedUp(fromMs, widthMs);
  const last = alignedDown(endMs, widthMs);
  if (first >= last) return cover(fromMs, endMs, finer);
  return [
    ...cover(fromMs, first, finer),
    { widthMs, fromMs: first, endMs: last },
    ...cover(last, endMs, finer),
  ];
}

/** Equal cells of time, counted from `origin`. */
export interface TimeGrid {
  /** What the cells are made of: the width of a rollup, or null for samples. */
  readonly levelMs: number | null;
  readonly originMs: number;
  /** A multiple of the level's width. */
  readonly cellMs: number;
}

/**
 * The grid for samples from `firstMs` to `lastMs` in at most `points` cells, of the coarsest level that has at least
 * as many buckets there as points are asked for.
 */
export function gridFor(
  firstMs: number,
  lastMs: number,
  points: number,
  widths: readonly number[],
): TimeGrid {
  const levelMs = widths.findLast((width) => bucketsIn(firstMs, lastMs, width) >= points) ?? null;
  const width = levelMs ?? 1;
  const cellMs = Math.ceil(bucketsIn(firstMs, lastMs, width) / points) * width;
  return { levelMs, originMs: alignedDown(firstMs, width), cellMs };
}

export function cellOf({ originMs, cellMs }: TimeGrid, tMs: number): number {
  return Math.floor((tMs - originMs) / cellMs);
}

/** What to read for a grid so that every sample of the span asked for is in it once, and no other. */
export function piecesFor(
  { levelMs }: Pick<TimeGrid, "levelMs">,
  asked: { readonly fromMs: number; readonly toMs: number },
  found: { readonly firstMs: number; readonly lastMs: number },
  widths: readonly number[],
): Piece[] {
  const usable = levelMs === null ? [] : widths.filter((width) => width <= levelMs);
  // Beyond the first and last sample there is nothing: a bucket that reaches there may be taken whole.
  const width = levelMs ?? 1;
  const fromMs = Math.max(asked.fromMs, alignedDown(found.firstMs, width));
  const endMs = Math.min(asked.toMs + 1, alignedUp(found.lastMs + 1, width));
  return cover(fromMs, endMs, usable);
}

function bucketsIn(firstMs: number, lastMs: number, width: number): number {
  return Math.floor(lastMs / width) - Math.floor(firstMs / width) + 1;
}

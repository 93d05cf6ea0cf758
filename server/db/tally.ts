/** What some samples of one sensor came to. */
export interface Tally {
  samples: number;
  /** Time of the first of them. */
  firstMs: number;
  least: number;
  greatest: number;
  total: number;
}

/** A sum is held within this either way: one that overflows would become no number at all. */
const MOST_TOTAL = 1e308;

export function tallyOf(tMs: number, value: number): Tally {
  const total = heldTotal(value);
  return { samples: 1, firstMs: tMs, least: value, greatest: value, total };
}

/** Adds the second to the first. */
export function addTally(sum: Tally, more: Tally): void {
  sum.samples += more.samples;
  if (more.firstMs < sum.firstMs) sum.firstMs = more.firstMs;
  if (more.least < sum.least) sum.least = more.least;
  if (more.greatest > sum.greatest) sum.greatest = more.greatest;
  sum.total = heldTotal(sum.total + more.total);
}

/** Never outside of the least and the greatest value, whatever rounding did to the sum. */
export function meanOf({ samples, least, greatest, total }: Tally): number {
  return Math.min(greatest, Math.max(least, total / samples));
}

/** Adds to the tally that has this key, or begins it. */
export function addTo(tallies: Map<number, Tally>, key: number, more: Tally): void {
  const known = tallies.get(key);
  if (known === undefined) tallies.set(key, { ...more });
  else addTally(known, more);
}

function heldTotal(total: number): number {
  return Math.min(MOST_TOTAL, Math.max(-MOST_TOTAL, total));
}

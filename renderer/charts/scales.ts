import type { LimitLine } from "../../contract/wording/limits.ts";
import type { ChartRow } from "./chart-model.ts";

const STEPS_S = [
  1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800,
];
const MOST_TIME_TICKS = 7;
const VALUE_TICKS = 4;

/** Round times since `origin` within [from, to], all in ms: at most seven. */
export function timeTicks(from: number, to: number, origin: number): number[] {
  const stepS =
    STEPS_S.find((step) => (to - from) / 1000 / step < MOST_TIME_TICKS) ?? STEPS_S.at(-1)!;
  const step = stepS * 1000;
  const ticks: number[] = [];
  for (let t = origin + Math.ceil((from - origin) / step) * step; t <= to; t += step) ticks.push(t);
  return ticks;
}

export interface ValueScale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/**
 * An axis with round ends that holds every least and greatest value, and a limit when the values come near it:
 * a far one would press the curve flat.
 */
export function valueScale(
  rows: readonly ChartRow[],
  lines: number,
  limits: readonly LimitLine[],
): ValueScale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    for (let index = 0; index < lines; index += 1) {
      const range = row[`range${index}`];
      if (typeof range !== "object" || range === null) continue;
      low = Math.min(low, range[0]);
      high = Math.max(high, range[1]);
    }
  }
  if (low > high) return { low: 0, high: 1, ticks: [0, 1] };
  const reach = Math.max(high - low, Math.abs(high) * 0.3);
  const near = limits
    .map(({ value }) => value)
    .filter((v) => v >= low - reach && v <= high + reach);
  return roundScale(Math.min(low, ...near), Math.max(high, ...near));
}

function roundScale(low: number, high: number): ValueScale {
  const rough = (high - low || Math.abs(high) * 0.1 || 1) / VALUE_TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  return { low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks };
}

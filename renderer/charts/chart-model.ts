import type { RunDetail, StageAttempt } from "../../contract/console-api.ts";
import type { StageName } from "../../contract/stages.ts";
import { type LimitLine, limitLines } from "../../contract/wording/limits.ts";
import { decimate, MAX_CHART_POINTS } from "../store/decimate.ts";
import type { Point } from "../store/ring-buffer.ts";
import type { Series } from "../store/series.ts";

type Breach = StageAttempt["breaches"][number];

/** Sensors of one unit share a chart; so many lines can still be told apart. */
export const MAX_LINES = 6;

export interface ChartGroup {
  readonly unit: string;
  readonly title: string;
  readonly sensors: readonly string[];
}

/** In the order in which they matter. */
const TITLES: Readonly<Record<string, string>> = {
  Cel: "Temperature",
  W: "Power",
  "{rpm}": "Fans",
  "By/s": "Throughput",
  Hz: "Clocks",
  MHz: "Clocks",
  "%": "Utilisation",
  V: "Voltage",
};
const ORDER = Object.keys(TITLES);

/** One group a unit, the units that matter first, their sensors by name. */
export function chartGroups(sensors: readonly { sensor: string; unit: string }[]): ChartGroup[] {
  const units = [...new Set(sensors.map(({ unit }) => unit))];
  const rank = (unit: string) => (ORDER.includes(unit) ? ORDER.indexOf(unit) : ORDER.length);
  return units
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((unit) => ({
      unit,
      title: TITLES[unit] ?? "Other sensors",
      sensors: sensors
        .filter((one) => one.unit === unit)
        .map(({ sensor }) => sensor)
        .sort((a, b) => a.localeCompare(b, undefined, { numeric: true })),
    }));
}

/** One time of a chart: `mean0`, `range0` and so on, by the position of the sensor. */
export type ChartRow = { readonly t: number } & Readonly<
  Record<string, number | readonly [number, number] | null>
>;

export interface ChartWindow {
  readonly from: number;
  readonly to: number;
}

/** The rows of a chart: all series on one grid of at most 300 times, least and greatest value kept. */
export function chartRows(
  series: readonly ({ points(): Iterable<Point> } | null)[],
  { from, to }: ChartWindow,
  buckets = MAX_CHART_POINTS,
): ChartRow[] {
  const columns = series.map((one) => decimate(one?.points() ?? [], from, to, buckets));
  const width = (to - from) / buckets;
  const rows: ChartRow[] = [];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const cells = columns.map((column) => column[bucket] ?? null);
    if (cells.every((cell) => cell === null)) continue;
    const values = cells.flatMap((cell, index): [string, ChartRow[string]][] => [
      [`mean${index}`, cell === null ? null : cell[3]],
      [`range${index}`, cell === null ? null : [cell[1], cell[2]]],
    ]);
    rows.push({ t: from + (bucket + 0.5) * width, ...Object.fromEntries(values) } as ChartRow);
  }
  return rows;
}

/** The first and the last time of some series, or null when they are empty. Reads only their ends. */
export function extent(series: readonly (Series | null)[]): ChartWindow | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const one of series) {
    const first = one?.points().next().value?.[0];
    const last = one?.latest?.[0];
    if (first !== undefined && first < from) from = first;
    if (last !== undefined && last > to) to = last;
  }
  return from <= to ? { from, to: Math.max(to, from + 1000) } : null;
}

/** Newest, least and greatest value of a sensor within a time, or null when it has none there. */
export function readingOf(
  series: Series | null,
  { from, to }: ChartWindow,
): { readonly latest: number; readonly least: number; readonly greatest: number } | null {
  let latest: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const [t, min, max, mean] of series?.points() ?? []) {
    if (t < from || t > to) continue;
    latest = mean;
    least = Math.min(least, min);
    greatest = Math.max(greatest, max);
  }
  return latest === null ? null : { latest, least, greatest };
}

/** Limits of all sensors of a chart, each value once. */
export function groupLimits(sensors: readonly string[], run: RunDetail): LimitLine[] {
  const all = sensors.flatMap((sensor) => limitLines(sensor, run.thresholds, run.stages));
  return [...new Map(all.map((line) => [line.value, line])).values()];
}

/** Labels of breaches need so much of a chart's width each, to the middle of the next. */
const LABEL_SHARE = 0.2;
/** So near to either end a label's middle would leave part of it outside. */
const EDGE_SHARE = 0.09;

export interface BreachLabel {
  readonly t: number;
  /** The highest value of its breaches: what the label stands above. */
  readonly value: number;
  readonly severity: Breach["severity"];
  readonly text: string;
}

/** Words for the marks of breaches: those near each other share one, as two would overprint each other. */
export function breachLabels(
  breaches: readonly Breach[],
  { from, to }: ChartWindow,
): BreachLabel[] {
  const edge = (to - from) * EDGE_SHARE;
  const placed = breaches
    .map((breach) => ({
      breach,
      t: Math.min(to - edge, Math.max(from + edge, Date.parse(breach.t))),
    }))
    .sort((a, b) => a.t - b.t);
  const groups: { t: number; members: Breach[] }[] = [];
  for (const { breach, t } of placed) {
    const last = groups.at(-1);
    if (last !== undefined && t - last.t < (to - from) * LABEL_SHARE) last.members.push(breach);
    else groups.push({ t, members: [breach] });
  }
  return groups.map(({ t, members }) => {
    const fails = members.some(({ severity }) => severity === "fail");
    return {
      t,
      value: Math.max(...members.map(({ value }) => value)),
      severity: fails ? "fail" : "warn",
      text: `${fails ? "✕" : "!"} ${members.length === 1 ? "breach" : `${members.length} breaches`}`,
    };
  });
}

/** Stage bands within a window, in ms. */
export function stageBands(
  run: Pick<RunDetail, "stages">,
  { from, to }: ChartWindow,
): { key: number; stage: StageName; from: number; to: number }[] {
  return run.stages.flatMap(({ id, stage, startedAt, endedAt }) => {
    const start = Math.max(from, Date.parse(startedAt));
    const end = Math.min(to, endedAt === null ? to : Date.parse(endedAt));
    if (end <= start) return [];
    return [{ key: id, stage, from: start, to: end }];
  });
}

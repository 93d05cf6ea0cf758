import { useMemo } from "react";
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { SeriesResponse } from "../../contract/console-api.ts";
import { formatDuration, formatQuantity } from "../../contract/wording/format.ts";
import { type ChartRow, chartRows } from "./chart-model.ts";
import { dashOf, strokeOf } from "./chart-parts.tsx";
import { timeTicks, valueScale } from "./scales.ts";

const HEIGHT = 260;
const MARGIN = { top: 12, right: 8, bottom: 0, left: 0 };

export interface OverlaidRun {
  /** As the legend has it: `A: run 7 of orion`. */
  readonly title: string;
  /** When its time begins, in ms since 1970. */
  readonly originMs: number;
  /** Null: it has no such sensor. */
  readonly series: SeriesResponse | null;
}

/** One sensor of several runs over the time since each began: mean as line, least to greatest as band. */
export function OverlayChart({ runs, unit }: { runs: readonly OverlaidRun[]; unit: string }) {
  const { rows, to } = useMemo(() => overlayRows(runs), [runs]);
  const values = valueScale(rows, runs.length, []);
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      <ComposedChart data={rows} margin={MARGIN} accessibilityLayer>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="t"
          type="number"
          domain={[0, to]}
          ticks={timeTicks(0, to, 0)}
          tickFormatter={(t: number) => formatDuration(t / 1000)}
          tick={{ fill: "var(--quiet)", fontSize: 12 }}
          stroke="var(--line)"
          minTickGap={20}
        />
        <YAxis
          domain={[values.low, values.high]}
          ticks={values.ticks}
          tickFormatter={(value: number) => formatQuantity(value, unit)}
          tick={{ fill: "var(--quiet)", fontSize: 12 }}
          stroke="var(--line)"
          width={78}
        />
        <Tooltip content={<OverlayTooltip runs={runs} unit={unit} />} isAnimationActive={false} />
        {runs.map(({ title }, index) => (
          <Area
            key={`range ${title}`}
            dataKey={`range${index}`}
            fill={strokeOf(index)}
            fillOpacity={0.16}
            stroke="none"
            dot={false}
            activeDot={false}
            isAnimationActive={false}
            connectNulls
          />
        ))}
        {runs.map(({ title }, index) => (
          <Line
            key={`mean ${title}`}
            dataKey={`mean${index}`}
            stroke={strokeOf(index)}
            strokeDasharray={dashOf(index)}
            strokeWidth={1.8}
            dot={false}
            isAnimationActive={false}
            connectNulls
          />
        ))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/** All series on one grid of at most 300 times since their runs began, in ms. */
export function overlayRows(runs: readonly OverlaidRun[]): { rows: ChartRow[]; to: number } {
  const shifted = runs.map(({ series, originMs }) =>
    (series?.points ?? []).map(([t, min, max, mean]): [number, number, number, number] => [
      t - originMs,
      min,
      max,
      mean,
    ]),
  );
  const to = Math.max(1000, ...shifted.map((points) => points.at(-1)?.[0] ?? 0));
  const columns = shifted.map((points) => ({ points: () => points }));
  return { rows: chartRows(columns, { from: 0, to }), to };
}

function OverlayTooltip({
  runs,
  unit,
  active,
  payload,
}: {
  runs: readonly OverlaidRun[];
  unit: string;
  active?: boolean;
  payload?: readonly { payload?: ChartRow }[];
}) {
  const row = payload?.[0]?.payload;
  if (active !== true || row === undefined) return null;
  return (
    <div className="tooltip">
      <p className="quiet">{formatDuration(row.t / 1000)}</p>
      {runs.map(({ title }, index) => {
        const mean = row[`mean${index}`];
        const range = row[`range${index}`];
        if (typeof mean !== "number" || typeof range !== "object" || range === null) return null;
        return (
          <p key={title}>
            {title} <strong>{formatQuantity(mean, unit)}</strong>
            {range[0] !== range[1] && (
              <span className="quiet">
                {" "}
                {formatQuantity(range[0], unit)} to {formatQuantity(range[1], unit)}
              </span>
            )}
          </p>
        );
      })}
    </div>
  );
}

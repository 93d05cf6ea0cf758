import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { RunDetail } from "../../contract/console-api.ts";
import { formatDuration, formatQuantity } from "../../contract/wording/format.ts";
import type { LimitLine } from "../../contract/wording/limits.ts";
import type { Series } from "../store/series.ts";
import { breachLabels, chartRows, groupLimits, stageBands } from "./chart-model.ts";
import { BandTitle, ChartLegend, ChartTooltip, dashOf, strokeOf } from "./chart-parts.tsx";
import { timeTicks, type ValueScale, valueScale } from "./scales.ts";

const HEIGHT = 210;
/** Where the plot begins and ends within the chart: who drags over it reckons with these. */
export const PLOT_LEFT_PX = 78;
export const PLOT_RIGHT_PX = 8;
/** Words take about this part of the plot's height: its ninth. */
const WORDS_SHARE = 9;
const MARGIN = { top: 18, right: PLOT_RIGHT_PX, bottom: 0, left: 0 };

/** Series of one unit on one grid: mean as line, least to greatest as band, limits, stages and breaches. */
export function SensorChart({
  run,
  title,
  unit,
  sensors,
  series,
  from,
  to,
}: {
  run: RunDetail;
  title: string;
  unit: string;
  sensors: readonly string[];
  series: readonly (Series | null)[];
  from: number;
  to: number;
}) {
  const rows = chartRows(series, { from, to });
  const limits = groupLimits(sensors, run);
  const values = valueScale(rows, sensors.length, limits);
  const bands = stageBands(run, { from, to });
  const origin = Date.parse(run.startedAt ?? run.createdAt);
  const breaches = run.stages
    .flatMap((attempt) => attempt.breaches)
    .filter((breach) => sensors.includes(breach.sensor) && inside(Date.parse(breach.t), from, to));
  return (
    <>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <ComposedChart
          data={rows}
          margin={MARGIN}
          accessibilityLayer
          title={`${title} over time. The same as a table stands below.`}
          syncId={`run ${run.id}`}
          syncMethod={nearestTick}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          {bands.map((band, index) => (
            <ReferenceArea
              key={band.key}
              x1={band.from}
              x2={band.to}
              fill={index % 2 === 0 ? "var(--band)" : "transparent"}
              fillOpacity={1}
              stroke="none"
              label={<BandTitle stage={band.stage} />}
            />
          ))}
          <XAxis
            dataKey="t"
            type="number"
            domain={[from, to]}
            tickFormatter={(t: number) => formatDuration((t - origin) / 1000)}
            tick={{ fill: "var(--quiet)", fontSize: 12 }}
            stroke="var(--line)"
            ticks={timeTicks(from, to, origin)}
            minTickGap={20}
            allowDataOverflow
          />
          <YAxis
            domain={[values.low, values.high]}
            tickFormatter={(value: number) => formatQuantity(value, unit)}
            tick={{ fill: "var(--quiet)", fontSize: 12 }}
            stroke="var(--line)"
            width={PLOT_LEFT_PX}
            ticks={values.ticks}
          />
          <Tooltip
            content={<ChartTooltip sensors={sensors} unit={unit} origin={origin} />}
            isAnimationActive={false}
          />
          {sensors.map((sensor, index) => (
            <Area
              key={`range ${sensor}`}
              dataKey={`range${index}`}
              fill={strokeOf(index)}
              fillOpacity={0.18}
              stroke="none"
              dot={false}
              activeDot={false}
              isAnimationActive={false}
              connectNulls
            />
          ))}
          {sensors.map((sensor, index) => (
            <Line
              key={`mean ${sensor}`}
              dataKey={`mean${index}`}
              stroke={strokeOf(index)}
              strokeDasharray={dashOf(index)}
              strokeWidth={1.8}
              dot={false}
              isAnimationActive={false}
              connectNulls
            />
          ))}
          {limits.map((limit) => (
            <ReferenceLine
              key={limit.value}
              y={limit.value}
              stroke={limit.severity === "fail" ? "var(--bad)" : "var(--gaps)"}
              strokeDasharray="7 4"
              label={{
                value: `limit ${formatQuantity(limit.value, unit)}`,
                position: limitPosition(limit, values),
                className: `limitlabel ${limit.severity}`,
              }}
            />
          ))}
          {breaches.map((breach) => (
            <ReferenceDot
              key={`${breach.sensor} ${breach.t} ${breach.limit}`}
              x={Date.parse(breach.t)}
              y={breach.value}
              r={5}
              ifOverflow="extendDomain"
              fill="none"
              stroke={breach.severity === "fail" ? "var(--bad)" : "var(--gaps)"}
              strokeWidth={2.5}
            />
          ))}
          {breachLabels(breaches, { from, to }).map(({ t, value, severity, text }) => (
            <ReferenceDot
              key={`words ${t}`}
              x={t}
              y={value}
              r={5}
              fill="none"
              stroke="none"
              label={{
                value: text,
                // Above the plot stand the titles of the stages.
                position:
                  values.high - value < (values.high - values.low) / WORDS_SHARE ? "bottom" : "top",
                className: `limitlabel ${severity}`,
              }}
            />
          ))}
        </ComposedChart>
      </ResponsiveContainer>
      <ChartLegend sensors={sensors} series={series} unit={unit} />
    </>
  );
}

/** Below its line, since what is said of a breach stands above it; over the axis there is no room for that. */
function limitPosition({ value, severity }: LimitLine, { low, high }: ValueScale) {
  const above = value - low < (high - low) / WORDS_SHARE;
  if (severity === "fail") return above ? "insideBottomLeft" : "insideTopLeft";
  return above ? "insideBottomRight" : "insideTopRight";
}

/** Charts whose sensors send at other times are kept in step: the time nearest to that under the pointer. */
function nearestTick(
  ticks: readonly { readonly value?: unknown }[],
  { activeLabel }: { readonly activeLabel?: string | number | undefined },
): number {
  const t = Number(activeLabel);
  let nearest = 0;
  ticks.forEach(({ value }, index) => {
    const best = Number(ticks[nearest]?.value);
    if (Math.abs(Number(value) - t) < Math.abs(best - t)) nearest = index;
  });
  return nearest;
}

function inside(t: number, from: number, to: number): boolean {
  return t >= from && t <= to;
}

import { formatQuantity } from "../../contract/wording/format.ts";
import { decimate } from "../store/decimate.ts";
import { SeriesStore, seriesStore } from "../store/series-store.ts";
import { useSeriesVersion } from "./use-series.ts";

const WINDOW_MS = 5 * 60 * 1000;
const BUCKETS = 60;
const WIDTH = 120;
const HEIGHT = 26;

/** The two sensors that matter on a tile: the hottest processor and the watts. */
export function Sparkline({ runId }: { runId: number }) {
  const sensors = seriesStore.sensorsOf(runId);
  useSeriesVersion(
    ["", ...sensors.map(({ sensor }) => sensor)].map((s) => SeriesStore.key(runId, s)),
  );
  const hottest = sensors
    .filter(({ sensor, unit }) => unit === "Cel" && sensor.startsWith("cpu"))
    .map(({ sensor }) => sensor)
    .sort((a, b) => newest(runId, b) - newest(runId, a))[0];
  const watts = sensors.find(({ unit }) => unit === "W")?.sensor;
  const shown = [hottest, watts].filter((sensor) => sensor !== undefined);
  if (shown.length === 0) return null;
  return (
    <div className="sparks">
      {shown.map((sensor) => (
        <Spark key={sensor} runId={runId} sensor={sensor} />
      ))}
    </div>
  );
}

function newest(runId: number, sensor: string): number {
  return seriesStore.get(runId, sensor)?.latest?.[3] ?? Number.NEGATIVE_INFINITY;
}

function Spark({ runId, sensor }: { runId: number; sensor: string }) {
  const series = seriesStore.get(runId, sensor);
  const latest = series?.latest;
  if (series === null || latest === null || latest === undefined) return null;
  const to = latest[0];
  const first = series.points().next().value?.[0] ?? to;
  const from = Math.min(Math.max(first, to - WINDOW_MS), to - 1000);
  const points = decimate(series.points(), from, to, BUCKETS).filter((p) => p !== null);
  const low = Math.min(...points.map(([, min]) => min));
  const high = Math.max(...points.map(([, , max]) => max));
  const x = (t: number) => ((t - from) / (to - from)) * WIDTH;
  const y = (value: number) => HEIGHT - 3 - ((value - low) / (high - low || 1)) * (HEIGHT - 6);
  const path = points
    .map(([t, , max], index) => `${index === 0 ? "M" : "L"}${x(t).toFixed(1)} ${y(max).toFixed(1)}`)
    .join("");
  return (
    <span className="spark" title={sensor}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <path d={path} />
      </svg>
      <strong>{formatQuantity(latest[3], series.unit)}</strong>
    </span>
  );
}

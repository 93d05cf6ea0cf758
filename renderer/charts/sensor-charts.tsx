import { memo, useMemo, useState } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import { SeriesStore, seriesStore } from "../store/series-store.ts";
import { type ChartGroup, chartGroups, extent, MAX_LINES } from "./chart-model.ts";
import { SensorChart } from "./sensor-chart.tsx";
import { useSeriesVersion } from "./use-series.ts";

const WINDOWS = { all: "Whole run", recent: "Last 5 min" } as const;
type WindowName = keyof typeof WINDOWS;
const RECENT_MS = 5 * 60 * 1000;

/** A chart a unit: temperature, power, fans and whatever else the host sends. */
export const SensorCharts = memo(function SensorCharts({ run }: { run: RunDetail }) {
  const [windowName, setWindowName] = useState<WindowName>("all");
  // Sensors known to the server, and those whose first samples came since.
  useSeriesVersion([SeriesStore.key(run.id, "")]);
  const known = [...run.sensors, ...seriesStore.sensorsOf(run.id)];
  const names = JSON.stringify([...new Map(known.map((s) => [s.sensor, s.unit])).entries()]);
  const groups = useMemo(
    () =>
      chartGroups(
        (JSON.parse(names) as [string, string][]).map(([sensor, unit]) => ({ sensor, unit })),
      ),
    [names],
  );
  if (groups.length === 0) return null;
  return (
    <section aria-label="Sensors">
      <div className="row">
        <h2>Sensors</h2>
        <span className="grow" />
        {(Object.keys(WINDOWS) as WindowName[]).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={windowName === name}
            onClick={() => setWindowName(name)}
          >
            {WINDOWS[name]}
          </button>
        ))}
      </div>
      <div className="charts">
        {groups.map((group) => (
          <GroupChart key={group.unit} group={group} run={run} windowName={windowName} />
        ))}
      </div>
    </section>
  );
});

const GroupChart = memo(function GroupChart({
  group,
  run,
  windowName,
}: {
  group: ChartGroup;
  run: RunDetail;
  windowName: WindowName;
}) {
  const version = useSeriesVersion(group.sensors.map((s) => SeriesStore.key(run.id, s)));
  const empty = version === 0;
  // Chosen once there is data, and then kept: lines that come and go cannot be read.
  const shown = useMemo(
    () => (empty ? group.sensors.slice(0, MAX_LINES) : highest(run.id, group.sensors)),
    [run.id, group.sensors, empty],
  );
  const series = shown.map((sensor) => seriesStore.get(run.id, sensor));
  const whole = extent(series);
  if (whole === null) return null;
  const from = windowName === "all" ? whole.from : Math.max(whole.from, whole.to - RECENT_MS);
  const more = group.sensors.length - shown.length;
  return (
    <figure>
      <figcaption>
        <strong>{group.title}</strong>
        {more > 0 && (
          <span className="quiet">
            the {shown.length} highest of {group.sensors.length}
          </span>
        )}
      </figcaption>
      <SensorChart
        run={run}
        unit={group.unit}
        sensors={shown}
        series={series}
        from={from}
        to={whole.to}
      />
    </figure>
  );
});

/** All sensors of a small group; of a large one those with the highest newest value. */
function highest(runId: number, sensors: readonly string[]): string[] {
  if (sensors.length <= MAX_LINES) return [...sensors];
  const newest = (sensor: string) =>
    seriesStore.get(runId, sensor)?.latest?.[2] ?? Number.NEGATIVE_INFINITY;
  return [...sensors].sort((a, b) => newest(b) - newest(a)).slice(0, MAX_LINES);
}

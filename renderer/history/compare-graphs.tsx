import { useMemo, useState } from "react";
import { type RunDetail, seriesResponseSchema } from "../../contract/console-api.ts";
import { formatQuantity } from "../../contract/wording/format.ts";
import { useAnswer } from "../api/use-answer.ts";
import { chartGroups } from "../charts/chart-model.ts";
import { dashOf, strokeOf } from "../charts/chart-parts.tsx";
import { OverlayChart } from "../charts/overlay-chart.tsx";
import { Busy } from "../design/busy.tsx";
import { Button } from "../design/button.tsx";
import { Problem } from "../design/problem.tsx";
import { MAX_CHART_POINTS } from "../store/decimate.ts";
import { SIDES } from "./compare-heads.tsx";

/** Shown at first: the first sensor of each of the units that matter most. */
const FIRST_CHARTS = 2;

/** The sensors of both runs over the time since each began; which ones, the reader picks. */
export function CompareGraphs({ runs }: { runs: readonly [RunDetail, RunDetail] }) {
  const [a, b] = runs;
  const groups = useMemo(() => {
    const units = new Map([...a.sensors, ...b.sensors].map(({ sensor, unit }) => [sensor, unit]));
    return chartGroups([...units].map(([sensor, unit]) => ({ sensor, unit })));
  }, [a.sensors, b.sensors]);
  const all = groups.flatMap(({ unit, sensors }) => sensors.map((sensor) => ({ sensor, unit })));
  const [picked, setPicked] = useState<readonly string[]>(() =>
    groups.slice(0, FIRST_CHARTS).flatMap(({ sensors }) => sensors[0] ?? []),
  );
  if (all.length === 0) {
    return (
      <section aria-label="Graphs">
        <h2>Graphs</h2>
        <p className="quiet">Neither run has sent any sensor sample.</p>
      </section>
    );
  }
  return (
    <section aria-label="Graphs">
      <div className="row">
        <h2>Graphs</h2>
        <span className="quiet">over the time since each run began</span>
        <span className="grow" />
        <label className="pick">
          Add a sensor{" "}
          <select value="" onChange={({ target }) => setPicked((was) => [...was, target.value])}>
            <option value="">Choose…</option>
            {groups.map(({ unit, title, sensors }) => (
              <optgroup key={unit} label={title}>
                {sensors
                  .filter((sensor) => !picked.includes(sensor))
                  .map((sensor) => (
                    <option key={sensor} value={sensor}>
                      {sensor}
                    </option>
                  ))}
              </optgroup>
            ))}
          </select>
        </label>
      </div>
      <div className="charts">
        {all
          .filter(({ sensor }) => picked.includes(sensor))
          .map(({ sensor, unit }) => (
            <SensorOverlay
              key={sensor}
              runs={runs}
              sensor={sensor}
              unit={unit}
              onRemove={() => setPicked((was) => was.filter((one) => one !== sensor))}
            />
          ))}
      </div>
    </section>
  );
}

function SensorOverlay({
  runs,
  sensor,
  unit,
  onRemove,
}: {
  runs: readonly [RunDetail, RunDetail];
  sensor: string;
  unit: string;
  onRemove: () => void;
}) {
  const first = useSeries(runs[0], sensor);
  const second = useSeries(runs[1], sensor);
  const overlaid = useMemo(
    () =>
      runs.map((run, side) => {
        const answer = side === 0 ? first : second;
        return {
          title: `${SIDES[side]}: run ${run.id} of ${run.hostName}`,
          originMs: Date.parse(run.startedAt ?? run.createdAt),
          series: answer?.ok === true ? answer.value : null,
        };
      }),
    [runs, first, second],
  );
  const failure = [first, second].find((answer) => answer?.ok === false);
  const waiting = [first, second].some(
    (answer, side) => answer === null && has(runs[side]!, sensor),
  );
  return (
    <figure>
      <figcaption>
        <strong>{sensor}</strong>
        <span className="grow" />
        <Button kind="plain" aria-label={`Remove the graph of ${sensor}`} onClick={onRemove}>
          Remove
        </Button>
      </figcaption>
      {failure?.ok === false && <Problem failure={failure.failure} />}
      {waiting ? (
        <Busy what={`Fetching ${sensor}…`} />
      ) : (
        <>
          <OverlayChart runs={overlaid} unit={unit} />
          <ul className="legend">
            {overlaid.map(({ title, series }, index) => (
              <li key={title}>
                <svg viewBox="0 0 28 8" aria-hidden="true">
                  <line
                    x1="0"
                    x2="28"
                    y1="4"
                    y2="4"
                    stroke={strokeOf(index)}
                    strokeDasharray={dashOf(index)}
                  />
                </svg>
                {title}{" "}
                {series === null || series.points.length === 0 ? (
                  <span className="quiet">has no such sensor</span>
                ) : (
                  <strong>{rangeText(series.points, unit)}</strong>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </figure>
  );
}

/** `38 °C to 72 °C`: least and greatest over the whole run. */
function rangeText(points: readonly (readonly number[])[], unit: string): string {
  const low = points.reduce((least, point) => Math.min(least, point[1]!), Number.POSITIVE_INFINITY);
  const high = points.reduce((most, point) => Math.max(most, point[2]!), Number.NEGATIVE_INFINITY);
  return `${formatQuantity(low, unit)} to ${formatQuantity(high, unit)}`;
}

function useSeries(run: RunDetail, sensor: string) {
  const query = `sensor=${encodeURIComponent(sensor)}&points=${MAX_CHART_POINTS}`;
  return useAnswer(
    has(run, sensor) ? `runs/${run.id}/series?${query}` : null,
    seriesResponseSchema,
    run.stateSince,
  ).result;
}

function has(run: RunDetail, sensor: string): boolean {
  return run.sensors.some((one) => one.sensor === sensor);
}

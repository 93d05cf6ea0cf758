import { memo, useState } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import type { Series } from "../store/series.ts";
import { SeriesStore, seriesStore } from "../store/series-store.ts";
import { type ChartGroup, MAX_LINES } from "./chart-model.ts";
import { ReadingsTable } from "./readings-table.tsx";
import { SensorChart } from "./sensor-chart.tsx";
import { useSeriesVersion } from "./use-series.ts";
import { ZoomArea } from "./zoom-area.tsx";

/** The sensors of one unit: their chart, which of them are shown, and the same as a table. */
export const GroupChart = memo(function GroupChart({
  run,
  group,
  from,
  to,
  span,
  onDrag,
}: {
  run: RunDetail;
  group: ChartGroup;
  /** The time shown, in ms. */
  from: number;
  to: number;
  /** The points of that time where it is a part of the past; null: those of the store. */
  span: ReadonlyMap<string, Series> | null;
  /** Told the two times between which somebody dragged, in ms; null: a small chart that only shows. */
  onDrag: ((a: number, b: number) => void) | null;
}) {
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  // A part of the past stands still: no live sample draws it again.
  const heard = span === null ? group.sensors : [];
  useSeriesVersion(heard.map((sensor) => SeriesStore.key(run.id, sensor)));
  const shown = useShown(run.id, group, chosen);
  const seriesOf = (sensor: string) => span?.get(sensor) ?? seriesStore.get(run.id, sensor);
  const chart = (
    <SensorChart
      run={run}
      title={group.title}
      unit={group.unit}
      sensors={shown}
      series={shown.map(seriesOf)}
      from={from}
      to={to}
    />
  );
  const more = group.sensors.length - shown.length;
  return (
    <figure aria-label={group.title}>
      <figcaption>
        <strong>{group.title}</strong>
        {more > 0 && (
          <span className="quiet">
            {chosen === null ? "the highest " : ""}
            {shown.length} of {group.sensors.length}
          </span>
        )}
      </figcaption>
      {onDrag === null ? (
        chart
      ) : (
        <ZoomArea from={from} to={to} onDrag={onDrag}>
          {chart}
        </ZoomArea>
      )}
      {onDrag !== null && (
        <div className="chartmore">
          {group.sensors.length > 1 && (
            <SensorChoice group={group} shown={shown} onChoose={setChosen} />
          )}
          <ReadingsTable
            runId={run.id}
            unit={group.unit}
            title={group.title}
            sensors={group.sensors}
            seriesOf={seriesOf}
            from={from}
            to={to}
          />
        </div>
      )}
    </figure>
  );
});

/** What is drawn: as chosen, else the highest once there is data, and then kept: lines that come and go cannot be read. */
function useShown(runId: number, group: ChartGroup, chosen: readonly string[] | null) {
  const [kept, setKept] = useState<{ group: ChartGroup; sensors: readonly string[] } | null>(null);
  if (chosen !== null) return chosen.filter((sensor) => group.sensors.includes(sensor));
  if (kept?.group === group) return kept.sensors;
  const sensors = highest(runId, group.sensors);
  const known = group.sensors.some((sensor) => seriesStore.get(runId, sensor) !== null);
  if (known) setKept({ group, sensors });
  return sensors;
}

/** All sensors of a small group; of a large one those with the highest newest value. */
function highest(runId: number, sensors: readonly string[]): readonly string[] {
  if (sensors.length <= MAX_LINES) return sensors;
  const newest = (sensor: string) =>
    seriesStore.get(runId, sensor)?.latest?.[2] ?? Number.NEGATIVE_INFINITY;
  return [...sensors].sort((a, b) => newest(b) - newest(a)).slice(0, MAX_LINES);
}

function SensorChoice({
  group,
  shown,
  onChoose,
}: {
  group: ChartGroup;
  shown: readonly string[];
  onChoose: (sensors: readonly string[]) => void;
}) {
  const full = shown.length >= MAX_LINES;
  return (
    <details>
      <summary>
        Sensors shown: {shown.length} of {group.sensors.length}
      </summary>
      <fieldset className="sensorchoice">
        <legend className="quiet">At most {MAX_LINES} lines can be told apart.</legend>
        {group.sensors.map((sensor) => {
          const checked = shown.includes(sensor);
          return (
            <label key={sensor} className="check">
              <input
                type="checkbox"
                checked={checked}
                disabled={!checked && full}
                onChange={() =>
                  onChoose(
                    group.sensors.filter((one) =>
                      one === sensor ? !checked : shown.includes(one),
                    ),
                  )
                }
              />
              {sensor}
            </label>
          );
        })}
      </fieldset>
    </details>
  );
}

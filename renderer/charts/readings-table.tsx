import { useState } from "react";
import { formatQuantity } from "../../contract/wording/format.ts";
import { Words } from "../design/words.tsx";
import type { Series } from "../store/series.ts";
import { readingOf } from "./chart-model.ts";

/** What the chart shows, as a table: newest, least and greatest of each sensor, and its samples to take along. */
export function ReadingsTable({
  runId,
  unit,
  title,
  sensors,
  seriesOf,
  from,
  to,
}: {
  runId: number;
  unit: string;
  title: string;
  sensors: readonly string[];
  seriesOf: (sensor: string) => Series | null;
  from: number;
  to: number;
}) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Readings as a table, CSV</summary>
      {open && (
        <table className="readings">
          <caption className="unseen">{title} in the time shown</caption>
          <thead>
            <tr>
              <th scope="col">Sensor</th>
              <th scope="col" className="num">
                Latest
              </th>
              <th scope="col" className="num">
                Least
              </th>
              <th scope="col" className="num">
                Greatest
              </th>
              <th scope="col">Samples</th>
            </tr>
          </thead>
          <tbody>
            {sensors.map((sensor) => {
              const reading = readingOf(seriesOf(sensor), { from, to });
              const text = (value: number | undefined) =>
                value === undefined ? "–" : formatQuantity(value, unit);
              return (
                <tr key={sensor}>
                  <th scope="row">
                    <Words text={sensor} />
                  </th>
                  <td className="num">{text(reading?.latest)}</td>
                  <td className="num">{text(reading?.least)}</td>
                  <td className="num">{text(reading?.greatest)}</td>
                  <td>
                    <a
                      href={`/api/v1/runs/${runId}/series.csv?sensor=${encodeURIComponent(sensor)}`}
                      download
                      aria-label={`CSV of ${sensor}`}
                    >
                      CSV
                    </a>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </details>
  );
}

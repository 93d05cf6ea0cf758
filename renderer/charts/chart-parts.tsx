import type { StageName } from "../../contract/stages.ts";
import { formatDuration, formatQuantity } from "../../contract/wording/format.ts";
import { titleWithin } from "../../contract/wording/status-table.ts";
import type { Series } from "../store/series.ts";
import type { ChartRow } from "./chart-model.ts";

const DASHES = ["", "6 3", "2 3", "9 3 2 3", "12 4", "4 2"];

/** Colour and dash together tell lines apart: colour is never alone. */
export function strokeOf(index: number): string {
  return `var(--series-${(index % DASHES.length) + 1})`;
}

export function dashOf(index: number): string {
  return DASHES[index % DASHES.length] ?? "";
}

/** Width of a letter of a band's title, and the space around it. */
const LETTER_PX = 6.2;
const TITLE_GAP_PX = 4;

/** The title of a stage above its band, where the band is wide enough for it. */
export function BandTitle({
  stage,
  viewBox,
}: {
  stage: StageName;
  /** Where the band is; the chart hands it in. */
  viewBox?: { readonly x: number; readonly y: number; readonly width: number };
}) {
  if (viewBox === undefined) return null;
  const title = titleWithin(stage, (viewBox.width - TITLE_GAP_PX) / LETTER_PX);
  if (title === null) return null;
  return (
    <text
      className="bandlabel"
      x={viewBox.x + viewBox.width / 2}
      y={viewBox.y - 5}
      textAnchor="middle"
    >
      {title}
    </text>
  );
}

/** Name, line and newest value of each sensor. */
export function ChartLegend({
  sensors,
  series,
  unit,
}: {
  sensors: readonly string[];
  series: readonly (Series | null)[];
  unit: string;
}) {
  return (
    <ul className="legend">
      {sensors.map((sensor, index) => {
        const latest = series[index]?.latest;
        return (
          <li key={sensor}>
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
            {sensor}
            {latest !== null && latest !== undefined && (
              <strong>{formatQuantity(latest[3], unit)}</strong>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** All series at the time under the pointer, with least and greatest where they differ. */
export function ChartTooltip({
  sensors,
  unit,
  origin,
  active,
  payload,
}: {
  sensors: readonly string[];
  unit: string;
  origin: number;
  active?: boolean;
  payload?: readonly { payload?: ChartRow }[];
}) {
  const row = payload?.[0]?.payload;
  if (active !== true || row === undefined) return null;
  return (
    <div className="tooltip">
      <p className="quiet">
        {formatDuration((row.t - origin) / 1000)} · {new Date(row.t).toLocaleTimeString()}
      </p>
      {sensors.map((sensor, index) => {
        const mean = row[`mean${index}`];
        const range = row[`range${index}`];
        if (typeof mean !== "number" || typeof range !== "object" || range === null) return null;
        const [min, max] = range;
        return (
          <p key={sensor}>
            {sensor} <strong>{formatQuantity(mean, unit)}</strong>
            {min !== max && (
              <span className="quiet">
                {" "}
                {formatQuantity(min, unit)} to {formatQuantity(max, unit)}
              </span>
            )}
          </p>
        );
      })}
    </div>
  );
}

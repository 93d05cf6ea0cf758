import { useMemo, useState } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import { formatQuantity, limitText } from "../../contract/wording/format.ts";
import { STAGE_TITLES } from "../../contract/wording/status-table.ts";
import { Icon } from "../design/icon.tsx";
import { Words } from "../design/words.tsx";
import { SIDES } from "./compare-heads.tsx";
import {
  type ComparedMeasurement,
  compareMeasurements,
  type MeasurementStanding,
} from "./compare-runs.ts";
import { signed } from "./signed.ts";

/** Every measurement of both runs, what is beyond a limit or differs most first. */
export function CompareMeasurements({ runs: [a, b] }: { runs: readonly [RunDetail, RunDetail] }) {
  const [onlyDifferent, setOnlyDifferent] = useState(false);
  const rows = useMemo(() => compareMeasurements(a, b), [a, b]);
  const shown = onlyDifferent ? rows.filter(isDifferent) : rows;
  return (
    <section aria-label="Measurements">
      <div className="row">
        <h2>Measurements</h2>
        <span className="grow" />
        <label className="check">
          <input
            type="checkbox"
            checked={onlyDifferent}
            onChange={({ target }) => setOnlyDifferent(target.checked)}
          />
          Only what differs
        </label>
      </div>
      {shown.length === 0 ? (
        <p className="quiet">
          {rows.length === 0
            ? "Neither run has measured anything."
            : "Every measurement is the same in both."}
        </p>
      ) : (
        <div className="scrolls">
          <table className="compared">
            <thead>
              <tr>
                <th scope="col">Stage</th>
                <th scope="col">Measurement</th>
                <th scope="col">Item</th>
                {SIDES.map((side) => (
                  <th key={side} scope="col" className="num">
                    {side}
                  </th>
                ))}
                <th scope="col" className="num">
                  Difference
                </th>
                <th scope="col" className="num">
                  Percent
                </th>
                <th scope="col">Limit</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <MeasurementRow key={row.key} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function isDifferent({ difference, standings }: ComparedMeasurement): boolean {
  return difference !== 0 || standings.includes("absent");
}

function MeasurementRow({ row }: { row: ComparedMeasurement }) {
  const { values, standings, difference, percent } = row;
  const [first, second] = values;
  const limits = values.map((one) => (one === null ? "" : limitText(one)));
  return (
    <tr className={standings.includes("beyond") ? "bad" : ""}>
      <td>{STAGE_TITLES[row.stage]}</td>
      <th scope="row">
        <Words text={row.name} />
      </th>
      <td>
        <Words text={row.item ?? "–"} />
      </td>
      {values.map((one, side) => (
        <td key={SIDES[side]} className="num">
          {one === null ? (
            <span className="quiet">not measured</span>
          ) : (
            formatQuantity(one.value, one.unit)
          )}
          <Standing standing={standings[side]!} />
        </td>
      ))}
      <td className="num">
        {difference === null
          ? "–"
          : signed(difference, (size) => formatQuantity(size, (first ?? second)!.unit))}
      </td>
      <td className="num">
        {percent === null ? "–" : signed(Number(percent.toFixed(1)), (size) => `${size} %`)}
      </td>
      <td>
        {[...new Set(limits.filter((limit) => limit !== ""))].join(" / ") || (
          <span className="quiet">none</span>
        )}
      </td>
    </tr>
  );
}

function Standing({ standing }: { standing: MeasurementStanding }) {
  if (standing !== "beyond") return null;
  return (
    <div className="beyond">
      <Icon name="cross" /> beyond limit
    </div>
  );
}

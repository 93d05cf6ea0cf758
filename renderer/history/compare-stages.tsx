import type { RunDetail } from "../../contract/console-api.ts";
import { formatDuration } from "../../contract/wording/format.ts";
import { STAGE_STATUS, STAGE_TITLES } from "../../contract/wording/status-table.ts";
import { StatusBadge } from "../design/icon.tsx";
import { SIDES } from "./compare-heads.tsx";
import { type ComparedStage, compareStages } from "./compare-runs.ts";
import { Differs } from "./differs.tsx";
import { signed } from "./signed.ts";

export function CompareStages({ runs: [a, b] }: { runs: readonly [RunDetail, RunDetail] }) {
  return (
    <section aria-label="Stages">
      <h2>Stages</h2>
      <div className="scrolls">
        <table className="compared">
          <thead>
            <tr>
              <th scope="col">Stage</th>
              {SIDES.map((side) => (
                <th key={side} scope="col">
                  {side}
                </th>
              ))}
              {SIDES.map((side) => (
                <th key={side} scope="col" className="num">
                  {side} took
                </th>
              ))}
              <th scope="col" className="num">
                Difference
              </th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {compareStages(a, b).map((row) => (
              <StageRow key={row.stage} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function StageRow({ row }: { row: ComparedStage }) {
  const { stage, standings, seconds, attempts, differs } = row;
  const [first, second] = seconds;
  const difference = first === null || second === null ? null : second - first;
  return (
    <tr className={differs ? "different" : ""}>
      <th scope="row">{STAGE_TITLES[stage]}</th>
      {standings.map((one, side) => (
        <td key={SIDES[side]} className={STAGE_STATUS[one].tone}>
          <StatusBadge status={STAGE_STATUS[one]} />
          {attempts[side]! > 1 && <div className="why">{attempts[side]} attempts</div>}
        </td>
      ))}
      {seconds.map((one, side) => (
        <td key={SIDES[side]} className="num">
          {one === null ? "–" : formatDuration(one)}
        </td>
      ))}
      <td className="num">
        {difference === null ? "–" : signed(Math.round(difference), formatDuration)}
      </td>
      <td>
        <Differs differs={differs} />
      </td>
    </tr>
  );
}

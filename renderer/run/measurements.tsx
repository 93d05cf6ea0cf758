import { memo } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import type { StageName } from "../../contract/stages.ts";
import { formatQuantity, limitText } from "../../contract/wording/format.ts";
import type { IconName } from "../../contract/wording/icons.ts";
import { type Margin, marginText } from "../../contract/wording/margin.ts";
import { STAGE_TITLES } from "../../contract/wording/status-table.ts";
import { Empty } from "../design/empty.tsx";
import { Icon } from "../design/icon.tsx";
import { Words } from "../design/words.tsx";
import { type MeasurementRow, measurementRows } from "./measurement-rows.ts";
import { StageSelect } from "./run-log.tsx";

const LOOKS: Readonly<Record<Margin["standing"], { word: string; icon: IconName; tone: string }>> =
  {
    beyond: { word: "Beyond limit", icon: "cross", tone: "bad" },
    marginal: { word: "Marginal", icon: "alert", tone: "gaps" },
    within: { word: "Within", icon: "check", tone: "good" },
    unlimited: { word: "No limit", icon: "circle", tone: "quiet" },
  };

/** Every measurement, those beyond a limit first, then those close to one. */
export const Measurements = memo(function Measurements({
  run,
  stage,
  onStage,
}: {
  run: RunDetail;
  stage: StageName | null;
  onStage: (stage: StageName | null) => void;
}) {
  const all = measurementRows(run);
  const rows = all.filter((row) => stage === null || row.stage === stage);
  return (
    <section aria-label="Measurements">
      <div className="row">
        <StandingCounts rows={rows} />
        <span className="grow" />
        <StageSelect stage={stage} onStage={onStage} />
      </div>
      {rows.length === 0 ? (
        <Empty title={all.length === 0 ? "No measurement yet" : "No measurement of this stage"}>
          <p>Each stage hands in its measurements when it ends.</p>
        </Empty>
      ) : (
        <table className="measurements">
          <thead>
            <tr>
              <th scope="col">Verdict</th>
              <th scope="col">Measurement</th>
              <th scope="col">Item</th>
              <th scope="col" className="num">
                Value
              </th>
              <th scope="col" className="num">
                Limit
              </th>
              <th scope="col" className="num">
                Margin
              </th>
              <th scope="col">Stage</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <MeasurementLine key={row.key} row={row} attempts={attemptsOf(run, row.stage)} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
});

function attemptsOf(run: RunDetail, stage: StageName): number {
  return run.stages.filter((one) => one.stage === stage).length;
}

function MeasurementLine({ row, attempts }: { row: MeasurementRow; attempts: number }) {
  const { word, icon, tone } = LOOKS[row.margin.standing];
  return (
    <tr className={row.superseded ? "superseded" : row.margin.standing}>
      <td>
        <span className={`badge ${tone}`}>
          <Icon name={icon} />
          {word}
        </span>
      </td>
      <th scope="row">
        <Words text={row.title ?? row.name} />
        {row.title !== null && <code className="quiet"> {row.name}</code>}
      </th>
      <td>
        <Words text={row.item ?? ""} />
      </td>
      <td className="num">{formatQuantity(row.value, row.unit)}</td>
      <td className="num limits">
        {limitText(row)
          .split(/(?= and )/)
          .map((part) => (
            <span key={part}>{part}</span>
          ))}
      </td>
      <td className="num margin">{marginText(row.margin)}</td>
      <td>
        {STAGE_TITLES[row.stage]}
        {attempts > 1 && (
          <span className="quiet">
            {" "}
            attempt {row.attempt}
            {row.superseded && ", measured anew since"}
          </span>
        )}
      </td>
    </tr>
  );
}

/** How many of each: what a look at the table should come to. */
function StandingCounts({ rows }: { rows: readonly MeasurementRow[] }) {
  const counting = rows.filter(({ superseded }) => !superseded);
  return (
    <p className="row counts">
      {(Object.keys(LOOKS) as Margin["standing"][]).map((standing) => {
        const count = counting.filter(({ margin }) => margin.standing === standing).length;
        const { word, icon, tone } = LOOKS[standing];
        return (
          <span key={standing} className={count === 0 ? "quiet" : `badge ${tone}`}>
            <Icon name={icon} /> {count} {word.toLowerCase()}
          </span>
        );
      })}
    </p>
  );
}

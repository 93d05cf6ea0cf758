import { memo } from "react";
import type { RunSummary } from "../../contract/console-api.ts";
import { isTerminal } from "../../contract/run-state.ts";
import { formatDuration, secondsBetween } from "../../contract/wording/format.ts";
import { headline, stageTitle, verdictStatus } from "../../contract/wording/status-table.ts";
import { useNow } from "../clock.ts";
import { StatusBadge } from "../design/icon.tsx";
import { HREF } from "../route.ts";

/** Runs as rows, each with a box that chooses it for a comparison. */
export function RunsTable({
  runs,
  chosen,
  onChoose,
}: {
  runs: readonly RunSummary[];
  chosen: readonly number[];
  onChoose: (run: RunSummary, chosen: boolean) => void;
}) {
  const full = chosen.length === 2;
  return (
    <div className="scrolls">
      <table className="runs">
        <caption className="unseen">Runs, newest first</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">Compare</span>
            </th>
            <th scope="col">Run</th>
            <th scope="col">Host</th>
            <th scope="col">State</th>
            <th scope="col">Verdict</th>
            <th scope="col">Profile</th>
            <th scope="col">Created</th>
            <th scope="col" className="num">
              Took
            </th>
            <th scope="col">Operator</th>
            <th scope="col">Ticket</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow
              key={run.id}
              run={run}
              chosen={chosen.includes(run.id)}
              closed={full && !chosen.includes(run.id)}
              onChoose={onChoose}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const RunRow = memo(function RunRow({
  run,
  chosen,
  closed,
  onChoose,
}: {
  run: RunSummary;
  chosen: boolean;
  /** Two others are chosen. */
  closed: boolean;
  onChoose: (run: RunSummary, chosen: boolean) => void;
}) {
  const status = headline(run);
  return (
    <tr className={chosen ? "chosen" : ""}>
      <td>
        <input
          type="checkbox"
          aria-label={`Compare run ${run.id} of ${run.hostName}`}
          checked={chosen}
          disabled={closed}
          onChange={({ target }) => onChoose(run, target.checked)}
        />
      </td>
      <td>
        <a href={HREF.run(run.id)}>Run {run.id}</a>
      </td>
      <th scope="row">{run.hostName}</th>
      <td className={status.tone}>
        <StatusBadge status={status} />
        {run.failedStage !== null && <div className="why">{stageTitle(run.failedStage)}</div>}
        {run.silentSince !== null && !isTerminal(run.state) && <div className="why">silent</div>}
      </td>
      <td className={verdictStatus(run.verdict).tone}>
        {run.verdict === null ? "–" : <StatusBadge status={verdictStatus(run.verdict)} />}
      </td>
      <td>
        {run.profile}
        {!run.nonDestructive && <div className="why">destructive</div>}
      </td>
      <td>
        <time dateTime={run.createdAt}>{localTime(run.createdAt)}</time>
      </td>
      <td className="num">{isTerminal(run.state) ? <Took run={run} /> : <Elapsed run={run} />}</td>
      <td>{run.operator ?? "–"}</td>
      <td>{run.ticket ?? "–"}</td>
    </tr>
  );
});

function Took({ run }: { run: RunSummary }) {
  const seconds = secondsBetween(run.startedAt, run.endedAt);
  return seconds === null ? "–" : formatDuration(seconds);
}

/** Only a run under way counts the seconds. */
function Elapsed({ run }: { run: RunSummary }) {
  const now = useNow();
  if (run.startedAt === null) return "–";
  return `${formatDuration((now - Date.parse(run.startedAt)) / 1000)} so far`;
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function localTime(iso: string): string {
  return WHEN.format(new Date(iso));
}

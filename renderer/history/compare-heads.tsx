import type { ReactNode } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import { formatDuration, secondsBetween } from "../../contract/wording/format.ts";
import { headline, stageTitle, verdictStatus } from "../../contract/wording/status-table.ts";
import { Icon, StatusBadge } from "../design/icon.tsx";
import { HREF } from "../route.ts";

/** Which of the two it is, everywhere on the screen. */
export const SIDES = ["A", "B"] as const;

/** The head of each run, side by side. */
export function CompareHeads({ runs }: { runs: readonly [RunDetail, RunDetail] }) {
  return (
    <div className="pairs">
      {runs.map((run, side) => (
        <RunHead key={SIDES[side]} side={SIDES[side]!} run={run} />
      ))}
    </div>
  );
}

function RunHead({ side, run }: { side: string; run: RunDetail }) {
  const status = headline(run);
  const seconds = secondsBetween(run.startedAt, run.endedAt);
  const created = new Date(run.createdAt);
  return (
    <section className={`head ${status.tone}`} aria-label={`${side}: run ${run.id}`}>
      <h2>
        <span className="side">{side}</span> <a href={HREF.run(run.id)}>Run {run.id}</a>{" "}
        {run.hostName}
      </h2>
      <p className="state">
        <Icon name={status.icon} />
        <span>{status.word}</span>
      </p>
      {run.reason !== null && (
        <p className="reason">
          {run.failedStage !== null && <strong>{stageTitle(run.failedStage)}: </strong>}
          {run.reason}
        </p>
      )}
      <dl className="facts">
        <Fact term="Verdict">
          <span className={verdictStatus(run.verdict).tone}>
            <StatusBadge status={verdictStatus(run.verdict)} />
          </span>
        </Fact>
        <Fact term="Profile">
          {run.profile}, {run.nonDestructive ? "non-destructive" : "destructive"}
        </Fact>
        <Fact term="Created">
          <time dateTime={run.createdAt}>{created.toLocaleString()}</time>
        </Fact>
        <Fact term="Took">{seconds === null ? "–" : formatDuration(seconds)}</Fact>
        <Fact term="Spec">{run.spec ?? "none"}</Fact>
        <Fact term="Operator">{run.operator ?? "–"}</Fact>
        <Fact term="Ticket">{run.ticket ?? "–"}</Fact>
        <Fact term="Not exercised">
          {run.gaps.length === 0 ? "nothing" : run.gaps.map(({ what }) => what).join(", ")}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

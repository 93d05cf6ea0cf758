import { memo } from "react";
import type { RunDetail, StageAttempt } from "../../contract/console-api.ts";
import { STAGES } from "../../contract/stages.ts";
import { formatDuration, proofLine, secondsBetween } from "../../contract/wording/format.ts";
import {
  attemptStanding,
  STAGE_STATUS,
  STAGE_TITLES,
  stageStanding,
} from "../../contract/wording/status-table.ts";
import { useNow } from "../clock.ts";
import { StatusBadge } from "../design/icon.tsx";

/** The eleven stages in their order, whether they ran or not. */
export const StageRail = memo(function StageRail({ run }: { run: RunDetail }) {
  return (
    <ol className="rail">
      {STAGES.map((stage) => {
        const attempts = run.stages.filter((attempt) => attempt.stage === stage);
        const status = STAGE_STATUS[stageStanding(attempts, run.state)];
        const last = attempts.at(-1);
        return (
          <li key={stage} className={status.tone}>
            <div className="row">
              <strong>{STAGE_TITLES[stage]}</strong>
              {attempts.length > 1 && <span className="quiet">attempt {attempts.length}</span>}
              <span className="grow" />
              {last !== undefined && <Took attempt={last} />}
              <StatusBadge status={status} />
            </div>
            {last !== undefined && <AttemptLines attempt={last} />}
          </li>
        );
      })}
    </ol>
  );
});

function AttemptLines({ attempt }: { attempt: StageAttempt }) {
  const said = attempt.reason ?? attempt.summary;
  return (
    <>
      {said !== null && <p className={isFault(attempt) ? "reason" : "quiet"}>{said}</p>}
      {attempt.proof.map((proof) => (
        <p key={proof.what} className="proof">
          {proofLine(proof)}
        </p>
      ))}
      {attempt.gaps.map((gap) => (
        <p key={gap.what} className="gaps">
          Not exercised: {gap.what} <span className="quiet">{gap.why}</span>
        </p>
      ))}
    </>
  );
}

/** A skip or a cancel has a reason too, but nothing is wrong with the part. */
function isFault(attempt: StageAttempt): boolean {
  const standing = attemptStanding(attempt);
  return attempt.reason !== null && (standing === "fail" || standing === "error");
}

function Took({ attempt }: { attempt: StageAttempt }) {
  const took = secondsBetween(attempt.startedAt, attempt.endedAt);
  if (took !== null) return <span className="quiet">{formatDuration(took)}</span>;
  return <Running attempt={attempt} />;
}

function Running({ attempt }: { attempt: StageAttempt }) {
  const seconds = (useNow() - Date.parse(attempt.startedAt)) / 1000;
  return (
    <span className="quiet">
      {formatDuration(seconds)} of {formatDuration(attempt.expectedSeconds)}
    </span>
  );
}

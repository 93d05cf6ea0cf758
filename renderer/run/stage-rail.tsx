import { memo } from "react";
import type { RunDetail, StageAttempt } from "../../contract/console-api.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import { formatDuration, proofLine, secondsBetween } from "../../contract/wording/format.ts";
import {
  attemptStanding,
  STAGE_STATUS,
  STAGE_TITLES,
  type Status,
  stageStanding,
  VERDICT_STATUS,
} from "../../contract/wording/status-table.ts";
import { useNow } from "../clock.ts";
import { Icon, StatusBadge } from "../design/icon.tsx";

/** The eleven stages in their order, whether they ran or not. One that is pressed filters what stands beside. */
export const StageRail = memo(function StageRail({
  run,
  chosen,
  onChoose,
}: {
  run: RunDetail;
  chosen: StageName | null;
  onChoose: (stage: StageName | null) => void;
}) {
  return (
    <ol className="rail" aria-label="Stages">
      {STAGES.map((stage) => {
        const attempts = run.stages.filter((attempt) => attempt.stage === stage);
        const status = statusOf(attempts, run);
        const last = attempts.at(-1);
        return (
          <li
            key={stage}
            className={`${status.tone}${run.state === stage ? " present" : ""}`}
            {...(run.state === stage ? { "aria-current": "step" as const } : {})}
          >
            <div className="row">
              <button
                type="button"
                className="plain stagename"
                aria-pressed={chosen === stage}
                title={
                  chosen === stage
                    ? "Show log, graphs and measurements of all stages again"
                    : "Show log, graphs and measurements of this stage only"
                }
                onClick={() => onChoose(chosen === stage ? null : stage)}
              >
                {STAGE_TITLES[stage]}
              </button>
              {attempts.length > 1 && <span className="quiet">attempt {attempts.length}</span>}
              <span className="grow" />
              {last !== undefined && <Took attempt={last} />}
              <StatusBadge status={status} />
            </div>
            {last !== undefined && <AttemptLines attempt={last} />}
            {attempts.length > 1 && <Earlier attempts={attempts.slice(0, -1)} />}
          </li>
        );
      })}
    </ol>
  );
});

/** A pass that left something out is not green: it looks as a run does that passed with gaps. */
function statusOf(attempts: readonly StageAttempt[], run: RunDetail): Status {
  const standing = stageStanding(attempts, run.state);
  const gaps = attempts.at(-1)?.gaps.some(({ absent }) => !absent) ?? false;
  return standing === "pass" && gaps ? VERDICT_STATUS.pass_with_gaps : STAGE_STATUS[standing];
}

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
          <Icon name="gap" /> Not exercised: {gap.what} <span className="quiet">{gap.why}</span>
        </p>
      ))}
    </>
  );
}

/** What came of the attempts before the last: an override does not wipe out a failure. */
function Earlier({ attempts }: { attempts: readonly StageAttempt[] }) {
  return attempts.map((attempt) => (
    <p key={attempt.id} className="quiet earlier">
      Attempt {attempt.attempt}: {STAGE_STATUS[attemptStanding(attempt)].word.toLowerCase()}
      {attempt.reason !== null && ` – ${attempt.reason}`}
    </p>
  ));
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

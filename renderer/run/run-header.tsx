import type { RunDetail } from "../../contract/console-api.ts";
import { isTerminal, stageNameForState } from "../../contract/run-state.ts";
import { STAGES } from "../../contract/stages.ts";
import { formatDuration, secondsBetween } from "../../contract/wording/format.ts";
import {
  headline,
  STAGE_TITLES,
  stageNumber,
  stageTitle,
  verdictStatus,
} from "../../contract/wording/status-table.ts";
import { useNow } from "../clock.ts";
import { Icon, StatusBadge } from "../design/icon.tsx";
import { SilentSince } from "../hosts/live-words.tsx";
import { HREF } from "../route.ts";
import { useStore } from "../store/store.ts";
import { failedAttempt, partText } from "./hold-words.ts";
import { RunActions } from "./run-actions.tsx";

/** Is anything wrong, where, and how far is it. */
export function RunHeader({ run }: { run: RunDetail }) {
  const status = headline(run);
  const stage = stageNameForState(run.state);
  const holding = run.state === "FailedHolding";
  const simulated = useStore((state) => state.hosts?.get(run.hostId)?.simulated ?? false);
  return (
    <section className={`runhead ${status.tone}`} aria-label="Run">
      <div className="row">
        <h1 tabIndex={-1}>{run.hostName}</h1>
        {simulated && <span className="chip simulated">Simulated</span>}
        <span className="chip">{run.profile}</span>
        <span className={run.nonDestructive ? "chip" : "chip destructive"}>
          {run.nonDestructive ? "non-destructive" : "destructive"}
        </span>
        <a className="quiet" href={HREF.runsOf(run.hostId)} title="All runs of this host">
          run {run.id}
        </a>
        <span className="grow" />
        {!holding && <RunActions run={run} />}
      </div>
      <div className="row stateline">
        <p className="state">
          <Icon name={status.icon} />
          {status.word}
          {stage !== null && (
            <small>
              {STAGE_TITLES[stage]}, stage {stageNumber(run.state)} of {STAGES.length}
            </small>
          )}
        </p>
        <Progress run={run} />
      </div>
      <p>
        {run.verdict !== null && (
          <>
            Verdict <StatusBadge status={verdictStatus(run.verdict)} />
            {run.failedStage !== null && <> in {stageTitle(run.failedStage)}</>} ·{" "}
          </>
        )}
        {status.means}
      </p>
      {!holding && <Failure run={run} />}
      {run.silentSince !== null && !isTerminal(run.state) && <SilentSince iso={run.silentSince} />}
      {run.warnings.map((warning) => (
        <p key={warning} className="warning">
          <Icon name="alert" />
          {warning}
        </p>
      ))}
      <Facts run={run} />
    </section>
  );
}

/** The part to pull, and why; on a hold its panel says so. */
function Failure({ run }: { run: RunDetail }) {
  if (run.failedStage === null) return null;
  return (
    <>
      {failedAttempt(run)?.blame.map((blame) => (
        <p key={partText(blame)} className="blame">
          <Icon name="cross" />
          <strong>{partText(blame)}</strong>
        </p>
      ))}
      {run.reason !== null && <p className="reason">{run.reason}</p>}
    </>
  );
}

/** Time gone and time left, and the bar that they make. */
function Progress({ run }: { run: RunDetail }) {
  const now = useNow();
  const started = run.startedAt ?? run.createdAt;
  const holding = run.state === "FailedHolding";
  const over = secondsBetween(started, holding ? run.stateSince : run.endedAt);
  const elapsed = over ?? Math.max(0, (now - Date.parse(started)) / 1000);
  const left = run.remainingSeconds;
  return (
    <div className="progress">
      <p className="times">
        <span>
          {over === null ? "running for" : holding ? "failed after" : "took"}{" "}
          <strong>{formatDuration(elapsed)}</strong>
        </span>
        {left !== null && (
          <span>
            about <strong>{formatDuration(left)}</strong> left
          </span>
        )}
      </p>
      {left !== null && (
        <progress
          max={elapsed + left || 1}
          value={elapsed}
          aria-label="Part of the run that is done"
        />
      )}
    </div>
  );
}

function Facts({ run }: { run: RunDetail }) {
  return (
    <p className="quiet times">
      {run.operator !== null && <span>by {run.operator}</span>}
      {run.ticket !== null && <span>ticket {run.ticket}</span>}
      <span>after a pass: {run.afterPass === "reboot" ? "reboot" : "power off"}</span>
      <span>{run.spec === null ? "no spec" : `spec ${run.spec}`}</span>
      {run.droppedSamples > 0 && <span>{run.droppedSamples} samples were dropped</span>}
    </p>
  );
}

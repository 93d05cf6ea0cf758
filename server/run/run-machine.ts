import {
  isTerminal,
  stageNameForState,
  type Trigger,
  transition,
} from "../../contract/run-state.ts";
import type { StageOutcome, StageResult, StageStatus } from "../../contract/stage-result.ts";
import { type StageStanding, verdictOf } from "../../contract/verdict.ts";
import type { RunDeps } from "./context.ts";
import { done, failed, type Result } from "./failure.ts";
import type { AttemptRecord, NewRun, RunRecord } from "./ports.ts";

export interface StageEnd {
  readonly status: StageStatus;
  readonly result: StageResult;
  readonly claimedResult: StageResult | null;
  readonly outcome: StageOutcome | null;
}

export interface TriggerDetails {
  /** Why, in one sentence; shown on the run and on the attempt that it ends. */
  readonly reason?: string;
  /** Defaults to the stage that the run is in. */
  readonly failedStage?: string;
  /** How the running attempt ends; defaults to a failure with the reason. */
  readonly end?: StageEnd;
  /** Anything else that changes with it. */
  readonly patch?: Partial<NewRun>;
}

const FAILED_BY_SERVER: StageEnd = {
  status: "complete",
  result: "fail",
  claimedResult: null,
  outcome: null,
};
const CANCELLED: StageEnd = {
  status: "cancelled",
  result: "not_applicable",
  claimedResult: null,
  outcome: null,
};

/** How each stage stands by its last attempt that ended. */
export function standingsOf(attempts: readonly AttemptRecord[]): StageStanding[] {
  const last = new Map(
    attempts.flatMap((attempt) => (attempt.status === "running" ? [] : [[attempt.stage, attempt]])),
  );
  return [...last.values()].map((attempt) => ({
    stage: attempt.stage,
    status: attempt.status as StageStatus,
    result: attempt.result ?? "not_applicable",
    gaps: attempt.outcome?.gaps ?? [],
    reason: attempt.reason,
  }));
}

/** The one place where a run changes its state. Every change is a row of the transition table. */
export class RunMachine {
  readonly #deps: RunDeps;
  readonly #changed: (run: RunRecord) => void;

  /** @param changed told after each committed change. */
  constructor(deps: RunDeps, changed: (run: RunRecord) => void) {
    this.#deps = deps;
    this.#changed = changed;
  }

  /** Applies a trigger, or returns why it is not legal; then nothing has changed. */
  apply(run: RunRecord, trigger: Trigger, details: TriggerDetails = {}): Result<RunRecord> {
    const outcome = transition(run.state, trigger, run.resumeStage);
    if (!outcome.ok) return failed("illegal-transition", outcome.message);
    const { store, clock } = this.#deps;
    const now = clock.now();
    const to = outcome.state;
    const updated = store.transaction(() => {
      const stage = stageNameForState(run.state);
      const leaves = to !== run.state;
      if (leaves && stage !== null) this.#endAttempt(run, trigger, details, now);
      const entered = stageNameForState(to);
      if (leaves && entered !== null) store.attempts.start(run.id, entered, now);
      const failure: Partial<NewRun> = isTerminal(to)
        ? {
            failedStage: failedStageAfter(run, to, details.failedStage ?? stage),
            reason: details.reason ?? run.reason,
            resumeStage: to === "FailedHolding" ? (stage ?? run.resumeStage) : null,
            endedAt: leaves ? now : run.endedAt,
          }
        : { failedStage: null, reason: null, resumeStage: null, endedAt: null };
      const next = store.runs.update(run.id, {
        state: to,
        // A way in belongs to the hold in which it was opened.
        ...(leaves ? { stateSince: now, access: null, hold: null } : {}),
        ...failure,
        ...details.patch,
      });
      const verdict = verdictOf(
        to,
        next.failedStage,
        standingsOf(store.attempts.list(run.id)),
        next.spec !== null,
      );
      return verdict === next.verdict ? next : store.runs.update(run.id, { verdict });
    });
    this.#changed(updated);
    return done(updated);
  }

  #endAttempt(run: RunRecord, trigger: Trigger, details: TriggerDetails, now: number): void {
    const attempt = this.#deps.store.attempts.running(run.id);
    if (attempt === null) return;
    const end = details.end ?? (trigger === "OperatorCancelled" ? CANCELLED : FAILED_BY_SERVER);
    this.#deps.store.attempts.finish(attempt.id, {
      ...end,
      reason: details.reason ?? null,
      endedAt: now,
    });
  }
}

/** Cancelling in mid-run leaves failed_stage empty, cancelling a hold keeps it; a pass has none. */
function failedStageAfter(
  run: RunRecord,
  to: RunRecord["state"],
  failedStage: string | null,
): string | null {
  if (to === "Passed") return null;
  if (to === "Cancelled") return run.state === "FailedHolding" ? run.failedStage : null;
  return run.state === "FailedHolding" ? run.failedStage : failedStage;
}

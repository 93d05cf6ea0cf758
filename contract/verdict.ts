import type { RunState } from "./run-state.ts";
import type { Gap, Proof, StageOutcome, StageResult, StageStatus } from "./stage-result.ts";
import { STRESS_STAGES, type StageName } from "./stages.ts";

/** The answer of a run, apart from where it is. Null while it is under way. */
export const VERDICTS = ["pass", "pass_with_gaps", "fail", "incomplete"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A tool may stop this much early and still have done its time (start-up and rounding), in seconds. */
export const ELAPSED_TOLERANCE_S = 2;

export interface JudgedStage {
  readonly status: StageStatus;
  readonly result: StageResult;
  /** Why the server disagrees with the claim; null when it does not. */
  readonly objection: string | null;
}

/** What is wrong with one pass of stress, or null. */
export function proofObjection(proof: Proof): string | null {
  if (!(proof.elapsedS >= proof.requestedS - ELAPSED_TOLERANCE_S)) {
    return `${proof.what} ran ${proof.elapsedS} s of the ${proof.requestedS} s asked for.`;
  }
  if (!(proof.work > 0)) return `${proof.what} did no work at all.`;
  return null;
}

/**
 * The server's judgement of a claimed outcome. A pass stands only over proof of stress (stages that
 * stress a part), within the stage's own limits and without a fail breach. Everything else is kept as claimed.
 * @param breaches sentences, one a fail breach that stands for this attempt.
 */
export function judgeStage(
  outcome: Pick<StageOutcome, "stage" | "status" | "result" | "proof" | "measurements">,
  breaches: readonly string[],
): JudgedStage {
  const { status, result } = outcome;
  if (result !== "pass") return { status, result, objection: null };
  const objections = [
    ...breaches,
    ...missingProof(outcome.stage, outcome.proof),
    ...outcome.proof.map(proofObjection).filter((text) => text !== null),
    ...outcome.measurements.flatMap(({ name, item, value, unit, min, max }) => {
      const what = item === undefined ? name : `${name} of ${item}`;
      if (min !== undefined && value < min) return [`${what} is ${value} ${unit}, below ${min}.`];
      if (max !== undefined && value > max) return [`${what} is ${value} ${unit}, above ${max}.`];
      return [];
    }),
  ];
  if (objections.length === 0) return { status, result, objection: null };
  return { status, result: "fail", objection: objections.join(" ") };
}

function missingProof(stage: StageName, proof: readonly Proof[]): string[] {
  if (!STRESS_STAGES.includes(stage) || proof.length > 0) return [];
  return ["The stage claims a pass without proof that it stressed anything."];
}

/** The last attempt of each stage, as judged. */
export interface StageStanding {
  readonly stage: StageName;
  readonly status: StageStatus;
  readonly result: StageResult;
  readonly gaps: readonly Gap[];
  readonly reason: string | null;
}

export interface RunGap extends Gap {
  readonly stage: StageName;
}

/**
 * What a run did not exercise though it was expected. Hardware that is absent is a gap only when no spec
 * says what belongs into the host: with a spec, SpecValidate has already failed a part that is missing.
 */
export function gapsOf(stages: readonly StageStanding[], hasSpec: boolean): RunGap[] {
  return stages.flatMap(({ stage, status, gaps, reason }): RunGap[] => {
    const named =
      status === "skipped" && gaps.length === 0
        ? [{ what: stage, why: reason ?? "The stage was skipped.", absent: false }]
        : gaps;
    return named.filter((gap) => !(gap.absent && hasSpec)).map((gap) => ({ ...gap, stage }));
  });
}

/**
 * The verdict of a run.
 * - `Passed`: `pass`, or `pass_with_gaps` when something expected was not exercised, or `incomplete`
 *   when no stage that stresses anything passed: a run in which nothing was exercised is never green.
 * - `FailedHolding`, or `Cancelled` from a hold: `fail`.
 * - `Failed` (could not begin) and `Cancelled` in mid-run: `incomplete`.
 */
export function verdictOf(
  state: RunState,
  failedStage: string | null,
  stages: readonly StageStanding[],
  hasSpec: boolean,
): Verdict | null {
  switch (state) {
    case "Passed": {
      const exercised = stages.some(
        ({ stage, result }) => STRESS_STAGES.includes(stage) && result === "pass",
      );
      if (!exercised) return "incomplete";
      return gapsOf(stages, hasSpec).length > 0 ? "pass_with_gaps" : "pass";
    }
    case "FailedHolding":
      return "fail";
    case "Cancelled":
      return failedStage === null ? "incomplete" : "fail";
    case "Failed":
      return "incomplete";
    default:
      return null;
  }
}

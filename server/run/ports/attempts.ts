/** Attempts of a stage, and the thresholds that were breached in them. */
import type { StageOutcome, StageResult, StageStatus } from "../../../contract/stage-result.ts";
import type { StageName } from "../../../contract/stages.ts";

export interface AttemptRecord {
  readonly id: number;
  readonly runId: number;
  readonly stage: StageName;
  /** 1, 2, 3 … within the run and stage. */
  readonly attempt: number;
  readonly status: StageStatus | "running";
  readonly result: StageResult | null;
  readonly claimedResult: StageResult | null;
  readonly reason: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** What the agent posted; null while running or when the server ended the attempt. */
  readonly outcome: StageOutcome | null;
}

export interface AttemptRepository {
  /** Begins the next attempt of a stage. */
  start(runId: number, stage: StageName, at: number): AttemptRecord;
  /** The attempt that runs now, or null. */
  running(runId: number): AttemptRecord | null;
  finish(
    id: number,
    end: {
      status: StageStatus;
      result: StageResult;
      claimedResult: StageResult | null;
      reason: string | null;
      endedAt: number;
      outcome: StageOutcome | null;
    },
  ): void;
  /** Oldest first. */
  list(runId: number): AttemptRecord[];
}

export interface BreachRecord {
  readonly runId: number;
  readonly attemptId: number;
  readonly sensor: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  readonly severity: "warn" | "fail";
  /** Time of the sample that made it a breach. */
  readonly t: number;
}

export interface BreachRepository {
  add(breach: BreachRecord): void;
  list(runId: number): BreachRecord[];
  listForAttempt(attemptId: number): BreachRecord[];
}

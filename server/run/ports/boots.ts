/** Network boots: their nonces and their steps. */
import type { BootStep } from "../../../contract/boot-timeline.ts";

/** A boot nonce: stored hashed, bound to run and MAC, used once. */
export interface BootTokenRecord {
  readonly hash: string;
  readonly runId: number;
  readonly mac: string;
  readonly issuedAt: number;
  readonly usedAt: number | null;
  readonly revokedAt: number | null;
}
export interface BootEventRecord {
  readonly at: number;
  readonly step: BootStep;
  readonly detail: string;
}
/** One boot of a host over the network, with its events, oldest first. */
export interface BootAttemptRecord {
  readonly id: number;
  readonly hostId: number;
  /** Null: no run waited for the host. */
  readonly runId: number | null;
  readonly startedAt: number;
  readonly events: readonly BootEventRecord[];
}

export interface BootRepository {
  addToken(token: BootTokenRecord): void;
  findToken(hash: string): BootTokenRecord | null;
  /** Revokes every unused token of the run; returns how many there were. */
  revokeUnused(runId: number, at: number): number;
  markUsed(hash: string, at: number): void;
  /** Begins a boot; of those without a run only the latest few are kept. */
  addAttempt(hostId: number, runId: number | null, startedAt: number): BootAttemptRecord;
  addEvent(attemptId: number, event: BootEventRecord): void;
  latestAttempt(hostId: number): BootAttemptRecord | null;
  /** Newest first. */
  listAttempts(hostId: number, limit: number): BootAttemptRecord[];
  /** Oldest first. */
  listAttemptsOfRun(runId: number): BootAttemptRecord[];
}

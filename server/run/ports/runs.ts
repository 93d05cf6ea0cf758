/** Runs, and what an operator overrode in them. */
import type { Catalogue, HoldFacts, HostAccess } from "../../../contract/agent-api.ts";
import type { RunState } from "../../../contract/run-state.ts";
import type { StageParams } from "../../../contract/stage-params.ts";
import type { StageName } from "../../../contract/stages.ts";
import type { Verdict } from "../../../contract/verdict.ts";
import type { HostSpec, Threshold } from "../../../contract/vetting-config.ts";

export interface RunRecord {
  readonly id: number;
  readonly hostId: number;
  readonly profile: string;
  readonly nonDestructive: boolean;
  readonly state: RunState;
  readonly failedStage: string | null;
  /** Why it failed, in one sentence. */
  readonly reason: string | null;
  /** The stage that an override enters; set while the run holds. */
  readonly resumeStage: StageName | null;
  readonly verdict: Verdict | null;
  readonly start: "reporter" | "wake";
  readonly afterPass: "power_off" | "reboot";
  readonly operator: string | null;
  readonly ticket: string | null;
  /** Copied from the configuration when the run was created; a later edit does not rewrite history. */
  readonly params: StageParams;
  readonly thresholds: readonly Threshold[];
  readonly spec: HostSpec | null;
  readonly consoleVersion: string;
  readonly createdAt: number;
  /** When the agent first claimed the run. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly stateSince: number;
  /** Boot id of the installed OS that was told to reboot. */
  readonly commandedBootId: string | null;
  /** Boot id of the live image that claimed the run. */
  readonly agentBootId: string | null;
  readonly runTokenHash: string | null;
  readonly agentVersion: string | null;
  readonly catalogue: Catalogue | null;
  /** Any post of the agent. */
  readonly lastSignAt: number | null;
  readonly droppedSamples: number;
  readonly warnings: readonly string[];
  /** Heartbeats answer `override` until the first artifact of the new attempt. */
  readonly overridePending: boolean;
  /** The agent should read pstore and SEL when it returns. */
  readonly collectResetEvidence: boolean;
  /** The agent's cancelled outcome has come. */
  readonly cancelAcknowledged: boolean;
  /** The agent said that it obeys the final command: the token is dead from here on. */
  readonly obeyedAt: number | null;
  /** How to get into the host, as its agent told; null but on a hold. */
  readonly access: HostAccess | null;
  /** What else the agent has done on the held host, as it told; null but on a hold. */
  readonly hold: HoldFacts | null;
}
export type NewRun = Omit<RunRecord, "id">;

/** What a run must be to be listed; what is left out is not asked. */
export interface RunFilter {
  readonly hostId?: number;
  readonly state?: RunState;
  readonly profile?: string;
  readonly verdict?: Verdict;
  /** `createdAt` from here on, and up to here, both included. */
  readonly createdFromMs?: number;
  readonly createdToMs?: number;
  /** Part of the host's name or serial, of the operator or the ticket, in any case of letters. */
  readonly text?: string;
  /** Only runs older than this one: to page on. */
  readonly beforeId?: number;
  readonly limit?: number;
}

/** A run of a host that was walked to the end without a hold. */
export interface WalkedRun {
  readonly profile: string;
  readonly params: StageParams;
  /** From the agent's claim to the verdict. */
  readonly seconds: number;
}

export interface RunRepository {
  get(id: number): RunRecord | null;
  /** Newest first. */
  list(filter: RunFilter): RunRecord[];
  /** Oldest first: every run that is not over or that holds its host. */
  listOccupying(): RunRecord[];
  /** The run that occupies the host, or null. */
  occupying(hostId: number): RunRecord | null;
  latest(hostId: number): RunRecord | null;
  /** Newest first, at most `limit`. A run that was overridden is left out: it stood for as long as it was held. */
  walkedToEnd(hostId: number, nonDestructive: boolean, limit: number): WalkedRun[];
  findByRunTokenHash(hash: string): RunRecord | null;
  /** `createWithProfile`: parameters, thresholds and spec are stored with the run. */
  createWithProfile(run: NewRun): RunRecord;
  update(id: number, patch: Partial<NewRun>): RunRecord;
}

export interface OverrideRecord {
  readonly runId: number;
  readonly stage: StageName;
  readonly reason: string;
  readonly operator: string | null;
  readonly at: number;
}

export interface OverrideRepository {
  add(override: OverrideRecord): void;
  list(runId: number): OverrideRecord[];
}

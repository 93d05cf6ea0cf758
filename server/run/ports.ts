/**
 * What the run's life needs from outside (a store, a clock, senders) and what it offers to routes.
 * `server/db` implements the store; `server/run` knows neither Fastify nor SQLite.
 * Times are milliseconds since 1970 throughout the server; ISO 8601 only in payloads.
 */
import type {
  Catalogue,
  EvidenceRequest,
  HoldFacts,
  HostAccess,
  LogLine,
  Sample,
} from "../../contract/agent-api.ts";
import type { BootStep } from "../../contract/boot-timeline.ts";
import type { SeriesResponse } from "../../contract/console-api.ts";
import type { FirmwareRow } from "../../contract/firmware.ts";
import type { Inventory } from "../../contract/inventory.ts";
import type { RunState } from "../../contract/run-state.ts";
import type { StageParams } from "../../contract/stage-params.ts";
import type { StageOutcome, StageResult, StageStatus } from "../../contract/stage-result.ts";
import type { StageName } from "../../contract/stages.ts";
import type { Verdict } from "../../contract/verdict.ts";
import type { HostSpec, Threshold } from "../../contract/vetting-config.ts";

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface HostRecord {
  readonly id: number;
  readonly name: string;
  /** Lower case with colons. */
  readonly macs: readonly string[];
  readonly uuid: string | null;
  readonly serial: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly os: string | null;
  readonly reporterVersion: string | null;
  /** SHA-256 in hex of the reporter's token; null for a host that was never registered by a reporter. */
  readonly reporterTokenHash: string | null;
  readonly secureBoot: string | null;
  readonly netbootMethod: string | null;
  readonly netbootNote: string | null;
  /** Chosen by the operator; null: matched by product. */
  readonly spec: string | null;
  readonly notes: string;
  /** Last heartbeat of the reporter. */
  readonly reporterSeenAt: number | null;
  /** Boot id of the installed OS at that heartbeat. */
  readonly reporterBootId: string | null;
  readonly simulated: boolean;
  readonly createdAt: number;
}
export type NewHost = Omit<HostRecord, "id">;

export interface HostRepository {
  get(id: number): HostRecord | null;
  list(): HostRecord[];
  findByMac(mac: string): HostRecord | null;
  findByReporterTokenHash(hash: string): HostRecord | null;
  create(host: NewHost): HostRecord;
  /** Only the keys given change; `macs` replaces the whole set. */
  update(id: number, patch: Partial<NewHost>): HostRecord;
}

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

export type ArtifactKind = "sensor" | "log" | "inventory" | "firmware" | "evidence" | "result";

/** The first answer to an artifact, given again to every repeat. */
export interface StoredAnswer {
  readonly kind: ArtifactKind;
  /** First and last sequence of the batch (equal for single artifacts). */
  readonly first: number;
  readonly last: number;
  readonly status: number;
  readonly body: unknown;
}
export interface AnswerRepository {
  /** The answer to the artifact or batch whose first sequence is this. */
  find(runId: number, first: number): StoredAnswer | null;
  add(runId: number, answer: StoredAnswer): void;
  /** One above the highest sequence stored for the run, over samples, log lines and all other artifacts. */
  nextSequence(runId: number): number;
}

/** A sample as it lies in the database; its sensor and unit are those that were asked for. */
export interface StoredSample {
  readonly sequence: number;
  /** When the host took it, in ms since 1970. */
  readonly tMs: number;
  readonly value: number;
  readonly stage: StageName;
}

export interface SampleRepository {
  /** Stores those that are new to the run and returns them; a known sequence is left as it was. */
  insert(
    runId: number,
    attemptId: number | null,
    samples: readonly Sample[],
    receivedAt: number,
  ): Sample[];
  /** Samples of an attempt with t ≥ since, oldest first: to rebuild threshold streaks after a restart. */
  since(runId: number, attemptId: number, sinceMs: number): Sample[];
  /** Time of the newest sample of an attempt, or null. */
  newest(runId: number, attemptId: number): number | null;
  sensors(runId: number): { sensor: string; unit: string; samples: number }[];
  /** At most `points` min/max/mean buckets; an unknown sensor gives null. */
  series(
    runId: number,
    query: { sensor: string; fromMs: number | null; toMs: number | null; points: number },
  ): SeriesResponse | null;
  /** The same for every sensor of the run at once, by name; one without a sample in the span has no points. */
  runSeries(
    runId: number,
    query: { fromMs: number | null; toMs: number | null; points: number },
  ): SeriesResponse[];
  /**
   * Every sample of a sensor in one unit by time, both ends included, at most `limit` at once. `after` is the last
   * of the page before; a page shorter than `limit` is the last.
   */
  page(
    runId: number,
    query: {
      sensor: string;
      unit: string;
      fromMs: number | null;
      toMs: number | null;
      after: StoredSample | null;
      limit: number;
    },
  ): StoredSample[];
}

export interface StoredLogLine extends LogLine {
  readonly receivedAt: number;
}
export interface LogRepository {
  insert(runId: number, lines: readonly LogLine[], receivedAt: number): LogLine[];
  /** Oldest first. `afterSequence` pages on, `beforeSequence` with `tail` back; `tail` takes the newest `limit`. */
  list(
    runId: number,
    query: { afterSequence?: number; beforeSequence?: number; limit: number; tail?: boolean },
  ): StoredLogLine[];
}

export interface EvidenceRecord extends Omit<EvidenceRequest, "sequence"> {
  readonly id: number;
  readonly runId: number;
  readonly receivedAt: number;
}
export interface EvidenceRepository {
  add(runId: number, evidence: EvidenceRequest, receivedAt: number): void;
  /** Without texts. */
  list(runId: number): (Omit<EvidenceRecord, "text"> & { bytes: number })[];
  get(runId: number, id: number): EvidenceRecord | null;
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

export interface FirmwareRepository {
  /** Replaces the run's snapshot: one row a component. */
  replace(runId: number, rows: readonly FirmwareRow[]): void;
  /** Null when the run has posted none. */
  get(runId: number): FirmwareRow[] | null;
  /** The last snapshot of the host over all its runs. */
  latestOfHost(hostId: number): { readonly runId: number; readonly rows: FirmwareRow[] } | null;
}

export interface InventoryRepository {
  put(runId: number, inventory: Inventory, at: number): void;
  get(runId: number): Inventory | null;
  /** The last inventory of the host over all its runs. */
  latestOfHost(hostId: number): Inventory | null;
  /** When the console got that one, in ms since 1970; null when there is none. */
  latestTimeOfHost(hostId: number): number | null;
}

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

export interface DiscoveredRecord {
  readonly mac: string;
  readonly uuid: string | null;
  readonly platform: string | null;
  readonly firstSeen: number;
  readonly lastSeen: number;
}
export interface DiscoveredRepository {
  /** Adds or refreshes; keeps at most a few hundred, oldest dropped. */
  seen(mac: string, uuid: string | null, platform: string | null, at: number): void;
  remove(mac: string): void;
  list(): DiscoveredRecord[];
}

/** The database as the run's life sees it. All calls are synchronous and short. */
export interface Store {
  readonly hosts: HostRepository;
  readonly runs: RunRepository;
  readonly attempts: AttemptRepository;
  readonly breaches: BreachRepository;
  readonly answers: AnswerRepository;
  readonly samples: SampleRepository;
  readonly logs: LogRepository;
  readonly evidence: EvidenceRepository;
  readonly overrides: OverrideRepository;
  readonly firmware: FirmwareRepository;
  readonly inventories: InventoryRepository;
  readonly boots: BootRepository;
  readonly discovered: DiscoveredRepository;
  /** All or nothing; a throw rolls back. Nested calls join the outer one. */
  transaction<T>(work: () => T): T;
}

/** Sends a Wake-on-LAN magic packet; false when it could not be sent. Never throws. */
export type SendMagicPacket = (macs: readonly string[]) => Promise<boolean>;

/** The iperf3 server a run tests against; null when there is none. */
export interface NetworkPeers {
  /** Starts (once) and names the far end for a run. */
  acquire(runId: number): { host: string; port: number } | null;
  release(runId: number): void;
  /** What tests at once share, in Mbit/s: this machine's link to the hosts. Null: one test at a time. */
  linkMbps(): number | null;
}

/** How much room is left for the database, in bytes; null when unknown. */
export type FreeDiskBytes = () => number | null;

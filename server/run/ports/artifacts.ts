/** What the agent posts in sequence: samples, log lines, evidence, and the answers it was given. */
import type { EvidenceRequest, LogLine, Sample } from "../../../contract/agent-api.ts";
import type { SeriesResponse } from "../../../contract/console-api.ts";
import type { StageName } from "../../../contract/stages.ts";

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

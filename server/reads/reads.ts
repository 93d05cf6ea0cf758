import type { Readable } from "node:stream";
import type { HostSummary, RunDetail } from "../../contract/console-api.ts";
import type { ReportName } from "../report/renderers.ts";

/** A span of time in ms since 1970, both ends included; null is open. */
export interface ReadSpan {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** What may take long to read, and is therefore read by a thread of its own. Plain data: it crosses to the thread. */
export type Read =
  /** JSON of `seriesResponseSchema`. */
  | ({
      readonly kind: "series";
      readonly runId: number;
      readonly sensor: string;
      readonly points: number;
    } & ReadSpan)
  /** JSON of `runSeriesResponseSchema`. */
  | ({ readonly kind: "run-series"; readonly runId: number; readonly points: number } & ReadSpan)
  /** Every stored sample of a sensor as CSV. */
  | ({ readonly kind: "series-csv"; readonly runId: number; readonly sensor: string } & ReadSpan)
  /** A report in one of the formats of `report/renderers.ts`; what the run's life knows comes along. */
  | {
      readonly kind: "report";
      readonly name: ReportName;
      readonly run: RunDetail;
      readonly host: HostSummary;
    };

/** Why a read gave nothing: the words that a problem document has for it are in `routes/problems.ts`. */
export type ReadFailureKind =
  /** The thread ended under it, or was ended; the next read has a new one. */
  | "read-interrupted"
  /** Too many wait already. */
  | "reads-busy"
  /** It took longer than a read may. */
  | "read-too-long"
  /** A fault of ours; the console's log has it. */
  | "read-failed";

export interface ReadFailure {
  readonly ok: false;
  readonly kind: ReadFailureKind;
  /** The sentence to show. */
  readonly detail: string;
}

/**
 * UTF-8. A short answer comes whole; a long one as a stream that reads on as fast as it is taken, and that fails when
 * the thread ends under it. Null: there is nothing of that name.
 */
export type ReadBody = Buffer | Readable | null;
export type ReadResult = { readonly ok: true; readonly body: ReadBody } | ReadFailure;

/** Reads outside of the console's main thread. Never rejects. */
export type ReadApart = (read: Read) => Promise<ReadResult>;

import type { z } from "zod";
import type { LogLine } from "../../contract/agent-api.ts";
import type {
  firmwareDiffResponseSchema,
  HostSummary,
  RunDetail,
  SeriesResponse,
  StageAttempt,
} from "../../contract/console-api.ts";
import type { FirmwareRow } from "../../contract/firmware.ts";

export type FirmwareDiffView = z.infer<typeof firmwareDiffResponseSchema>["rows"][number];

/** Everything a report is made of: it reads nothing by itself. */
export interface ReportInput {
  readonly run: RunDetail;
  readonly host: HostSummary;
  /** Null when the run never came to its firmware. */
  readonly firmware: readonly FirmwareRow[] | null;
  /** Against the host's spec; null when the host has none. */
  readonly firmwareDiff: readonly FirmwareDiffView[] | null;
  readonly series: readonly SeriesResponse[];
  /** ISO time at which the report is made. */
  readonly generatedAt: string;
}

/** What the OCP output shows beside it. */
export interface OcpInput extends ReportInput {
  /** The sensors within the time of an attempt, in min/max buckets. */
  readonly seriesOf: (attempt: StageAttempt) => readonly SeriesResponse[];
  /** Warnings and worse, oldest first. */
  readonly log: readonly LogLine[];
  /** So many older ones are not among them. */
  readonly logLeftOut: number;
}

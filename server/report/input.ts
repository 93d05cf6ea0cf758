import type { z } from "zod";
import type {
  firmwareDiffResponseSchema,
  HostSummary,
  RunDetail,
  SeriesResponse,
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

import type { StoredLogLine, StoredSample } from "../run/ports.ts";
import { renderReportHtml } from "./html.ts";
import type { ReportInput } from "./input.ts";

/** What a report may read beyond its input, a page at a time, so that a run of any length fits into memory. */
export interface StoredRecords {
  /** Every sample of a sensor in one unit, by time. The run's sensors are in `input.run.sensors`. */
  samples(sensor: string, unit: string): Iterable<StoredSample>;
  /** Every log line, oldest first. */
  logLines(): Iterable<StoredLogLine>;
}

/** Makes a report: the whole text, or pieces of it that are sent as they are made. It runs in the reading thread. */
export type ReportRenderer = (
  input: ReportInput,
  stored: StoredRecords,
) => string | Iterable<string>;

/** Every format of a report by its name. A new one is one line here, and one in `routes/console-reports.ts`. */
export const REPORT_RENDERERS = {
  html: (input) => renderReportHtml(input),
} as const satisfies Readonly<Record<string, ReportRenderer>>;

export type ReportName = keyof typeof REPORT_RENDERERS;

import { renderReportHtml } from "./html.ts";
import type { ReportInput } from "./input.ts";
import { renderJunit } from "./junit.ts";
import { ocpInput } from "./ocp-input.ts";
import { renderOcpJsonl } from "./ocp-jsonl.ts";
import type { StoredRecords } from "./stored-records.ts";

export type { StoredRecords } from "./stored-records.ts";

/** Makes a report: the whole text, or pieces of it that are sent as they are made. It runs in the reading thread. */
export type ReportRenderer = (
  input: ReportInput,
  stored: StoredRecords,
) => string | Iterable<string>;

/** Every format of a report by its name. A new one is one line here, and one in `routes/console-reports.ts`. */
export const REPORT_RENDERERS = {
  html: (input) => renderReportHtml(input),
  jsonl: (input, stored) => renderOcpJsonl(ocpInput(input, stored)),
  junit: (input) => renderJunit(input),
} as const satisfies Readonly<Record<string, ReportRenderer>>;

export type ReportName = keyof typeof REPORT_RENDERERS;

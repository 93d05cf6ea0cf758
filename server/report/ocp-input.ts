import type { StoredLogLine } from "../run/ports.ts";
import type { OcpInput, ReportInput } from "./input.ts";
import type { StoredRecords } from "./stored-records.ts";

/** Of each sensor and attempt: at most twice as many values, and no spike is lost. */
const BUCKETS = 60;
/** The newest warnings and errors of a run that has more than anybody reads. */
const MAX_LOG_LINES = 2000;

/** What the OCP output shows beside the report's input. */
export function ocpInput(
  input: ReportInput,
  stored: Pick<StoredRecords, "series" | "logLines">,
): OcpInput {
  const log: StoredLogLine[] = [];
  let bad = 0;
  for (const line of stored.logLines()) {
    if (line.level !== "warn" && line.level !== "error") continue;
    bad += 1;
    log.push(line);
    // Twice the most before it is cut: a cut for each line would be slow.
    if (log.length > 2 * MAX_LOG_LINES) log.splice(0, MAX_LOG_LINES);
  }
  const newest = log.slice(-MAX_LOG_LINES);
  return {
    ...input,
    log: newest,
    logLeftOut: bad - newest.length,
    seriesOf: ({ startedAt, endedAt }) =>
      stored.series({
        fromMs: Date.parse(startedAt),
        toMs: Date.parse(endedAt ?? input.generatedAt),
        points: BUCKETS,
      }),
  };
}

import type { SeriesResponse } from "../../contract/console-api.ts";
import type { StoredLogLine, StoredSample } from "../run/ports.ts";

/** What a report may read beyond its input, a page at a time, so that a run of any length fits into memory. */
export interface StoredRecords {
  /** Every sample of a sensor in one unit, by time. The run's sensors are in `input.run.sensors`. */
  samples(sensor: string, unit: string): Iterable<StoredSample>;
  /** Every sensor of the run within a span, each in at most `points` min/max buckets. Times in ms since 1970. */
  series(span: { fromMs: number; toMs: number; points: number }): SeriesResponse[];
  /** Every log line, oldest first. */
  logLines(): Iterable<StoredLogLine>;
}

import { gatherReportInput } from "../report/gather-input.ts";
import { REPORT_RENDERERS, type ReportRenderer, type StoredRecords } from "../report/renderers.ts";
import type { Store, StoredLogLine } from "../run/ports.ts";
import type { Read } from "./reads.ts";
import { sampleCsv, samplePages } from "./sample-csv.ts";

const LOG_PAGE_LINES = 2000;

export type ReadStore = Pick<Store, "runs" | "samples" | "firmware" | "logs">;

/** The text of a read in pieces, made as they are asked for; null when there is nothing of that name. */
export function answerRead(read: Read, store: ReadStore, nowMs: number): Iterable<string> | null {
  switch (read.kind) {
    case "series": {
      const series = store.samples.series(read.runId, read);
      return series === null ? null : [JSON.stringify(series)];
    }
    case "run-series":
      return [JSON.stringify({ series: store.samples.runSeries(read.runId, read) })];
    case "series-csv":
      return sampleCsv(store.samples, read.runId, read);
    case "report": {
      const input = gatherReportInput(read.run, read.host, store, nowMs);
      const render: ReportRenderer = REPORT_RENDERERS[read.name];
      const text = render(input, storedRecords(store, read.run.id));
      return typeof text === "string" ? [text] : text;
    }
  }
}

function storedRecords({ samples, logs }: ReadStore, runId: number): StoredRecords {
  return {
    *samples(sensor, unit) {
      const whole = { sensor, unit, fromMs: null, toMs: null };
      for (const page of samplePages(samples, runId, whole)) yield* page;
    },
    series: (span) => samples.runSeries(runId, span),
    *logLines() {
      let page: StoredLogLine[] = [];
      do {
        const afterSequence = page.at(-1)?.sequence ?? 0;
        page = logs.list(runId, { afterSequence, limit: LOG_PAGE_LINES });
        yield* page;
      } while (page.length === LOG_PAGE_LINES);
    },
  };
}

import type { StateCreator } from "zustand";
import type { LogLine } from "../../contract/agent-api.ts";
import type { RunDetail, RunSummary } from "../../contract/console-api.ts";
import type { ApiFailure } from "../api/client.ts";

export const MAX_LOG_LINES = 2000;

export interface RunSlice {
  /** The run that is open on the screen, or null. */
  readonly openRunId: number | null;
  readonly detail: RunDetail | null;
  readonly detailFailure: ApiFailure | null;
  /** Newest last, at most MAX_LOG_LINES, each sequence once. */
  readonly logLines: readonly LogLine[];
  openRun(runId: number | null): void;
  setDetail(detail: RunDetail): void;
  setDetailFailure(runId: number, failure: ApiFailure): void;
  /** The part of the open run that a summary knows. */
  updateDetail(run: RunSummary): void;
  addLog(runId: number, lines: readonly LogLine[]): void;
}

export const runSlice: StateCreator<RunSlice> = (set) => ({
  openRunId: null,
  detail: null,
  detailFailure: null,
  logLines: [],
  openRun: (runId) =>
    set(({ openRunId }) =>
      openRunId === runId
        ? {}
        : { openRunId: runId, detail: null, detailFailure: null, logLines: [] },
    ),
  setDetail: (detail) =>
    set(({ openRunId }) => (openRunId === detail.id ? { detail, detailFailure: null } : {})),
  setDetailFailure: (runId, failure) =>
    set(({ openRunId }) => (openRunId === runId ? { detailFailure: failure } : {})),
  updateDetail: (run) =>
    set(({ detail }) => (detail?.id === run.id ? { detail: { ...detail, ...run } } : {})),
  addLog: (runId, lines) =>
    set(({ openRunId, logLines }) =>
      openRunId === runId ? { logLines: mergeLog(logLines, lines) } : {},
    ),
});

/** Joins lines by their sequence: a repeated line stays one line, a late one gets its place. */
export function mergeLog(known: readonly LogLine[], more: readonly LogLine[]): readonly LogLine[] {
  if (more.length === 0) return known;
  const last = known.at(-1)?.sequence ?? 0;
  const inOrder = more.every((line, index) => line.sequence > (more[index - 1]?.sequence ?? last));
  const joined = inOrder
    ? [...known, ...more]
    : [...new Map([...known, ...more].map((line) => [line.sequence, line])).values()].sort(
        (a, b) => a.sequence - b.sequence,
      );
  return joined.slice(-MAX_LOG_LINES);
}

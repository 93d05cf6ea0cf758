import type { StateCreator } from "zustand";
import type { LogLine } from "../../contract/agent-api.ts";
import type { RunDetail, RunSummary } from "../../contract/console-api.ts";
import type { ApiFailure } from "../api/client.ts";

export const MAX_LOG_LINES = 50_000;

export interface RunSlice {
  /** The run that is open on the screen, or null. */
  readonly openRunId: number | null;
  readonly detail: RunDetail | null;
  readonly detailFailure: ApiFailure | null;
  /** Newest last, at most MAX_LOG_LINES, each sequence once, and none left out between the first and the last. */
  readonly logLines: readonly LogLine[];
  /** The run's first line is among them. */
  readonly logComplete: boolean;
  openRun(runId: number | null): void;
  setDetail(detail: RunDetail): void;
  setDetailFailure(runId: number, failure: ApiFailure): void;
  /** The part of the open run that a summary knows. */
  updateDetail(run: RunSummary): void;
  addLog(runId: number, lines: readonly LogLine[]): void;
  /** Older lines, up to the first that is known. */
  prependLog(runId: number, lines: readonly LogLine[], complete: boolean): void;
  /** The end of the log where lines between it and what is known may be missing: what is older is forgotten. */
  resetLog(runId: number, lines: readonly LogLine[], complete: boolean): void;
}

/** What changes nothing gives the state itself back: two hundred tiles listen, and would all be asked. */
export const runSlice: StateCreator<RunSlice> = (set) => ({
  openRunId: null,
  detail: null,
  detailFailure: null,
  logLines: [],
  logComplete: false,
  openRun: (runId) =>
    set((state) =>
      state.openRunId === runId
        ? state
        : {
            openRunId: runId,
            detail: null,
            detailFailure: null,
            logLines: [],
            logComplete: false,
          },
    ),
  setDetail: (detail) =>
    set((state) => (state.openRunId === detail.id ? { detail, detailFailure: null } : state)),
  setDetailFailure: (runId, failure) =>
    set((state) => (state.openRunId === runId ? { detailFailure: failure } : state)),
  updateDetail: (run) =>
    set((state) => (state.detail?.id === run.id ? { detail: { ...state.detail, ...run } } : state)),
  addLog: (runId, lines) =>
    set((state) => {
      if (state.openRunId !== runId) return state;
      const { logLines, logComplete } = state;
      const merged = mergeLog(logLines, lines);
      const kept = merged.slice(-MAX_LOG_LINES);
      return { logLines: kept, logComplete: logComplete && kept.length === merged.length };
    }),
  prependLog: (runId, lines, complete) =>
    set((state) =>
      state.openRunId === runId
        ? { logLines: mergeLog(state.logLines, lines), logComplete: complete }
        : state,
    ),
  resetLog: (runId, lines, complete) =>
    set((state) => {
      if (state.openRunId !== runId) return state;
      const first = lines[0]?.sequence ?? 0;
      const since = state.logLines.filter(({ sequence }) => sequence >= first);
      return { logLines: mergeLog(lines, since), logComplete: complete };
    }),
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
  return joined;
}

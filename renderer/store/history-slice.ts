import type { StateCreator } from "zustand";
import type { RunSummary } from "../../contract/console-api.ts";
import type { ApiFailure } from "../api/client.ts";
import { fitsFilter, type RunsFilter } from "../history/runs-filter.ts";
import type { HostsSlice } from "./hosts-slice.ts";

/** The list of runs that is open on the screen. */
export interface RunList {
  readonly filter: RunsFilter;
  /** Newest first. Null: not fetched yet. */
  readonly runs: readonly RunSummary[] | null;
  /** Older ones can be asked for. */
  readonly more: boolean;
  readonly failure: ApiFailure | null;
}

export interface HistorySlice {
  readonly runList: RunList | null;
  openRunList(filter: RunsFilter): void;
  closeRunList(): void;
  /** Runs as the console gave them for this filter; `append`: they are older than those that are shown. */
  addRuns(filter: RunsFilter, runs: readonly RunSummary[], more: boolean, append: boolean): void;
  failRunList(filter: RunsFilter, failure: ApiFailure): void;
  /** A run as it now stands: it comes into the list, changes in it, or leaves it. */
  putListedRun(run: RunSummary): void;
}

export const historySlice: StateCreator<HistorySlice & HostsSlice, [], [], HistorySlice> = (
  set,
) => ({
  runList: null,
  openRunList: (filter) => set({ runList: { filter, runs: null, more: false, failure: null } }),
  closeRunList: () => set({ runList: null }),
  addRuns: (filter, runs, more, append) =>
    set((state) => {
      const { runList } = state;
      if (runList?.filter !== filter) return state;
      const known = append ? (runList.runs ?? []) : [];
      return { runList: { filter, runs: joined(known, runs), more, failure: null } };
    }),
  failRunList: (filter, failure) =>
    set((state) =>
      state.runList?.filter === filter ? { runList: { ...state.runList, failure } } : state,
    ),
  putListedRun: (run) =>
    set((state) => {
      const { runList, hosts } = state;
      if (runList?.runs == null) return state;
      const rest = runList.runs.filter(({ id }) => id !== run.id);
      const known = rest.length < runList.runs.length;
      if (!fitsFilter(runList.filter, run, hosts?.get(run.hostId))) {
        return known ? { runList: { ...runList, runs: rest } } : state;
      }
      // One that is older than all that are shown comes when it is asked for.
      const beyond = runList.more && run.id < (runList.runs.at(-1)?.id ?? 0);
      if (!known && beyond) return state;
      return { runList: { ...runList, runs: joined(rest, [run]) } };
    }),
});

/** Each run once, newest first. */
function joined(known: readonly RunSummary[], more: readonly RunSummary[]): readonly RunSummary[] {
  const byId = new Map([...known, ...more].map((run) => [run.id, run]));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}

import { z } from "zod";
import { runSummarySchema } from "../../contract/console-api.ts";
import { apiGet } from "../api/client.ts";
import { useStore } from "../store/store.ts";
import { type RunsFilter, runsPath } from "./runs-filter.ts";

const PAGE_RUNS = 50;
/** The most that the console gives at once. */
const MOST_RUNS = 1000;

/** The newest runs of the open list. After a resync as many as were shown. */
export async function loadRuns(): Promise<void> {
  const { runList } = useStore.getState();
  if (runList === null) return;
  const shown = runList.runs?.length ?? 0;
  await fetchRuns(runList.filter, Math.min(MOST_RUNS, Math.max(PAGE_RUNS, shown)), null);
}

/** The next older ones. */
export async function loadOlderRuns(): Promise<void> {
  const { runList } = useStore.getState();
  const last = runList?.runs?.at(-1);
  if (runList === null || last === undefined) return;
  await fetchRuns(runList.filter, PAGE_RUNS, last.id);
}

async function fetchRuns(filter: RunsFilter, limit: number, before: number | null): Promise<void> {
  const answer = await apiGet(runsPath(filter, limit, before), z.array(runSummarySchema));
  const store = useStore.getState();
  if (!answer.ok) return store.failRunList(filter, answer.failure);
  store.addRuns(filter, answer.value, answer.value.length === limit, before !== null);
}

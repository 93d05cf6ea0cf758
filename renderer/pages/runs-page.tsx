import { useCallback, useEffect, useMemo, useState } from "react";
import type { RunSummary } from "../../contract/console-api.ts";
import { Busy } from "../design/busy.tsx";
import { Button } from "../design/button.tsx";
import { Empty } from "../design/empty.tsx";
import { Problem } from "../design/problem.tsx";
import { loadOlderRuns, loadRuns } from "../history/load-runs.ts";
import { ALL_RUNS, readRunsFilter, runsHref } from "../history/runs-filter.ts";
import { RunsFilters } from "../history/runs-filters.tsx";
import { RunsTable } from "../history/runs-table.tsx";
import { HREF, navigate } from "../route.ts";
import { useStore } from "../store/store.ts";

/** Every run there was, newest first; two of them can be compared. */
export function RunsPage({ query }: { query: URLSearchParams }) {
  const filter = useMemo(() => readRunsFilter(query), [query]);
  const list = useStore((state) => state.runList);
  const stale = useStore((state) => state.connection !== "live");
  const [chosen, setChosen] = useState<readonly RunSummary[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    useStore.getState().openRunList(filter);
    void loadRuns();
  }, [filter]);
  useEffect(() => () => useStore.getState().closeRunList(), []);
  const onChoose = useCallback((run: RunSummary, choose: boolean) => {
    setChosen((was) => [...was.filter(({ id }) => id !== run.id), ...(choose ? [run] : [])]);
  }, []);
  const older = async () => {
    setBusy(true);
    await loadOlderRuns();
    setBusy(false);
  };
  const runs = list?.runs ?? null;
  return (
    <>
      <h1>Runs</h1>
      <RunsFilters filter={filter} />
      <Problem failure={list?.failure ?? null} />
      {runs === null && list?.failure === null && <Busy what="Fetching the runs…" />}
      {runs?.length === 0 && <NoRuns filtered={runsHref(filter) !== runsHref(ALL_RUNS)} />}
      {runs !== null && runs.length > 0 && (
        <section aria-label="List of runs" className={stale ? "stale" : ""}>
          <RunsTable runs={runs} chosen={chosen.map(({ id }) => id)} onChoose={onChoose} />
          <div className="row">
            <span className="quiet" role="status">
              {runs.length} {runs.length === 1 ? "run" : "runs"}
              {list?.more === true ? " shown, there are older ones" : ", and that is all"}
            </span>
            <span className="grow" />
            {list?.more === true && (
              <Button busy={busy} onClick={() => void older()}>
                Show older runs
              </Button>
            )}
          </div>
        </section>
      )}
      <CompareBar chosen={chosen} onClear={() => setChosen([])} />
    </>
  );
}

function NoRuns({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No run is like that">
        <p>
          <a href={HREF.runs}>Show all runs</a>, or ask for less.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No run yet">
      <p>
        A run tests one host in eleven stages. Go to the <a href={HREF.hosts}>hosts</a> and press{" "}
        <strong>Start…</strong> on one of them; it is listed here from then on.
      </p>
    </Empty>
  );
}

/** Stays in sight while runs are chosen. The older one is compared with the newer one. */
function CompareBar({ chosen, onClear }: { chosen: readonly RunSummary[]; onClear: () => void }) {
  const [first, second] = [...chosen].sort((a, b) => a.id - b.id);
  if (first === undefined) return null;
  const name = ({ id, hostName }: RunSummary) => `run ${id} of ${hostName}`;
  return (
    <section aria-label="Compare two runs" className="comparebar">
      <p role="status">
        {second === undefined
          ? `Chosen: ${name(first)}. Choose one more to compare it with.`
          : `Chosen: ${name(first)} and ${name(second)}.`}
      </p>
      <span className="grow" />
      <Button onClick={onClear}>Choose none</Button>
      <Button
        kind="primary"
        unable={second === undefined}
        onClick={() => second !== undefined && navigate(HREF.compare(first.id, second.id))}
      >
        Compare
      </Button>
    </section>
  );
}

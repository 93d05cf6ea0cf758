import { useMemo } from "react";
import { type RunDetail, runDetailSchema } from "../../contract/console-api.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Busy } from "../design/busy.tsx";
import { Icon } from "../design/icon.tsx";
import { Problem } from "../design/problem.tsx";
import { CompareFirmware } from "../history/compare-firmware.tsx";
import { CompareGraphs } from "../history/compare-graphs.tsx";
import { CompareHeads } from "../history/compare-heads.tsx";
import { CompareMeasurements } from "../history/compare-measurements.tsx";
import { cautions } from "../history/compare-runs.ts";
import { CompareStages } from "../history/compare-stages.tsx";
import { HREF } from "../route.ts";
import { useStore } from "../store/store.ts";

/** Two runs side by side: how each came out, and where they differ. */
export function ComparePage({ runIds }: { runIds: readonly [number, number] }) {
  const [a, b] = runIds;
  const stale = useStore((state) => state.connection !== "live");
  const first = useRun(a);
  const second = useRun(b);
  const runs = useMemo<readonly [RunDetail, RunDetail] | null>(
    () => (first?.ok === true && second?.ok === true ? [first.value, second.value] : null),
    [first, second],
  );
  return (
    <>
      <div className="row">
        <h1>
          Compare run {a} with run {b}
        </h1>
        <span className="grow" />
        <a className="button" href={HREF.compare(b, a)}>
          Swap
        </a>
        <a className="button" href={HREF.runs}>
          Choose others
        </a>
      </div>
      {[first, second].map((answer, side) =>
        answer?.ok === false ? <Problem key={runIds[side]} failure={answer.failure} /> : null,
      )}
      {(first === null || second === null) && <Busy what="Fetching both runs…" />}
      {runs !== null && (
        <div className={`compare${stale ? " stale" : ""}`}>
          <Cautions runs={runs} />
          <CompareHeads runs={runs} />
          <CompareStages runs={runs} />
          <CompareMeasurements runs={runs} />
          <CompareGraphs runs={runs} />
          <CompareFirmware runIds={runIds} />
        </div>
      )}
    </>
  );
}

/** A run in full, and again whenever the live stream tells that it went on. */
function useRun(runId: number) {
  const version = useStore((state) => {
    for (const { run } of state.hosts?.values() ?? []) {
      if (run?.id === runId) return `${run.state} ${run.stateSince}`;
    }
    return null;
  });
  return useAnswer(`runs/${runId}`, runDetailSchema, version).result;
}

function Cautions({ runs: [a, b] }: { runs: readonly [RunDetail, RunDetail] }) {
  const lines = cautions(a, b);
  if (lines.length === 0) return null;
  return (
    <ul className="records" aria-label="To be kept in mind">
      {lines.map((line) => (
        <li key={line} className="gaps">
          <Icon name="alert" />
          {line}
        </li>
      ))}
    </ul>
  );
}

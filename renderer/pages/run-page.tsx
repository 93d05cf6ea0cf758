import { useEffect } from "react";
import { SensorCharts } from "../charts/sensor-charts.tsx";
import { Problem } from "../design/problem.tsx";
import { loadRun } from "../live/live.ts";
import { BootTimeline } from "../run/boot-timeline.tsx";
import { LogTail } from "../run/log-tail.tsx";
import { Measurements } from "../run/measurements.tsx";
import { RunHeader } from "../run/run-header.tsx";
import { RunFiles, RunRecords } from "../run/run-records.tsx";
import { StageRail } from "../run/stage-rail.tsx";
import { useStore } from "../store/store.ts";

/** One run: what it came to, its stages, its sensors, its log. */
export function RunPage({ runId }: { runId: number; tab: string | null }) {
  const detail = useStore((state) => state.detail);
  const failure = useStore((state) => state.detailFailure);
  const stale = useStore((state) => state.connection !== "live");
  useEffect(() => {
    useStore.getState().openRun(runId);
    void loadRun(runId);
    return () => useStore.getState().openRun(null);
  }, [runId]);
  if (detail?.id !== runId) {
    return failure === null ? (
      <p className="quiet">Fetching run {runId}…</p>
    ) : (
      <Problem failure={failure} />
    );
  }
  return (
    <div className={stale ? "stale" : ""}>
      <RunHeader run={detail} />
      <div className="runbody">
        <section className="stages">
          <h2>Stages</h2>
          <StageRail run={detail} />
        </section>
        <div className="details">
          <BootTimeline run={detail} />
          <RunRecords run={detail} />
          <SensorCharts run={detail} />
          <LogTail />
          <Measurements run={detail} />
          <RunFiles run={detail} />
        </div>
      </div>
    </div>
  );
}

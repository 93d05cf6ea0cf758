import { type ReactNode, useEffect, useState } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import type { StageName } from "../../contract/stages.ts";
import { Graphs } from "../charts/graphs.tsx";
import { Busy } from "../design/busy.tsx";
import { Icon } from "../design/icon.tsx";
import { Problem } from "../design/problem.tsx";
import { type Tab, Tabs } from "../design/tabs.tsx";
import { loadRun } from "../live/live.ts";
import { HREF, navigate } from "../route.ts";
import { Evidence } from "../run/evidence.tsx";
import { Firmware } from "../run/firmware.tsx";
import { HoldPanel } from "../run/hold-panel.tsx";
import { Measurements } from "../run/measurements.tsx";
import { Report } from "../run/report.tsx";
import { RunHeader } from "../run/run-header.tsx";
import { LogErrors, RunLog } from "../run/run-log.tsx";
import { isRunTab, type RunTab, type TabMark, tabMarks } from "../run/run-marks.ts";
import { Overview } from "../run/run-overview.tsx";
import { StageRail } from "../run/stage-rail.tsx";
import { useStore } from "../store/store.ts";

/** One run: what it came to, its stages, and everything that is known of it. */
export function RunPage({ runId, tab }: { runId: number; tab: string | null }) {
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
      <Busy what={`Fetching run ${runId}…`} />
    ) : (
      <>
        <Problem failure={failure} />
        <p>
          <a href={HREF.runs}>All runs</a>
        </p>
      </>
    );
  }
  return (
    <div className={stale ? "run stale" : "run"}>
      <RunParts run={detail} shown={isRunTab(tab) ? tab : "overview"} />
    </div>
  );
}

function RunParts({ run, shown }: { run: RunDetail; shown: RunTab }) {
  const [stage, setStage] = useState<StageName | null>(null);
  const [evidenceId, setEvidenceId] = useState<number | null>(null);
  const show = (tab: RunTab) =>
    navigate(HREF.run(run.id, tab === "overview" ? undefined : tab), { replace: true });
  const marks = tabMarks(run);
  const filter = { stage, onStage: setStage };
  const tabs: Tab<RunTab>[] = [
    {
      id: "overview",
      title: "Overview",
      content: <Overview run={run} onTab={show} />,
    },
    { id: "graphs", title: "Graphs", content: <Graphs run={run} stage={stage} /> },
    {
      id: "log",
      title: "Log",
      mark: <LogErrors />,
      content: <RunLog runId={run.id} {...filter} />,
    },
    { id: "measurements", title: "Measurements", content: <Measurements run={run} {...filter} /> },
    { id: "firmware", title: "Firmware", content: <Firmware run={run} /> },
    {
      id: "evidence",
      title: "Evidence",
      content: <Evidence run={run} openId={evidenceId} onOpen={setEvidenceId} />,
    },
    { id: "report", title: "Report", content: <Report run={run} /> },
  ];
  return (
    <>
      <RunHeader run={run} />
      {run.state === "FailedHolding" && (
        <HoldPanel run={run} brief={shown !== "overview"} onEvidence={setEvidenceId} />
      )}
      <div className="runbody">
        <section className="stages">
          <h2>Stages</h2>
          <StageRail run={run} chosen={stage} onChoose={setStage} />
        </section>
        <div className="details">
          <Tabs
            label={`Run ${run.id}`}
            tabs={tabs.map((tab) => withMark(tab, marks[tab.id]))}
            shown={shown}
            onShow={show}
          />
        </div>
      </div>
    </>
  );
}

function withMark(tab: Tab<RunTab>, mark: TabMark | undefined): Tab<RunTab> {
  return mark === undefined ? tab : { ...tab, mark: <MarkOf mark={mark} /> };
}

/** So many are wrong: a number with an icon, and the words for who cannot see them. */
export function MarkOf({ mark: { count, says, tone } }: { mark: TabMark }): ReactNode {
  return (
    <span className={`badge ${tone}`} title={`${count} ${says}`}>
      <Icon name={tone === "bad" ? "cross" : "alert"} />
      {count}
      <span className="unseen"> {says}</span>
    </span>
  );
}

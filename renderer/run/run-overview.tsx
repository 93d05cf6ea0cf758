import { memo } from "react";
import type { RunDetail } from "../../contract/console-api.ts";
import { isTerminal } from "../../contract/run-state.ts";
import { KeyGraphs } from "../charts/graphs.tsx";
import { BootTimeline } from "./boot-timeline.tsx";
import type { RunTab } from "./run-marks.ts";
import { hasRecords, RunRecords } from "./run-records.tsx";

/** What a reader of the verdict must know, and the graphs that matter most. */
export const Overview = memo(function Overview({
  run,
  onTab,
}: {
  run: RunDetail;
  onTab: (tab: RunTab) => void;
}) {
  return (
    <>
      <BootTimeline run={run} />
      <RunRecords run={run} />
      <KeyGraphs run={run} onAll={() => onTab("graphs")} />
      {isEmpty(run) && (
        <section>
          <h2>Nothing to show yet</h2>
          <p>
            {run.state === "Queued"
              ? "The run waits for its turn; the host goes on as it is."
              : run.state === "WaitingWoL"
                ? "Switch the host on, or see that its network boot comes first in its boot order. Every step of the boot appears here."
                : "Every step of the boot appears here, then the sensors of the host."}
          </p>
        </section>
      )}
    </>
  );
});

function isEmpty(run: RunDetail): boolean {
  return (
    !isTerminal(run.state) && run.boots.length === 0 && run.sensors.length === 0 && !hasRecords(run)
  );
}

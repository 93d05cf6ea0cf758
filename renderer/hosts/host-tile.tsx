import { memo } from "react";
import type { HostSummary, RunSummary } from "../../contract/console-api.ts";
import { isTerminal, occupiesHost, stageNameForState } from "../../contract/run-state.ts";
import { STAGES } from "../../contract/stages.ts";
import {
  STAGE_TITLES,
  stageNumber,
  stageTitle,
  verdictStatus,
} from "../../contract/wording/status-table.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { Icon, StatusBadge } from "../design/icon.tsx";
import { HREF } from "../route.ts";
import { BootSentence } from "../run/boot-timeline.tsx";
import { attentionOf } from "../store/hosts-slice.ts";
import type { HostActions } from "./asked.ts";
import { modelOf, tileStatus } from "./host-status.ts";
import { LastSeen, SilentSince, TimeLeft } from "./live-words.tsx";
import { hostLinkId } from "./scan.ts";
import { MoreButton, StartButton } from "./start-button.tsx";

/** One host as it is read from two metres away: its name, its state, what it needs. */
export const HostTile = memo(function HostTile({
  host,
  onStart,
  onAsk,
}: { host: HostSummary } & HostActions) {
  const { run } = host;
  const status = tileStatus(host);
  return (
    <article
      className={`tile ${status.tone}`}
      data-attention={attentionOf(host)}
      data-host={host.id}
    >
      <header>
        <h3>
          <HostLink host={host} />
          {host.simulated && <span className="chip simulated">Simulated</span>}
        </h3>
        <MoreButton host={host} onAsk={onAsk} />
        <p className="quiet model">{modelOf(host)}</p>
      </header>
      <p className="state" title={status.means}>
        <Icon name={status.icon} />
        {status.word}
      </p>
      {run !== null && <RunLines run={run} />}
      {showsBoot(host) && host.boot !== null && <BootSentence progress={host.boot.progress} />}
      <footer>
        <LastSeen host={host} />
        <span className="grow" />
        {run !== null && (
          <a
            className="button"
            href={HREF.run(run.id)}
            aria-label={`Open run ${run.id} of ${host.name}`}
          >
            Open run
          </a>
        )}
        <StartButton host={host} onStart={onStart} onAsk={onAsk} />
      </footer>
    </article>
  );
});

/** Where Enter leads: to the run, or where there is none to the host's list of runs. The arrows go from one to the next. */
export function HostLink({ host }: { host: HostSummary }) {
  const href = host.run === null ? HREF.runsOf(host.id) : HREF.run(host.run.id);
  return (
    <a id={hostLinkId(host.id)} href={href}>
      {host.name}
    </a>
  );
}

/** How its boot gets on matters while a run waits for it, and where no run tells anything. */
function showsBoot({ run, boot }: HostSummary): boolean {
  if (boot === null) return false;
  if (run === null || !occupiesHost(run.state)) return boot.progress.kind === "under_way";
  return stageNameForState(run.state) === null && !isTerminal(run.state);
}

function RunLines({ run }: { run: RunSummary }) {
  const number = stageNumber(run.state);
  const stage = stageNameForState(run.state);
  return (
    <div className="lines">
      {run.verdict !== null && run.state !== "Passed" && (
        <p>
          Verdict <StatusBadge status={verdictStatus(run.verdict)} />
          {run.failedStage !== null && <> in {stageTitle(run.failedStage)}</>}
        </p>
      )}
      {run.reason !== null && <p className="reason">{run.reason}</p>}
      {stage !== null && number !== null && (
        <>
          <p>
            <strong>{STAGE_TITLES[stage]}</strong> · stage {number} of {STAGES.length}
            <TimeLeft run={run} />
          </p>
          <progress max={STAGES.length} value={number - 1} aria-label="Stages done" />
        </>
      )}
      {occupiesHost(run.state) && <Sparkline runId={run.id} />}
      {run.silentSince !== null && !isTerminal(run.state) && <SilentSince iso={run.silentSince} />}
      {run.warnings.map((warning) => (
        <p key={warning} className="warning">
          <Icon name="alert" />
          {warning}
        </p>
      ))}
    </div>
  );
}

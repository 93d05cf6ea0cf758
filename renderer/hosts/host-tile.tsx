import { memo } from "react";
import type { HostSummary, RunSummary } from "../../contract/console-api.ts";
import { isTerminal, occupiesHost, stageNameForState } from "../../contract/run-state.ts";
import { STAGES } from "../../contract/stages.ts";
import { formatDuration } from "../../contract/wording/format.ts";
import {
  headline,
  STAGE_TITLES,
  type Status,
  stageNumber,
  VERDICT_STATUS,
  verdictStatus,
} from "../../contract/wording/status-table.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { useNow } from "../clock.ts";
import { Icon, StatusBadge } from "../design/icon.tsx";
import { HREF } from "../route.ts";
import { BootSentence } from "../run/boot-timeline.tsx";
import { attentionOf } from "../store/hosts-slice.ts";

const READY: Status = {
  word: "Ready",
  icon: "circle",
  tone: "idle",
  means: "The reporter answers; a run can be started.",
};
const OFFLINE: Status = {
  word: "Offline",
  icon: "plug",
  tone: "idle",
  means: "No reporter answers from this host.",
};

/** The word shown largest: of the run while it matters, else whether the host can be reached. */
export function tileStatus(host: Pick<HostSummary, "run" | "online">): Status {
  const { run } = host;
  // A hold that was cancelled has failed all the same: the host must not look fit.
  if (run?.state === "Cancelled" && run.verdict === "fail") return VERDICT_STATUS.fail;
  if (run === null || run.state === "Cancelled") return host.online ? READY : OFFLINE;
  return headline(run);
}

export const HostTile = memo(function HostTile({
  host,
  onStart,
}: {
  host: HostSummary;
  onStart: (hostId: number) => void;
}) {
  const { run } = host;
  const status = tileStatus(host);
  const model = [host.vendor, host.product].filter((part) => part !== null).join(" ");
  return (
    <article className={`tile ${status.tone}`} data-attention={attentionOf(host)}>
      <header>
        <h3>
          {run === null ? host.name : <a href={HREF.run(run.id)}>{host.name}</a>}
          {host.simulated && <span className="chip simulated">Simulated</span>}
        </h3>
        <p className="quiet">{model === "" ? host.macs.join(", ") : model}</p>
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
          <a className="button" href={HREF.run(run.id)}>
            Open run
          </a>
        )}
        {(run === null || !occupiesHost(run.state)) && (
          <button
            type="button"
            className={host.online ? "primary" : ""}
            onClick={() => onStart(host.id)}
          >
            {host.online ? "Start…" : "Bring it in…"}
          </button>
        )}
      </footer>
    </article>
  );
});

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
          {run.failedStage !== null && <> in {run.failedStage}</>}
        </p>
      )}
      {run.reason !== null && <p className="reason">{run.reason}</p>}
      {stage !== null && number !== null && (
        <>
          <p>
            <strong>{STAGE_TITLES[stage]}</strong> · stage {number} of {STAGES.length}
            {run.remainingSeconds !== null && <> · {formatDuration(run.remainingSeconds)} left</>}
          </p>
          <progress max={STAGES.length} value={number - 1} aria-label="Stages done" />
          <Sparkline runId={run.id} />
        </>
      )}
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

export function SilentSince({ iso }: { iso: string }) {
  return (
    <p className="bad silent">
      <Icon name="alert" />
      Silent since {formatDuration((useNow() - Date.parse(iso)) / 1000)}
    </p>
  );
}

function LastSeen({ host }: { host: HostSummary }) {
  const now = useNow();
  if (host.lastSeen === null) return <span className="quiet">never seen</span>;
  const seconds = (now - Date.parse(host.lastSeen)) / 1000;
  return (
    <span className="quiet">
      {seconds < 60 ? "seen just now" : `seen ${formatDuration(seconds)} ago`}
    </span>
  );
}

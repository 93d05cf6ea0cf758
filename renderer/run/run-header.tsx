import type { RunDetail } from "../../contract/console-api.ts";
import { isTerminal, stageNameForState } from "../../contract/run-state.ts";
import { STAGES } from "../../contract/stages.ts";
import { formatDuration, secondsBetween } from "../../contract/wording/format.ts";
import {
  headline,
  STAGE_TITLES,
  stageNumber,
  verdictStatus,
} from "../../contract/wording/status-table.ts";
import { useNow } from "../clock.ts";
import { Copyable } from "../design/copyable.tsx";
import { Icon, StatusBadge } from "../design/icon.tsx";
import { SilentSince } from "../hosts/live-words.tsx";
import { useStore } from "../store/store.ts";
import { RunActions } from "./run-actions.tsx";

/** Is anything wrong, where, and what can be done. */
export function RunHeader({ run }: { run: RunDetail }) {
  const status = headline(run);
  const stage = stageNameForState(run.state);
  const simulated = useStore((state) => state.hosts?.get(run.hostId)?.simulated ?? false);
  return (
    <section className={`runhead ${status.tone}`}>
      <div className="row">
        <h1>{run.hostName}</h1>
        {simulated && <span className="chip simulated">Simulated</span>}
        <span className="chip">{run.profile}</span>
        <span className="chip">{run.nonDestructive ? "non-destructive" : "destructive"}</span>
        <span className="quiet">run {run.id}</span>
        <span className="grow" />
        <RunActions run={run} />
      </div>
      <p className="state">
        <Icon name={status.icon} />
        {status.word}
        {stage !== null && (
          <small>
            {STAGE_TITLES[stage]}, stage {stageNumber(run.state)} of {STAGES.length}
          </small>
        )}
      </p>
      <p>
        {run.verdict !== null && (
          <>
            Verdict <StatusBadge status={verdictStatus(run.verdict)} />
            {run.failedStage !== null && <> in {run.failedStage}</>} ·{" "}
          </>
        )}
        {status.means}
      </p>
      <Blame run={run} />
      {run.reason !== null && <p className="reason">{run.reason}</p>}
      {run.silentSince !== null && !isTerminal(run.state) && <SilentSince iso={run.silentSince} />}
      {run.warnings.map((warning) => (
        <p key={warning} className="warning">
          <Icon name="alert" />
          {warning}
        </p>
      ))}
      {run.access !== null && <Access access={run.access} />}
      <Times run={run} />
    </section>
  );
}

/** How to get into the held host, and the host key to compare before one does. */
function Access({ access }: { access: NonNullable<RunDetail["access"]> }) {
  const { user, addresses, port, hostKeyFingerprint } = access;
  const portOption = port === 22 ? "" : `-p ${port} `;
  return (
    <div className="row">
      {addresses.map((address) => (
        <Copyable
          key={address}
          text={`ssh ${portOption}${user}@${address}`}
          label={`the SSH command for ${address}`}
        />
      ))}
      <span className="quiet">
        host key <code>{hostKeyFingerprint}</code>
      </span>
    </div>
  );
}

/** The part to pull, named as it is printed on the board. */
function Blame({ run }: { run: RunDetail }) {
  if (run.failedStage === null) return null;
  const attempt = run.stages.filter(({ stage }) => stage === run.failedStage).at(-1);
  return attempt?.blame.map(({ part, slot, model, serial }) => (
    <p key={`${part} ${slot} ${serial}`} className="blame">
      <Icon name="cross" />
      <strong>{part}</strong>
      {slot !== null && slot !== part && <span>slot {slot}</span>}
      {model !== null && <span>{model}</span>}
      {serial !== null && <span>serial {serial}</span>}
    </p>
  ));
}

function Times({ run }: { run: RunDetail }) {
  const now = useNow();
  const started = run.startedAt ?? run.createdAt;
  const over = secondsBetween(started, run.endedAt);
  const elapsed = over ?? (now - Date.parse(started)) / 1000;
  const left = run.remainingSeconds === null ? null : run.remainingSeconds;
  return (
    <p className="quiet times">
      <span>
        {over === null ? "running for" : "took"} <strong>{formatDuration(elapsed)}</strong>
      </span>
      {left !== null && (
        <span>
          about <strong>{formatDuration(left)}</strong> left
        </span>
      )}
      {run.state === "FailedHolding" && (
        <span>
          holding for <strong>{formatDuration((now - Date.parse(run.stateSince)) / 1000)}</strong>{" "}
          (a hold never expires)
        </span>
      )}
      {run.operator !== null && <span>by {run.operator}</span>}
      {run.ticket !== null && <span>ticket {run.ticket}</span>}
      <span>after a pass: {run.afterPass === "reboot" ? "reboot" : "power off"}</span>
      <span>{run.spec === null ? "no spec" : `spec ${run.spec}`}</span>
    </p>
  );
}

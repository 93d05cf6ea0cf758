import { memo } from "react";
import type { HostSummary } from "../../contract/console-api.ts";
import { isTerminal, stageNameForState } from "../../contract/run-state.ts";
import { STAGES } from "../../contract/stages.ts";
import { STAGE_TITLES, stageNumber } from "../../contract/wording/status-table.ts";
import { StatusBadge } from "../design/icon.tsx";
import type { HostActions } from "./asked.ts";
import { modelOf, tileStatus } from "./host-status.ts";
import { HostLink } from "./host-tile.tsx";
import { LastSeen, SilentSince, TimeLeft } from "./live-words.tsx";
import { MoreButton, StartButton } from "./start-button.tsx";

/** The hosts a line each, for a lab that is too large for tiles. */
export function HostList({
  hosts,
  onStart,
  onAsk,
}: { hosts: readonly HostSummary[] } & HostActions) {
  return (
    <table className="hostlist">
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col">State</th>
          <th scope="col">Run</th>
          <th scope="col">Model</th>
          <th scope="col">Serial</th>
          <th scope="col">Last seen</th>
          <th scope="col">
            <span className="unseen">What can be done</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {hosts.map((host) => (
          <HostRow key={host.id} host={host} onStart={onStart} onAsk={onAsk} />
        ))}
      </tbody>
    </table>
  );
}

const HostRow = memo(function HostRow({
  host,
  onStart,
  onAsk,
}: { host: HostSummary } & HostActions) {
  return (
    <tr data-host={host.id}>
      <th scope="row">
        <HostLink host={host} />{" "}
        {host.simulated && <span className="chip simulated">Simulated</span>}
      </th>
      <td>
        <StatusBadge status={tileStatus(host)} />
      </td>
      <td>
        <RunCell host={host} />
      </td>
      <td>{modelOf(host)}</td>
      <td className="serial">{host.serial ?? "–"}</td>
      <td>
        <LastSeen host={host} />
      </td>
      <td className="rowactions">
        <StartButton host={host} onStart={onStart} onAsk={onAsk} />
        <MoreButton host={host} onAsk={onAsk} />
      </td>
    </tr>
  );
});

/** Where the run is, or why it is no further. */
function RunCell({ host: { run } }: { host: HostSummary }) {
  if (run === null) return <span className="quiet">never vetted</span>;
  const stage = stageNameForState(run.state);
  return (
    <>
      {stage !== null && (
        <>
          {STAGE_TITLES[stage]} · {stageNumber(run.state)} of {STAGES.length}
          <TimeLeft run={run} />
        </>
      )}
      {run.reason !== null && <span className="reason">{run.reason}</span>}
      {run.silentSince !== null && !isTerminal(run.state) && <SilentSince iso={run.silentSince} />}
    </>
  );
}

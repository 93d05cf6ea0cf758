import type { HostSummary } from "../../contract/console-api.ts";
import { occupiesHost } from "../../contract/run-state.ts";
import type { HostActions } from "./asked.ts";

/** Starts a run; of a host that is offline it says what to do instead. None while a run occupies the host. */
export function StartButton({ host, onStart, onAsk }: { host: HostSummary } & HostActions) {
  if (host.run !== null && occupiesHost(host.run.state)) return null;
  const label = `Start a run on ${host.name}`;
  if (host.online) {
    return (
      <button type="button" className="primary" title={label} onClick={() => onStart(host.id)}>
        Start…
      </button>
    );
  }
  return (
    <button
      type="button"
      aria-disabled="true"
      aria-haspopup="dialog"
      title="The host is offline: what to do instead"
      onClick={(event) => onAsk({ what: "offline", hostId: host.id, button: event.currentTarget })}
    >
      Start…
    </button>
  );
}

export function MoreButton({ host, onAsk }: { host: HostSummary } & Pick<HostActions, "onAsk">) {
  return (
    <button
      type="button"
      className="plain more"
      aria-haspopup="menu"
      aria-label={`More for ${host.name}`}
      onClick={(event) => onAsk({ what: "menu", hostId: host.id, button: event.currentTarget })}
    >
      ⋯
    </button>
  );
}

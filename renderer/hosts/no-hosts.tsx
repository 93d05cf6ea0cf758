import { Busy } from "../design/busy.tsx";
import { QuickCommand } from "../design/copyable.tsx";
import { Empty } from "../design/empty.tsx";
import { macOf } from "./find-host.ts";
import { ATTENTION_WORDS } from "./host-status.ts";
import { useHostsView } from "./hosts-view.ts";

/**
 * A console that knows no host yet.
 * @param labUrl null when the console has no lab address, undefined before it has said
 */
export function NoHostYet({ labUrl }: { labUrl: string | null | undefined }) {
  return (
    <Empty title="No host yet">
      <p>On a machine with a system, run this as a user who may use sudo:</p>
      {labUrl === undefined ? (
        <Busy what="Asking for the lab address…" />
      ) : (
        <QuickCommand labUrl={labUrl} />
      )}
      <p>
        A machine without a system: let it boot from the network, and adopt it below when it
        appears, or add it by the MAC on its label.
      </p>
      <button type="button" onClick={() => useHostsView.getState().setAddMac("")}>
        Add by MAC…
      </button>
    </Empty>
  );
}

/** There are hosts, but none that was asked for. */
export function NothingFound() {
  const { query, filter, showAll, setAddMac } = useHostsView();
  const mac = macOf(query);
  return (
    <Empty title="No host matches">
      <p>
        {query.trim() !== "" && (
          <>
            Nothing is known by <strong>{query.trim()}</strong>
            {filter === null
              ? ". "
              : ` among hosts that are ${ATTENTION_WORDS[filter].toLowerCase()}. `}
            It was looked for in names, models, serial numbers, MAC addresses and notes.
          </>
        )}
        {query.trim() === "" && filter !== null && (
          <>No host is {ATTENTION_WORDS[filter].toLowerCase()} any more.</>
        )}
      </p>
      <div className="row">
        <button type="button" className="primary" onClick={showAll}>
          Show all hosts
        </button>
        {mac !== null && (
          <button type="button" onClick={() => setAddMac(mac)}>
            Add a host with this MAC…
          </button>
        )}
      </div>
    </Empty>
  );
}

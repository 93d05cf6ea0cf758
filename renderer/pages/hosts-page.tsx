import { useCallback, useEffect, useMemo, useState } from "react";
import { Busy } from "../design/busy.tsx";
import { AddHostDialog } from "../hosts/add-host-dialog.tsx";
import type { Asked } from "../hosts/asked.ts";
import { DiscoveredMachines } from "../hosts/discovered.tsx";
import { DoctorStrip } from "../hosts/doctor-strip.tsx";
import { EditHostDialog } from "../hosts/edit-host-dialog.tsx";
import { matchesQuery } from "../hosts/find-host.ts";
import { HostList } from "../hosts/host-list.tsx";
import { HostPopup } from "../hosts/host-popups.tsx";
import { HostTile } from "../hosts/host-tile.tsx";
import { HostsToolbar } from "../hosts/hosts-toolbar.tsx";
import { useHostsView } from "../hosts/hosts-view.ts";
import { NoHostYet, NothingFound } from "../hosts/no-hosts.tsx";
import { moveBetweenHosts } from "../hosts/tile-keys.ts";
import { usePreferences } from "../shell/preferences.ts";
import { StartDialog } from "../start/start-dialog.tsx";
import { attentionOf, countByAttention, sortedHosts } from "../store/hosts-slice.ts";
import { useStore } from "../store/store.ts";

type Opened = { readonly what: "start" | "edit"; readonly hostId: number };

/** Home: every host, those that need attention first. */
export function HostsPage() {
  const hosts = useStore((state) => state.hosts);
  // Undefined until the console has said it.
  const labUrl = useStore((state) => state.doctor?.labUrl);
  const blocked = useStore((state) => state.doctor?.ok === false);
  const stale = useStore((state) => state.connection !== "live");
  const { query, filter, addMac, setAddMac } = useHostsView();
  const view = usePreferences(({ hostsView }) => hostsView);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [asked, onAsk] = useState<Asked | null>(null);
  const sorted = useMemo(() => sortedHosts(hosts?.values() ?? []), [hosts]);
  const counts = useMemo(() => countByAttention(sorted), [sorted]);
  const shown = useMemo(
    () =>
      sorted.filter(
        (host) =>
          (filter === null || attentionOf(host) === filter) &&
          (query.trim() === "" || matchesQuery(host, query.trim())),
      ),
    [sorted, filter, query],
  );
  const onStart = useCallback((hostId: number) => setOpened({ what: "start", hostId }), []);
  const onEdit = useCallback((hostId: number) => setOpened({ what: "edit", hostId }), []);
  useTileKeys();
  const openedHost = opened === null ? undefined : hosts?.get(opened.hostId);
  const askedHost = asked === null ? undefined : hosts?.get(asked.hostId);
  return (
    <>
      <h1>Hosts</h1>
      {blocked && <DoctorStrip />}
      {hosts === null && <Busy what="Waiting for the console…" />}
      {hosts !== null && hosts.size > 0 && <HostsToolbar counts={counts} />}
      {hosts?.size === 0 && <NoHostYet labUrl={labUrl} />}
      {sorted.length > 0 && shown.length === 0 && <NothingFound />}
      {shown.length > 0 && (
        <div className={`${view === "list" ? "listed" : "tiles"}${stale ? " stale" : ""}`}>
          {view === "list" ? (
            <HostList hosts={shown} onStart={onStart} onAsk={onAsk} />
          ) : (
            shown.map((host) => (
              <HostTile key={host.id} host={host} onStart={onStart} onAsk={onAsk} />
            ))
          )}
        </div>
      )}
      <DiscoveredMachines onAdopt={setAddMac} />
      {asked !== null && askedHost !== undefined && (
        <HostPopup
          asked={asked}
          host={askedHost}
          labUrl={labUrl ?? null}
          onClose={() => onAsk(null)}
          onStart={onStart}
          onEdit={onEdit}
        />
      )}
      {opened?.what === "start" && openedHost !== undefined && (
        <StartDialog key={openedHost.id} host={openedHost} onClose={() => setOpened(null)} />
      )}
      {opened?.what === "edit" && openedHost !== undefined && (
        <EditHostDialog key={openedHost.id} host={openedHost} onClose={() => setOpened(null)} />
      )}
      {addMac !== null && <AddHostDialog mac={addMac} onClose={() => setAddMac(null)} />}
    </>
  );
}

/** Arrows between hosts, as long as this screen is shown. */
function useTileKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
      if (moveBetweenHosts(event)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

import { useCallback, useMemo, useState } from "react";
import { QuickCommand } from "../design/copyable.tsx";
import { AddHostDialog } from "../hosts/add-host-dialog.tsx";
import { DoctorStrip } from "../hosts/doctor-strip.tsx";
import { HostTile } from "../hosts/host-tile.tsx";
import { StartDialog } from "../start/start-dialog.tsx";
import { sortedHosts } from "../store/hosts-slice.ts";
import { useStore } from "../store/store.ts";

/** Home: every host, those that need attention first. */
export function HostsPage() {
  const hosts = useStore((state) => state.hosts);
  const labUrl = useStore((state) => state.doctor?.labUrl ?? null);
  const stale = useStore((state) => state.connection !== "live");
  const [startId, setStartId] = useState<number | null>(null);
  const [addMac, setAddMac] = useState<string | null>(null);
  const sorted = useMemo(() => sortedHosts(hosts?.values() ?? []), [hosts]);
  const onStart = useCallback((hostId: number) => setStartId(hostId), []);
  const startHost = startId === null ? undefined : hosts?.get(startId);
  return (
    <>
      <DoctorStrip />
      <div className="row">
        <h1>Hosts</h1>
        <span className="grow" />
        <button type="button" onClick={() => setAddMac("")}>
          Add by MAC…
        </button>
      </div>
      {hosts === null && <p className="quiet">Waiting for the console…</p>}
      <div className={`tiles${stale ? " stale" : ""}`}>
        {sorted.map((host) => (
          <HostTile key={host.id} host={host} onStart={onStart} />
        ))}
      </div>
      {hosts?.size === 0 && (
        <section className="empty">
          <h2>No host yet</h2>
          <p>On a machine with a system, run this as a user who may use sudo:</p>
          <QuickCommand labUrl={labUrl} />
          <p>
            A machine without a system: let it boot from the network, and adopt it below when it
            appears, or add it by the MAC on its label.
          </p>
        </section>
      )}
      <Discovered onAdopt={setAddMac} />
      {startHost !== undefined && (
        <StartDialog key={startHost.id} host={startHost} onClose={() => setStartId(null)} />
      )}
      {addMac !== null && <AddHostDialog mac={addMac} onClose={() => setAddMac(null)} />}
    </>
  );
}

/** Machines that asked for a boot script and that nobody has named yet. */
function Discovered({ onAdopt }: { onAdopt: (mac: string) => void }) {
  const discovered = useStore((state) => state.discovered);
  if (discovered.length === 0) return null;
  return (
    <section>
      <h2>Discovered</h2>
      <p className="quiet">These machines booted from the network and are not known yet.</p>
      <table>
        <thead>
          <tr>
            <th scope="col">MAC</th>
            <th scope="col">UUID</th>
            <th scope="col">Firmware</th>
            <th scope="col">Last seen</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {discovered.map(({ mac, uuid, platform, lastSeen }) => (
            <tr key={mac}>
              <td>
                <code>{mac}</code>
              </td>
              <td>{uuid ?? "–"}</td>
              <td>{platform ?? "–"}</td>
              <td>{new Date(lastSeen).toLocaleTimeString()}</td>
              <td>
                <button type="button" aria-label={`Adopt ${mac}`} onClick={() => onAdopt(mac)}>
                  Adopt…
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

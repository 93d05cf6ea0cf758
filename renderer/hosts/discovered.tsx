import { Words } from "../design/words.tsx";
import { useStore } from "../store/store.ts";

/** Machines that asked for a boot script and that nobody has named yet. */
export function DiscoveredMachines({ onAdopt }: { onAdopt: (mac: string) => void }) {
  const discovered = useStore((state) => state.discovered);
  if (discovered.length === 0) return null;
  return (
    <section aria-labelledby="discovered">
      <h2 id="discovered">
        Discovered <span className="quiet">{discovered.length}</span>
      </h2>
      <p className="quiet">These machines booted from the network and are not known yet.</p>
      <table>
        <thead>
          <tr>
            <th scope="col">MAC</th>
            <th scope="col">UUID</th>
            <th scope="col">Firmware</th>
            <th scope="col">First seen</th>
            <th scope="col">Last seen</th>
            <th scope="col">
              <span className="unseen">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {discovered.map(({ mac, uuid, platform, firstSeen, lastSeen }) => (
            <tr key={mac}>
              <td>
                <code>{mac}</code>
              </td>
              <td>
                <Words text={uuid ?? "–"} />
              </td>
              <td>{platform ?? "–"}</td>
              <td>{new Date(firstSeen).toLocaleTimeString()}</td>
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

import type { Preflight } from "../../contract/start-api.ts";
import { formatQuantity } from "../../contract/wording/format.ts";
import { Icon } from "../design/icon.tsx";
import { Words } from "../design/words.tsx";

/** The disks of the last inventory: which of them a destructive run writes over. */
export function DisksAtRisk({ disks }: { disks: Preflight["disks"] | undefined }) {
  // While they are asked for nothing is claimed of them.
  if (disks === undefined) return <p>Every free disk of this host will be written over.</p>;
  if (disks === null) {
    return (
      <p>
        <strong>Every free disk of this host will be written over.</strong> Which ones is not known
        yet: it has had no inventory.
      </p>
    );
  }
  const asOf = new Date(disks.asOf).toLocaleString(undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return (
    <>
      <p>
        <strong>What is on these disks is lost</strong>{" "}
        <span className="quiet">as of the inventory of {asOf}</span>
      </p>
      <table className="disks">
        <thead>
          <tr>
            <th scope="col">Disk</th>
            <th scope="col">Model</th>
            <th scope="col">Serial</th>
            <th scope="col" className="num">
              Size
            </th>
            <th scope="col">In the run</th>
          </tr>
        </thead>
        <tbody>
          {disks.list.map(({ name, model, serial, sizeBytes, inUse }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{model ?? "unknown"}</td>
              <td>
                <Words text={serial ?? "unknown"} />
              </td>
              <td className="num">{formatQuantity(sizeBytes, "By")}</td>
              <td>
                {inUse === null ? (
                  <strong className="badge bad">
                    <Icon name="alert" />
                    written over
                  </strong>
                ) : (
                  `left alone while it is in use: ${inUse}`
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {disks.list.length === 0 && <p className="quiet">It had no disk.</p>}
    </>
  );
}

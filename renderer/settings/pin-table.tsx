import { FIRMWARE_COMPONENTS } from "../../contract/firmware.ts";
import { ChoiceField, Field } from "./field.tsx";
import type { ListDraft } from "./use-list.ts";

/** The firmware versions that a spec demands. */
export function PinTable({
  list,
  index,
  spec,
  pins,
}: {
  list: ListDraft;
  /** Of the spec. */
  index: number;
  spec: string;
  pins: unknown;
}) {
  const rows = Array.isArray(pins) ? (pins as Record<string, unknown>[]) : [];
  const put = (next: unknown[]) =>
    list.set(index, ["firmware"], next.length === 0 ? undefined : next);
  return (
    <>
      {rows.length === 0 && <p className="quiet">No version is pinned.</p>}
      {rows.length > 0 && (
        <table className="pins">
          <thead>
            <tr>
              <th scope="col">Component</th>
              <th scope="col">Item</th>
              <th scope="col">Version</th>
              <td />
            </tr>
          </thead>
          <tbody key={rows.length}>
            {rows.map((pin, row) => {
              const field = (key: string, label: string) => ({
                label: `${label} of pin ${row + 1} of ${spec}`,
                hideLabel: true,
                path: ["vetting", "specs", index, "firmware", row, key],
                value: pin[key],
                onChange: (next: unknown) => list.set(index, ["firmware", row, key], next),
              });
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: pins have no name; the body is new when one comes or goes.
                <tr key={row}>
                  <td>
                    <ChoiceField
                      {...field("component", "Component")}
                      choices={FIRMWARE_COMPONENTS}
                    />
                  </td>
                  <td>
                    <Field {...field("identifier", "Item")} kind="text" placeholder="every one" />
                  </td>
                  <td>
                    <Field {...field("version", "Version")} kind="text" />
                  </td>
                  <td>
                    <button
                      type="button"
                      aria-label={`Remove pin ${row + 1} of ${spec}`}
                      onClick={() => put(rows.toSpliced(row, 1))}
                    >
                      Remove
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <div className="row">
        <button type="button" onClick={() => put([...rows, { component: "bios", version: "" }])}>
          Add a pin
        </button>
      </div>
    </>
  );
}

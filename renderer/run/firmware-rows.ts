import type { FirmwareDiffRow, FirmwareRow, SnapshotDiffRow } from "../../contract/firmware.ts";

/** The part of a firmware diff's answer that is read here; `expected` is the pin or the other run's version. */
export interface DiffRow {
  readonly kind: FirmwareDiffRow["kind"] | SnapshotDiffRow["kind"];
  readonly component: FirmwareRow["component"];
  readonly identifier: string | null;
  readonly expected: string | null;
}

/** How an item stands to its pin: `unpinned` when the spec says nothing of it. */
export type PinStanding = FirmwareDiffRow["kind"] | "unpinned";

export interface FirmwareLine {
  readonly key: string;
  readonly component: FirmwareRow["component"];
  /** Null: a pin of a whole component that the host has nothing of. */
  readonly identifier: string | null;
  /** Null: this run has no such item. */
  readonly found: FirmwareRow | null;
  /** Null: there is no spec to compare with. */
  readonly pin: { readonly standing: PinStanding; readonly version: string | null } | null;
  /** Null: no other run was chosen. */
  readonly other: {
    readonly kind: SnapshotDiffRow["kind"];
    readonly version: string | null;
  } | null;
}

/**
 * One line an item: what was found, beside its pin and beside another run. Pins that match nothing, and items that
 * only the other run has, are lines of their own. What differs comes first.
 */
export function firmwareLines(
  snapshot: readonly FirmwareRow[],
  pins: readonly DiffRow[] | null,
  other: readonly DiffRow[] | null,
): FirmwareLine[] {
  const keyOf = (row: { component: string; identifier: string | null }) =>
    `${row.component} ${row.identifier ?? "any"}`;
  const pinned = new Map(pins?.map((row) => [keyOf(row), row]));
  const compared = new Map(other?.map((row) => [keyOf(row), row]));
  const found = new Map(snapshot.map((row) => [keyOf(row), row]));
  const keys = new Set([...found.keys(), ...pinned.keys(), ...compared.keys()]);
  const lines = [...keys].map((key): FirmwareLine => {
    const row = found.get(key) ?? null;
    const pin = pinned.get(key);
    const was = compared.get(key);
    const { component, identifier } = (row ?? pin ?? was)!;
    return {
      key,
      component,
      identifier,
      found: row,
      pin:
        pins === null
          ? null
          : pin === undefined
            ? { standing: "unpinned", version: null }
            : { standing: pin.kind as PinStanding, version: pin.expected },
      other:
        other === null || was === undefined
          ? null
          : { kind: was.kind as SnapshotDiffRow["kind"], version: was.expected },
    };
  });
  return lines.sort((a, b) => Number(differs(b)) - Number(differs(a)));
}

/** Something about the item wants a look: it is not what the pin or the other run says, or nobody could read it. */
export function differs({ found, pin, other }: FirmwareLine): boolean {
  return (
    (found !== null && found.version === null) ||
    (pin !== null && pin.standing !== "match" && pin.standing !== "unpinned") ||
    (other !== null && other.kind !== "same")
  );
}

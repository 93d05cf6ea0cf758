import { z } from "zod";

export const FIRMWARE_COMPONENTS = ["bios", "bmc", "nic", "nvme", "hba", "microcode"] as const;
export const firmwareComponentSchema = z.enum(FIRMWARE_COMPONENTS);

/** One row of a snapshot: one component of the host, or the reason why it could not be read. */
export const firmwareRowSchema = z.object({
  component: firmwareComponentSchema,
  /** What tells this item from its siblings: serial, PCI address or interface; `system` for one of a kind. */
  identifier: z.string().min(1).max(128),
  /** Other names by which a pin may mean the item: interface, serial, slot. */
  aliases: z.array(z.string().max(128)).max(8).default([]),
  vendor: z.string().max(128).nullable().default(null),
  model: z.string().max(128).nullable().default(null),
  /** Null when the probe could not read it; then `problem` says why. */
  version: z.string().max(128).nullable(),
  date: z.string().max(64).nullable().default(null),
  problem: z.string().max(500).nullable().default(null),
});
export type FirmwareRow = z.infer<typeof firmwareRowSchema>;

/** A version that a spec demands: of one item, or without identifier of all items of a component. */
export const firmwarePinSchema = z.strictObject({
  component: firmwareComponentSchema,
  /** Serial, PCI address, interface or model. */
  identifier: z.string().min(1).optional(),
  version: z.string().min(1),
});
export type FirmwarePin = z.infer<typeof firmwarePinSchema>;

export const FIRMWARE_DIFF_KINDS = ["match", "mismatch", "unread", "missing"] as const;
export interface FirmwareDiffRow {
  readonly kind: (typeof FIRMWARE_DIFF_KINDS)[number];
  readonly component: FirmwareRow["component"];
  /** The item's identifier; for `missing` the pin's, or null when it has none. */
  readonly identifier: string | null;
  readonly expected: string;
  /** Null when unread or missing. */
  readonly actual: string | null;
}

function pinMeans(pin: FirmwarePin, row: FirmwareRow): boolean {
  if (pin.component !== row.component) return false;
  if (pin.identifier === undefined) return true;
  const wanted = pin.identifier.toLowerCase();
  const names = [row.identifier, ...row.aliases, ...(row.model === null ? [] : [row.model])];
  return names.some((name) => name.toLowerCase() === wanted);
}

/**
 * Compares a snapshot with the pins of a spec. A pin with an identifier applies to that item alone;
 * one without fans out across all items of its component, except those that a pin of their own names.
 * A pin that matches nothing is `missing`, and anything but `match` is a mismatch of the host.
 */
export function diffFirmware(
  pins: readonly FirmwarePin[],
  snapshot: readonly FirmwareRow[],
): FirmwareDiffRow[] {
  const named = (row: FirmwareRow) =>
    pins.some((pin) => pin.identifier !== undefined && pinMeans(pin, row));
  return pins.flatMap((pin): FirmwareDiffRow[] => {
    const meant = snapshot.filter((row) => pinMeans(pin, row));
    if (meant.length === 0) {
      const identifier = pin.identifier ?? null;
      return [
        {
          kind: "missing",
          component: pin.component,
          identifier,
          expected: pin.version,
          actual: null,
        },
      ];
    }
    return meant
      .filter((row) => pin.identifier !== undefined || !named(row))
      .map((row) => ({
        kind: row.version === null ? "unread" : row.version === pin.version ? "match" : "mismatch",
        component: row.component,
        identifier: row.identifier,
        expected: pin.version,
        actual: row.version,
      }));
  });
}

export interface SnapshotDiffRow {
  readonly kind: "same" | "changed" | "removed" | "added";
  readonly component: FirmwareRow["component"];
  readonly identifier: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Compares two snapshots item by item (component + identifier): an earlier run, or another host. */
export function diffSnapshots(
  before: readonly FirmwareRow[],
  after: readonly FirmwareRow[],
): SnapshotDiffRow[] {
  const key = (row: FirmwareRow) => `${row.component} ${row.identifier}`;
  const old = new Map(before.map((row) => [key(row), row]));
  const rows = after.map((row): SnapshotDiffRow => {
    const was = old.get(key(row));
    old.delete(key(row));
    return {
      kind: was === undefined ? "added" : was.version === row.version ? "same" : "changed",
      component: row.component,
      identifier: row.identifier,
      before: was?.version ?? null,
      after: row.version,
    };
  });
  const removed = [...old.values()].map(
    (row): SnapshotDiffRow => ({
      kind: "removed",
      component: row.component,
      identifier: row.identifier,
      before: row.version,
      after: null,
    }),
  );
  return [...rows, ...removed];
}

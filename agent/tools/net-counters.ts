import type { HostFiles } from "./command.ts";

/** The kernel's counters of one interface since it came up. */
export interface NicCounters {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Error counters by the kernel's names: rx_crc_errors, rx_missed_errors, tx_carrier_errors … */
  readonly errors: ReadonlyMap<string, number>;
}

/** Counters that rise on a bad cable, transceiver, port or driver. `rx_dropped` does not: it counts unknown protocols. */
const ERROR_FILES = [
  "rx_errors",
  "tx_errors",
  "rx_crc_errors",
  "rx_frame_errors",
  "rx_length_errors",
  "rx_missed_errors",
  "rx_fifo_errors",
  "rx_over_errors",
  "tx_carrier_errors",
  "tx_fifo_errors",
  "tx_aborted_errors",
  "collisions",
];

/**
 * Bytes from /proc/net/dev, which always shows this process's network namespace; errors in detail from
 * sysfs where that shows the interface too. Null when there is no such interface.
 */
export async function readNicCounters(files: HostFiles, nic: string): Promise<NicCounters | null> {
  const row = parseProcNetDev((await files.readText("/proc/net/dev")) ?? "").get(nic);
  if (row === undefined) return null;
  const errors = new Map(row.errors);
  const folder = `/sys/class/net/${nic}`;
  for (const name of ERROR_FILES) {
    const text = (await files.readText(`${folder}/statistics/${name}`))?.trim();
    if (text !== undefined && /^\d+$/.test(text)) errors.set(name, Number(text));
  }
  const changes = (await files.readText(`${folder}/carrier_changes`))?.trim();
  if (changes !== undefined && /^\d+$/.test(changes))
    errors.set("carrier_changes", Number(changes));
  return { ...row, errors };
}

export function parseProcNetDev(text: string): ReadonlyMap<string, NicCounters> {
  const rows = new Map<string, NicCounters>();
  for (const line of text.split("\n")) {
    const match = /^\s*(\S+?):\s*(\d[\d\s]*)$/.exec(line);
    if (match === null) continue;
    const cells = (match[2] ?? "").trim().split(/\s+/).map(Number);
    const at = (index: number) => cells[index] ?? 0;
    rows.set(match[1] ?? "", {
      receivedBytes: at(0),
      sentBytes: at(8),
      errors: new Map([
        ["rx_errors", at(2)],
        ["rx_fifo_errors", at(4)],
        ["rx_frame_errors", at(5)],
        ["tx_errors", at(10)],
        ["tx_fifo_errors", at(12)],
        ["collisions", at(13)],
        ["tx_carrier_errors", at(14)],
      ]),
    });
  }
  return rows;
}

/** Which counters rose, and by how much. */
export function risenErrors(before: NicCounters, after: NicCounters): ReadonlyMap<string, number> {
  const risen = new Map<string, number>();
  for (const [name, value] of after.errors) {
    const delta = value - (before.errors.get(name) ?? value);
    if (delta > 0) risen.set(name, delta);
  }
  return risen;
}

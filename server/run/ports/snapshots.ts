/** What a host was found to be: its inventory and its firmware. */
import type { FirmwareRow } from "../../../contract/firmware.ts";
import type { Inventory } from "../../../contract/inventory.ts";

export interface FirmwareRepository {
  /** Replaces the run's snapshot: one row a component. */
  replace(runId: number, rows: readonly FirmwareRow[]): void;
  /** Null when the run has posted none. */
  get(runId: number): FirmwareRow[] | null;
  /** The last snapshot of the host over all its runs. */
  latestOfHost(hostId: number): { readonly runId: number; readonly rows: FirmwareRow[] } | null;
}

export interface InventoryRepository {
  put(runId: number, inventory: Inventory, at: number): void;
  get(runId: number): Inventory | null;
  /** The last inventory of the host over all its runs. */
  latestOfHost(hostId: number): Inventory | null;
  /** When the console got that one, in ms since 1970; null when there is none. */
  latestTimeOfHost(hostId: number): number | null;
}

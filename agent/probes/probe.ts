import type { FIRMWARE_COMPONENTS, FirmwareRow } from "../../contract/firmware.ts";
import type { Inventory } from "../../contract/inventory.ts";
import type { HostFiles, RunCommand } from "../tools/command.ts";

export interface ProbeContext {
  readonly run: RunCommand;
  readonly files: HostFiles;
  readonly inventory: Inventory | null;
  readonly signal: AbortSignal;
}

/** A firmware probe is one file: it returns one row per component found, or rows that say why it cannot read. */
export interface FirmwareProbe {
  readonly component: (typeof FIRMWARE_COMPONENTS)[number];
  readonly title: string;
  readonly tools: readonly string[];
  run(ctx: ProbeContext): Promise<readonly FirmwareRow[]>;
}

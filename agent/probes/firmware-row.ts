import type { FirmwareRow } from "../../contract/firmware.ts";

/** A row with nulls for what the probe did not say, clipped to what the contract takes. */
export function firmwareRow(
  component: FirmwareRow["component"],
  identifier: string,
  values: Partial<Omit<FirmwareRow, "component" | "identifier">>,
): FirmwareRow {
  const clip = (text: string | null | undefined, length: number) => text?.slice(0, length) || null;
  return {
    component,
    identifier: identifier.slice(0, 128) || "unnamed",
    aliases: (values.aliases ?? []).filter((alias) => alias !== "").slice(0, 8),
    vendor: clip(values.vendor, 128),
    model: clip(values.model, 128),
    version: clip(values.version, 128),
    date: clip(values.date, 64),
    problem: clip(values.problem, 500),
  };
}

import type { FirmwarePin, FirmwareRow } from "../../contract/firmware.ts";
import type { HostSpec } from "../../contract/vetting-config.ts";
import type { YamlEdit } from "./yaml-edit.ts";

/**
 * The pins that a snapshot fulfils, as few and as general as they can be, since a spec is for many hosts: one for a
 * component whose items all have one version, else one a model, else one an item. What could not be read gets none.
 */
export function pinsOf(snapshot: readonly FirmwareRow[]): FirmwarePin[] {
  const components = [...new Set(snapshot.map(({ component }) => component))];
  return components.flatMap((component): FirmwarePin[] => {
    const rows = snapshot.filter((row) => row.component === component);
    const common = commonVersion(rows);
    if (common !== null) return [{ component, version: common }];
    const pins = rows.flatMap((row): FirmwarePin[] => {
      if (row.version === null) return [];
      const siblings = rows.filter(({ model }) => model !== null && model === row.model);
      const identifier = commonVersion(siblings) === null ? row.identifier : row.model;
      return [{ component, identifier: identifier ?? row.identifier, version: row.version }];
    });
    return [...new Map(pins.map((pin) => [pin.identifier, pin])).values()];
  });
}

/** Null when they differ, or one of them is not known, or there are none. */
function commonVersion(rows: readonly FirmwareRow[]): string | null {
  const versions = new Set(rows.map(({ version }) => version));
  const [only] = versions;
  return versions.size === 1 ? (only ?? null) : null;
}

/**
 * The edit of vetting.yaml that makes them the pins of a spec; of a new one, matched by what the host is, where there
 * is none of the name.
 */
export function pinEdit(
  specs: readonly HostSpec[],
  name: string,
  host: { readonly vendor: string | null; readonly product: string | null },
  pins: readonly FirmwarePin[],
): YamlEdit {
  const index = specs.findIndex((spec) => spec.name === name);
  if (index >= 0) return { path: ["vetting", "specs", index, "firmware"], value: pins };
  const match = {
    ...(host.vendor === null ? {} : { vendor: host.vendor }),
    ...(host.product === null ? {} : { product: host.product }),
  };
  // A vendor alone would take in every other machine of it.
  const spec = { name, ...(host.product === null ? {} : { match }), firmware: pins };
  return { path: ["vetting", "specs", specs.length], value: spec };
}

import type { FirmwareRow } from "../../contract/firmware.ts";
import { firmwareRow } from "./firmware-row.ts";
import type { FirmwareProbe } from "./probe.ts";

/**
 * Processor microcode, one row a socket, from /proc/cpuinfo. It is the BIOS's version, because the live
 * image carries no microcode of its own. A socket whose cores disagree has no version: that is a fault.
 */
export const microcodeProbe: FirmwareProbe = {
  component: "microcode",
  title: "Microcode",
  tools: [],
  async run(ctx): Promise<readonly FirmwareRow[]> {
    return microcodeRows((await ctx.files.readText("/proc/cpuinfo")) ?? "");
  },
};

export function microcodeRows(cpuinfo: string): readonly FirmwareRow[] {
  const sockets = new Map<
    string,
    { versions: Set<string>; vendor: string | null; model: string | null }
  >();
  for (const block of cpuinfo.split(/\n\s*\n/)) {
    const field = (name: string) =>
      new RegExp(`^${name}\\s*: (.*)$`, "m").exec(block)?.[1]?.trim() ?? null;
    if (field("processor") === null) continue;
    const id = field("physical id") ?? "0";
    const socket = sockets.get(id) ?? {
      versions: new Set<string>(),
      vendor: field("vendor_id"),
      model: field("model name"),
    };
    sockets.set(id, socket);
    const version = field("microcode");
    if (version !== null) socket.versions.add(version);
  }
  if (sockets.size === 0) {
    return [firmwareRow("microcode", "system", { problem: "/proc/cpuinfo lists no processor." })];
  }
  return [...sockets].map(([id, { versions, vendor, model }]) => {
    const all = [...versions].sort();
    return firmwareRow("microcode", `socket ${id}`, {
      vendor,
      model,
      version: all.length === 1 ? (all[0] ?? null) : null,
      problem:
        all.length > 1
          ? `The cores of this socket disagree: ${all.join(", ")}.`
          : all.length === 0
            ? "/proc/cpuinfo holds no microcode version."
            : null,
    });
  });
}

import { z } from "zod";
import {
  ok,
  parseJson,
  readTool,
  type ToolContext,
  type ToolReading,
  unreadable,
} from "./tool-result.ts";

const TOOL = "ip";

const schema = z.array(
  z.object({
    ifname: z.string().optional(),
    address: z.string().optional(),
    addr_info: z
      .array(
        z.object({
          family: z.string(),
          local: z.string().optional(),
          scope: z.string().optional(),
        }),
      )
      .optional(),
  }),
);

/** The first global IPv4 address of each interface: `ip -j -4 address show`. */
export function readIpv4Addresses(
  ctx: ToolContext,
): Promise<ToolReading<ReadonlyMap<string, string>>> {
  return readTool(ctx, TOOL, ["-j", "-4", "address", "show"], parseIpv4Addresses);
}

export function parseIpv4Addresses(text: string): ToolReading<ReadonlyMap<string, string>> {
  const json = parseJson(TOOL, text.trim() === "" ? "[]" : text);
  if (json.kind !== "ok") return json;
  const parsed = schema.safeParse(json.value);
  if (!parsed.success) return unreadable(TOOL, "JSON without addresses");
  const addresses = new Map<string, string>();
  for (const { ifname, addr_info: infos } of parsed.data) {
    const global = infos?.find(({ family, scope }) => family === "inet" && scope === "global");
    if (ifname !== undefined && global?.local !== undefined) addresses.set(ifname, global.local);
  }
  return ok(addresses);
}

/** Every global address of the host, those of the NIC with this MAC first, IPv4 before IPv6: `ip -j address show`. */
export function readHostAddresses(
  ctx: ToolContext,
  mac: string,
): Promise<ToolReading<readonly string[]>> {
  return readTool(ctx, TOOL, ["-j", "address", "show"], (text) => parseHostAddresses(text, mac));
}

export function parseHostAddresses(text: string, mac: string): ToolReading<readonly string[]> {
  const json = parseJson(TOOL, text.trim() === "" ? "[]" : text);
  if (json.kind !== "ok") return json;
  const parsed = schema.safeParse(json.value);
  if (!parsed.success) return unreadable(TOOL, "JSON without addresses");
  const found = parsed.data.flatMap(({ address, addr_info: infos }) =>
    (infos ?? []).flatMap(({ family, local, scope }) =>
      local === undefined || scope !== "global"
        ? []
        : [{ local, rank: (address === mac ? 0 : 2) + (family === "inet" ? 0 : 1) }],
    ),
  );
  return ok(found.sort((a, b) => a.rank - b.rank).map(({ local }) => local));
}

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

import type { ToolContext, ToolReading } from "./tool-result.ts";
import { exitFailure, ok, outcomeFailure, readTool, runTool } from "./tool-result.ts";

const TOOL = "ethtool";

export interface EthtoolDriver {
  readonly driver: string | null;
  readonly version: string | null;
  /** Null when the driver reports none: virtual NICs and many on-board ones. */
  readonly firmwareVersion: string | null;
  /** PCI address for PCI devices. */
  readonly busInfo: string | null;
}

export interface LinkSettings {
  /** Negotiated, in Mbit/s; null without link or when the driver does not know (virtio). */
  readonly speedMbps: number | null;
  /** The fastest link mode the port supports, in Mbit/s; null when it lists none. */
  readonly maxSpeedMbps: number | null;
  readonly duplex: "full" | "half" | null;
  readonly autoNegotiation: boolean | null;
  readonly port: string | null;
  readonly linkDetected: boolean | null;
  /** Wake-on-LAN modes that are armed, `g` being the magic packet; null when it says nothing. */
  readonly wakeOn: string | null;
}

/** Driver and firmware of an interface: `ethtool -i`. */
export function readDriver(ctx: ToolContext, name: string): Promise<ToolReading<EthtoolDriver>> {
  return readTool(ctx, TOOL, ["-i", name], (text) => ok(parseDriver(text)));
}

/** Link state and supported modes of an interface: `ethtool IFACE`. */
export function readLinkSettings(
  ctx: ToolContext,
  name: string,
): Promise<ToolReading<LinkSettings>> {
  return readTool(ctx, TOOL, [name], (text) => ok(parseLinkSettings(text)));
}

/** The driver's counters, by its own names: `ethtool -S`. An empty map when the driver has none. */
export async function readEthtoolStats(
  ctx: ToolContext,
  name: string,
): Promise<ToolReading<ReadonlyMap<string, number>>> {
  const result = await runTool(ctx, TOOL, ["-S", name]);
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  if (result.exitCode === 0) return ok(parseEthtoolStats(result.stdout));
  // Exit 94: the driver keeps no counters of its own; that is an answer.
  return /no stats available/.test(result.stderr + result.stdout)
    ? ok(new Map())
    : exitFailure(result);
}

export function parseDriver(text: string): EthtoolDriver {
  const values = keyValues(text);
  const value = (key: string) => {
    const found = values.get(key);
    return found === undefined || found === "" || found === "N/A" ? null : found;
  };
  return {
    driver: value("driver"),
    version: value("version"),
    firmwareVersion: value("firmware-version"),
    busInfo: value("bus-info"),
  };
}

export function parseLinkSettings(text: string): LinkSettings {
  const values = keyValues(text);
  const yesNo = (key: string, yes: string) => {
    const found = values.get(key)?.toLowerCase();
    return found === undefined ? null : found === yes;
  };
  const duplex = values.get("Duplex")?.toLowerCase();
  return {
    speedMbps: speedOf(values.get("Speed")),
    maxSpeedMbps: fastestMode(text),
    duplex: duplex === "full" || duplex === "half" ? duplex : null,
    autoNegotiation: yesNo("Auto-negotiation", "on"),
    port: values.get("Port") ?? null,
    linkDetected: yesNo("Link detected", "yes"),
    wakeOn: values.get("Wake-on") ?? null,
  };
}

export function parseEthtoolStats(text: string): ReadonlyMap<string, number> {
  const stats = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^\s+(.+?):\s*(-?\d+)\s*$/.exec(line);
    if (match?.[1] !== undefined) stats.set(match[1], Number(match[2]));
  }
  return stats;
}

function keyValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^\s*([^:]+):\s*(.*)$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1].trim(), (match[2] ?? "").trim());
  }
  return values;
}

/** `25000Mb/s`; `Unknown!` is no speed. */
function speedOf(text: string | undefined): number | null {
  const match = /^(\d+)Mb\/s/.exec(text ?? "");
  return match === null ? null : Number(match[1]);
}

/** Modes such as 10000baseSR/Full; the list runs over several lines until the next key. */
function fastestMode(text: string): number | null {
  const block = /Supported link modes:([^:]*)(?:\n[^\n:]*:|$)/.exec(text)?.[1] ?? "";
  const speeds = [...block.matchAll(/(\d+)base/g)].map((match) => Number(match[1]));
  return speeds.length === 0 ? null : Math.max(...speeds);
}

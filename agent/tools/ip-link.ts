import { z } from "zod";
import type { HostFiles } from "./command.ts";
import { readDriver } from "./ethtool.ts";
import {
  ok,
  parseJson,
  readTool,
  type ToolContext,
  type ToolReading,
  unreadable,
} from "./tool-result.ts";

const TOOL = "ip";

export interface LinkErrorCounters {
  readonly rxErrors: number;
  readonly rxDropped: number;
  readonly rxMissed: number;
  readonly rxCrc: number;
  readonly rxFrame: number;
  readonly rxLength: number;
  readonly rxFifo: number;
  readonly txErrors: number;
  readonly txDropped: number;
  readonly txCarrier: number;
  readonly txAborted: number;
  readonly txFifo: number;
  /** How often the link came or went. */
  readonly carrierChanges: number;
}

export interface NetworkLink {
  readonly name: string;
  /** The port's own address: under a bond the one it was made with. */
  readonly mac: string | null;
  /** Administratively up. */
  readonly up: boolean;
  readonly carrier: boolean;
  readonly loopback: boolean;
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly errors: LinkErrorCounters;
}

const n = z.number().catch(0).default(0);
const linkSchema = z.object({
  ifname: z.string(),
  flags: z.array(z.string()).catch([]).default([]),
  link_type: z.string().nullish(),
  address: z.string().nullish(),
  permaddr: z.string().nullish(),
  stats64: z
    .object({
      rx: z
        .object({
          bytes: n,
          errors: n,
          dropped: n,
          missed_errors: n,
          crc_errors: n,
          frame_errors: n,
          length_errors: n,
          fifo_errors: n,
        })
        .prefault({}),
      tx: z
        .object({
          bytes: n,
          errors: n,
          dropped: n,
          carrier_errors: n,
          aborted_errors: n,
          fifo_errors: n,
          carrier_changes: n,
        })
        .prefault({}),
    })
    .prefault({}),
});

/** All network links with the kernel's counters: `ip -j -s -s link`. */
export function readLinks(ctx: ToolContext): Promise<ToolReading<readonly NetworkLink[]>> {
  return readTool(ctx, TOOL, ["-j", "-s", "-s", "link"], parseIpLink);
}

export function parseIpLink(text: string): ToolReading<readonly NetworkLink[]> {
  const json = parseJson(TOOL, text);
  if (json.kind !== "ok") return json;
  const parsed = z.array(linkSchema).safeParse(json.value);
  if (!parsed.success) return unreadable(TOOL, "JSON without interface names");
  return ok(
    parsed.data.map(({ ifname, flags, link_type, address, permaddr, stats64: { rx, tx } }) => ({
      name: ifname,
      mac: permaddr ?? address ?? null,
      up: flags.includes("UP"),
      carrier: flags.includes("LOWER_UP"),
      loopback: link_type === "loopback" || flags.includes("LOOPBACK"),
      rxBytes: rx.bytes,
      txBytes: tx.bytes,
      errors: {
        rxErrors: rx.errors,
        rxDropped: rx.dropped,
        rxMissed: rx.missed_errors,
        rxCrc: rx.crc_errors,
        rxFrame: rx.frame_errors,
        rxLength: rx.length_errors,
        rxFifo: rx.fifo_errors,
        txErrors: tx.errors,
        txDropped: tx.dropped,
        txCarrier: tx.carrier_errors,
        txAborted: tx.aborted_errors,
        txFifo: tx.fifo_errors,
        carrierChanges: tx.carrier_changes,
      },
    })),
  );
}

/**
 * The links that are hardware: those with a device behind them in sysfs, virtual functions of a
 * shared port left out. Only when there is none do veth pairs count, so that a host that lives in
 * a network namespace has its NIC. Loopback, bridges, bonds, tunnels and container links never do.
 */
export async function physicalLinks(
  ctx: ToolContext & { readonly files: HostFiles },
  links: readonly NetworkLink[],
): Promise<readonly NetworkLink[]> {
  const candidates = links.filter(({ loopback }) => !loopback);
  const kinds = await Promise.all(candidates.map(({ name }) => deviceKind(ctx.files, name)));
  const physical = candidates.filter((_, index) => kinds[index] === "device");
  if (physical.length > 0) return physical;
  const virtual = candidates.filter((_, index) => kinds[index] === "none");
  const drivers = await Promise.all(virtual.map(({ name }) => readDriver(ctx, name)));
  return virtual.filter((_, index) => {
    const driver = drivers[index];
    return driver?.kind === "ok" && driver.value.driver === "veth";
  });
}

async function deviceKind(
  files: HostFiles,
  name: string,
): Promise<"device" | "virtual function" | "none"> {
  const device = `/sys/class/net/${name}/device`;
  if ((await files.resolveLink(device)) === null) return "none";
  return (await files.resolveLink(`${device}/physfn`)) === null ? "device" : "virtual function";
}

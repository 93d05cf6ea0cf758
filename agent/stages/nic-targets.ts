import type { Inventory } from "../../contract/inventory.ts";
import type { Blame, Gap } from "../../contract/stage-result.ts";
import { readLinkSettings } from "../tools/ethtool.ts";
import { readIpv4Addresses } from "../tools/ip-address.ts";
import { failureText } from "../tools/tool-result.ts";
import type { StageContext } from "./stage.ts";

export type Nic = Inventory["nics"][number];

export interface NicTarget {
  readonly nic: Nic;
  readonly address: string;
  /** Negotiated, in Mbit/s; null where nothing real was negotiated. */
  readonly speedMbps: number | null;
}

export interface NicTargets {
  readonly targets: readonly NicTarget[];
  readonly gaps: readonly Gap[];
  /** The list of addresses could not be read. */
  readonly error: string | null;
  /** NICs with link. */
  readonly withLink: number;
}

/** Drivers without a wire: the speed that they report is made up. */
const MADE_UP_SPEED = new Set(["veth", "virtio_net", "tun", "bridge", "dummy", "macvlan"]);

/** The NICs that can be tested: with link and an address of their own. */
export async function nicTargets(
  ctx: Pick<StageContext, "run" | "files" | "signal">,
  nics: readonly Nic[],
): Promise<NicTargets> {
  const addresses = await readIpv4Addresses(ctx);
  if (addresses.kind !== "ok") {
    return { targets: [], gaps: [], error: failureText(addresses), withLink: 0 };
  }
  const gaps: Gap[] = [];
  const targets: NicTarget[] = [];
  let withLink = 0;
  for (const nic of nics) {
    const settings = await readLinkSettings(ctx, nic.name);
    const link = settings.kind === "ok" ? settings.value : null;
    if (!(await hasCarrier(ctx, nic, link?.linkDetected ?? null))) {
      gaps.push({ what: `NIC ${nic.name}`, why: "It has no link.", absent: false });
      continue;
    }
    withLink += 1;
    const address = addresses.value.get(nic.name);
    if (address === undefined) {
      gaps.push({
        what: `NIC ${nic.name}`,
        why: "It has link and no IPv4 address.",
        absent: false,
      });
      continue;
    }
    const speed = link?.speedMbps ?? nic.speedMbps;
    const real = !MADE_UP_SPEED.has(nic.driver ?? "");
    targets.push({ nic, address, speedMbps: real ? speed : null });
  }
  return { targets, gaps, error: null, withLink };
}

/** Now, not at Inventory: ethtool first, then sysfs. */
async function hasCarrier(
  ctx: Pick<StageContext, "files">,
  nic: Nic,
  linkDetected: boolean | null,
): Promise<boolean> {
  if (linkDetected !== null) return linkDetected;
  const carrier = (await ctx.files.readText(`/sys/class/net/${nic.name}/carrier`))?.trim();
  return carrier === undefined ? nic.carrier : carrier === "1";
}

export function blameNic(nic: Nic): Blame {
  return { part: `NIC ${nic.name}`, slot: nic.pciAddress, serial: nic.mac, model: nic.model };
}

import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { z } from "zod";
import type { DoctorResponse } from "../../contract/console-api.ts";
import { askPowerShell, parsedOrNull, type RunTool, runTool } from "./run-tool.ts";

/** One IPv4 address of this machine, with what is known of the interface that carries it. */
export type LabInterface = DoctorResponse["interfaces"][number];

export interface InterfaceSources {
  readonly platform?: NodeJS.Platform;
  readonly run?: RunTool;
  readonly found?: typeof networkInterfaces;
  /** Text of a file below /sys/class/net; null where there is none. */
  readonly sysfs?: (file: string) => string | null;
}

/** Every IPv4 address of this machine; the ones that hosts can reach first. */
export async function listInterfaces({
  platform = process.platform,
  run = runTool,
  found = networkInterfaces,
  sysfs = readSysfs,
}: InterfaceSources = {}): Promise<LabInterface[]> {
  // Node leaves out an interface without a carrier, which is the one that the operator wonders about.
  const told = platform === "linux" ? parseIpAddr(await run("ip", ["-j", "addr", "show"])) : null;
  const interfaces = told ?? (await withLease(knownToNode(found), platform, run));
  return interfaces
    .map((it) => (it.internal || platform !== "linux" ? it : { ...it, ...linkOf(it.name, sysfs) }))
    .sort((a, b) => Number(a.internal) - Number(b.internal));
}

/** What Node knows everywhere. */
function knownToNode(found: typeof networkInterfaces): LabInterface[] {
  return Object.entries(found()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family }) => family === "IPv4")
      .map(({ address, mac, internal, netmask }) => ({ name, address, mac, internal, netmask })),
  );
}

/** Speed of the link behind an address of this machine, in Mbit/s; null where the driver does not tell. */
export function linkSpeedMbps(
  address: string,
  { found = networkInterfaces, sysfs = readSysfs }: Pick<InterfaceSources, "found" | "sysfs"> = {},
): number | null {
  const carrier = knownToNode(found).find((it) => it.address === address);
  return carrier === undefined ? null : (linkOf(carrier.name, sysfs).speedMbps ?? null);
}

const ipAddrSchema = z.array(
  z.object({
    ifname: z.string(),
    flags: z.array(z.string()),
    address: z.string().optional(),
    addr_info: z.array(
      z.object({
        family: z.string(),
        local: z.string().optional(),
        prefixlen: z.int().min(0).max(128),
        /** Present when the address has a lifetime, as a leased one has [ip-address(8)]. */
        dynamic: z.boolean().optional(),
      }),
    ),
  }),
);

/** Reads `ip -j addr show`. Null when it is not that. */
export function parseIpAddr(text: string | null): LabInterface[] | null {
  const parsed = ipAddrSchema.safeParse(parsedOrNull(text));
  if (!parsed.success) return null;
  return parsed.data.flatMap(({ ifname, flags, address: mac = "", addr_info }) =>
    addr_info.flatMap(({ family, local, prefixlen, dynamic }) =>
      family !== "inet" || local === undefined
        ? []
        : [
            {
              name: ifname,
              address: local,
              mac,
              internal: flags.includes("LOOPBACK"),
              netmask: netmaskOf(prefixlen),
              link: flags.includes("LOWER_UP") ? ("up" as const) : ("down" as const),
              dynamic: dynamic === true,
            },
          ],
    ),
  );
}

/** Speed and Wi-Fi as the kernel tells them; nothing where it does not. */
function linkOf(
  name: string,
  sysfs: (file: string) => string | null,
): Pick<LabInterface, "speedMbps" | "wireless"> {
  // -1 and an error both mean that the driver does not know [sysfs-class-net].
  const speed = Number(sysfs(`${name}/speed`) ?? -1);
  const uevent = sysfs(`${name}/uevent`);
  return {
    ...(Number.isInteger(speed) && speed > 0 ? { speedMbps: speed } : {}),
    ...(uevent === null ? {} : { wireless: /^DEVTYPE=wlan$/m.test(uevent) }),
  };
}

/** Is the address a lease? Told where the system can be asked. */
async function withLease(
  interfaces: LabInterface[],
  platform: NodeJS.Platform,
  run: RunTool,
): Promise<LabInterface[]> {
  if (platform === "darwin") {
    return Promise.all(
      interfaces.map(async (it) => {
        const lease = it.internal
          ? null
          : await run("ipconfig", ["getoption", it.name, "lease_time"]);
        return lease === null ? it : { ...it, dynamic: /^\d+\s*$/.test(lease) };
      }),
    );
  }
  if (platform !== "win32") return interfaces;
  const script =
    "@(Get-NetIPAddress -AddressFamily IPv4 | Select-Object IPAddress,@{n='Dhcp';e={$_.PrefixOrigin -eq 'Dhcp'}})";
  const told = windowsLeaseSchema.safeParse(await askPowerShell(script, run));
  if (!told.success) return interfaces;
  const leased = new Map([told.data].flat().map((it) => [it.IPAddress, it.Dhcp]));
  return interfaces.map((it) => {
    const dynamic = leased.get(it.address);
    return dynamic === undefined ? it : { ...it, dynamic };
  });
}

const windowsLeaseEntry = z.object({ IPAddress: z.string(), Dhcp: z.boolean() });
/** PowerShell prints a list of one as the one. */
const windowsLeaseSchema = z.union([z.array(windowsLeaseEntry), windowsLeaseEntry]);

/** 24 → 255.255.255.0 */
export function netmaskOf(prefixLength: number): string {
  const bits = prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}

function readSysfs(file: string): string | null {
  try {
    return readFileSync(`/sys/class/net/${file}`, "utf8");
  } catch {
    return null;
  }
}

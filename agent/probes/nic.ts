import type { FirmwareRow } from "../../contract/firmware.ts";
import { readDriver } from "../tools/ethtool.ts";
import { physicalLinks, readLinks } from "../tools/ip-link.ts";
import { failureText } from "../tools/tool-result.ts";
import { firmwareRow } from "./firmware-row.ts";
import type { FirmwareProbe, ProbeContext } from "./probe.ts";

/** Drivers of NICs that are software: there is no firmware that could be old. */
const VIRTUAL_DRIVERS: ReadonlySet<string> = new Set([
  "virtio_net",
  "veth",
  "vmxnet3",
  "xen_netfront",
  "hv_netvsc",
]);

/** Firmware of every network port, by PCI address, with interface and MAC as further names. */
export const nicProbe: FirmwareProbe = {
  component: "nic",
  title: "Network cards",
  tools: ["ethtool", "ip"],
  async run(ctx): Promise<readonly FirmwareRow[]> {
    const names = await portsOf(ctx);
    if (typeof names === "string") return [firmwareRow("nic", "system", { problem: names })];
    const rows = await Promise.all(names.map((name) => rowOf(ctx, name)));
    return rows.flat();
  },
};

async function portsOf(ctx: ProbeContext): Promise<readonly string[] | string> {
  if (ctx.inventory !== null) return ctx.inventory.nics.map(({ name }) => name);
  const links = await readLinks(ctx);
  if (links.kind !== "ok") return failureText(links);
  return (await physicalLinks(ctx, links.value)).map(({ name }) => name);
}

async function rowOf(ctx: ProbeContext, name: string): Promise<FirmwareRow[]> {
  const nic = ctx.inventory?.nics.find((known) => known.name === name);
  const driver = await readDriver(ctx, name);
  const aliases = [name, nic?.mac ?? ""];
  if (driver.kind !== "ok") {
    return [firmwareRow("nic", nic?.pciAddress ?? name, { aliases, problem: failureText(driver) })];
  }
  const { driver: module, firmwareVersion, busInfo } = driver.value;
  if (firmwareVersion === null && VIRTUAL_DRIVERS.has(module ?? "")) return [];
  const address = busInfo !== null && /^[0-9a-f]{4}:/.test(busInfo) ? busInfo : null;
  return [
    firmwareRow("nic", nic?.pciAddress ?? address ?? name, {
      aliases,
      model: nic?.model ?? null,
      version: firmwareVersion,
      problem:
        firmwareVersion === null
          ? `The driver ${module ?? "of this port"} reports no firmware version.`
          : null,
    }),
  ];
}

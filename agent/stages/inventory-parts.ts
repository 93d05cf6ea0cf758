import { macSchema } from "../../contract/common.ts";
import type { Inventory } from "../../contract/inventory.ts";
import { readDiskIds, readDiskSerial, readDiskSlot } from "../tools/disk-identity.ts";
import { disksInUse } from "../tools/disk-usage.ts";
import type { DmiInfo } from "../tools/dmidecode.ts";
import { readDriver, readLinkSettings } from "../tools/ethtool.ts";
import { type FruDevice, readBmcAddress, readFru, readMcInfo } from "../tools/ipmitool.ts";
import type { BlockDevice } from "../tools/lsblk.ts";
import type { CpuTopology } from "../tools/lscpu.ts";
import type { PciDevice } from "../tools/lspci.ts";
import { failureText } from "../tools/tool-result.ts";
import type { StageContext } from "./stage.ts";

type Context = StageContext<"Inventory">;

/** A controller without a driver hides its disks or ports: the counts then say less than is there. */
export function driverless(devices: readonly PciDevice[]): string[] {
  return devices
    .filter(({ classId, driver }) => /^0[12]/.test(classId) && driver === null)
    .map(
      ({ address, className, vendor, device }) =>
        `No driver is bound to ${address} (${className}: ${vendor} ${device}): what is behind it is not seen.`,
    );
}

/** A whole disk by its kernel name; the hidden paths of NVMe multipath are none. */
const DISK_NAME = /^(sd[a-z]+|hd[a-z]|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

/** What the kernel has and a tool that exited 0 left out; lsblk keeps silent about disks without capacity. */
export async function leftOut(
  { files }: Pick<Context, "files">,
  blocks: readonly BlockDevice[] | null,
  pci: readonly PciDevice[] | null,
  links: readonly unknown[] | null,
): Promise<string[]> {
  const problems: string[] = [];
  for (const disk of blocks === null ? [] : await files.list("/sys/block")) {
    if (!DISK_NAME.test(disk) || blocks?.some(({ kname }) => kname === disk)) continue;
    const size = (await files.readText(`/sys/block/${disk}/size`))?.trim();
    const removable = (await files.readText(`/sys/block/${disk}/removable`))?.trim() === "1";
    if (size === "0" && removable) continue;
    const why = size === "0" ? "it reports no capacity" : "lsblk does not list it";
    problems.push(`Disk ${disk} is not examined: ${why}.`);
  }
  if (pci?.length === 0 && (await files.list("/sys/bus/pci/devices")).length > 0) {
    problems.push("lspci lists nothing, though the kernel has PCI devices.");
  }
  // Every host has a loopback.
  if (links?.length === 0) problems.push("ip lists no network link at all.");
  return problems;
}

/** Sockets as the board labels them; without SMBIOS as the kernel counts them. */
export function cpusOf(board: DmiInfo | null, cpu: CpuTopology): Inventory["cpus"] {
  if (board !== null && board.processors.length > 0) {
    return board.processors.map(({ socket, model, cores, threads }) => ({
      socket,
      model: model ?? cpu.model,
      cores,
      threads,
      maxMHz: cpu.maxMHz,
    }));
  }
  return Array.from({ length: cpu.sockets }, (_, index) => ({
    socket: `socket ${index}`,
    model: cpu.model,
    cores: Math.round(cpu.physicalCores / cpu.sockets),
    threads: Math.round(cpu.logicalCpus / cpu.sockets),
    maxMHz: cpu.maxMHz,
  }));
}

export async function readMemTotal(ctx: Context): Promise<number | null> {
  const found = /^MemTotal:\s+(\d+) kB/m.exec((await ctx.files.readText("/proc/meminfo")) ?? "");
  return found === null ? null : Number(found[1]) * 1024;
}

/** Drives only: no RAM disks, no optical or virtual media, no empty card readers. */
export async function disksOf(
  ctx: Context,
  blocks: readonly BlockDevice[],
): Promise<Inventory["disks"]> {
  const disks = blocks.filter(
    ({ type, kname, removable, sizeBytes }) =>
      type === "disk" &&
      !/^(zram|ram|nbd|drbd|md)\d/.test(kname) &&
      !(removable && sizeBytes === 0),
  );
  const [ids, inUse] = await Promise.all([readDiskIds(ctx.files), disksInUse(blocks, ctx.files)]);
  return Promise.all(
    disks.map(async (disk) => ({
      name: disk.kname,
      byId: ids.get(disk.kname) ?? null,
      model: disk.model,
      serial: disk.serial ?? (await readDiskSerial(ctx.files, disk.kname)),
      wwn: disk.wwn,
      sizeBytes: disk.sizeBytes,
      transport: disk.transport,
      rotational: disk.rotational,
      slot: await readDiskSlot(ctx.files, disk.kname),
      inUse: inUse.get(disk.kname) ?? null,
    })),
  );
}

export async function nicsOf(
  ctx: Context,
  links: readonly {
    readonly name: string;
    readonly mac: string | null;
    readonly carrier: boolean;
  }[],
  pci: readonly PciDevice[],
  problems: string[],
): Promise<Inventory["nics"]> {
  return Promise.all(
    links.map(async ({ name, mac, carrier }) => {
      const [driver, settings] = await Promise.all([
        readDriver(ctx, name),
        readLinkSettings(ctx, name),
      ]);
      for (const reading of [driver, settings]) {
        const text = reading.kind === "ok" ? null : failureText(reading);
        if (text !== null && !problems.includes(text)) problems.push(text);
      }
      const bus = driver.kind === "ok" ? driver.value.busInfo : null;
      const pciAddress = bus !== null && /^[0-9a-f]{4}:[0-9a-f]{2}:/.test(bus) ? bus : null;
      const link = settings.kind === "ok" ? settings.value : null;
      const parsedMac = macSchema.safeParse(mac);
      return {
        name,
        mac: parsedMac.success ? parsedMac.data : null,
        driver: driver.kind === "ok" ? driver.value.driver : null,
        speedMbps: carrier ? (link?.speedMbps ?? null) : null,
        maxSpeedMbps: link?.maxSpeedMbps ?? null,
        carrier,
        pciAddress,
        model: pci.find(({ address }) => address === pciAddress)?.device ?? null,
      };
    }),
  );
}

export async function readBmc(
  ctx: Context,
  board: DmiInfo | null,
  problems: string[],
): Promise<{ readonly bmc: Inventory["bmc"]; readonly fru: readonly FruDevice[] }> {
  const unknown = { vendor: null, firmware: null, ipmiVersion: null, address: null };
  const hasDevice = (await ctx.files.list("/dev")).includes("ipmi0");
  const info = await readMcInfo(ctx);
  if (info.kind === "absent" || (info.kind === "tool-missing" && !hasDevice)) {
    if (board?.declaresBmc !== true) return { bmc: null, fru: [] };
    problems.push("The board declares a BMC, but the kernel has no IPMI device for it.");
    return { bmc: unknown, fru: [] };
  }
  if (info.kind !== "ok") {
    problems.push(`The BMC could not be read. ${failureText(info)}`);
    return { bmc: unknown, fru: [] };
  }
  const [address, fru] = await Promise.all([readBmcAddress(ctx), readFru(ctx)]);
  const { manufacturer, firmware, ipmiVersion } = info.value;
  return {
    bmc: {
      vendor: manufacturer,
      firmware,
      ipmiVersion,
      address: address.kind === "ok" ? address.value : null,
    },
    fru: fru.kind === "ok" ? fru.value : [],
  };
}

/** Power supplies from the BMC's part list where it has them, else from SMBIOS. */
export function psusOf(board: DmiInfo | null, fru: readonly FruDevice[]): Inventory["psus"] {
  const units = fru.filter(({ device }) =>
    /\b(psu?|pwr ?supply|power ?supply)[ _-]?#?\d/i.test(device),
  );
  if (units.length > 0) {
    return units.slice(0, 16).map(({ device, fields }) => ({
      // The bay is printed `PSU1`; `FRU` and the number are the BMC's own words.
      slot: device.replace(/(\s+FRU)?\s*(\(ID \d+\))?$/i, "").slice(0, 64),
      model: fields.get("Product Name") ?? fields.get("Product Part Number") ?? null,
      serial: fields.get("Product Serial") ?? fields.get("Board Serial") ?? null,
      present: true,
    }));
  }
  return (board?.powerSupplies ?? []).slice(0, 16).map((psu) => ({ ...psu }));
}

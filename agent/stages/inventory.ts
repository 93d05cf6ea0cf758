import { macSchema } from "../../contract/common.ts";
import { type Inventory, inventorySchema } from "../../contract/inventory.ts";
import { stageParamsSchemas } from "../../contract/stage-params.ts";
import { readDiskIds, readDiskSerial, readDiskSlot } from "../tools/disk-identity.ts";
import { disksInUse } from "../tools/disk-usage.ts";
import { type DmiInfo, readDmi } from "../tools/dmidecode.ts";
import { readEdacCounts } from "../tools/edac.ts";
import { readDriver, readLinkSettings } from "../tools/ethtool.ts";
import { physicalLinks, readLinks } from "../tools/ip-link.ts";
import { type FruDevice, readBmcAddress, readFru, readMcInfo } from "../tools/ipmitool.ts";
import { type BlockDevice, readBlockDevices } from "../tools/lsblk.ts";
import { type CpuTopology, readCpuTopology } from "../tools/lscpu.ts";
import { isGpu, type PciDevice, readPciDevices } from "../tools/lspci.ts";
import { readSecureBoot } from "../tools/secure-boot.ts";
import { failureText, type ToolFailure, type ToolReading } from "../tools/tool-result.ts";
import { readToolVersions } from "../tools/tool-version.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { cancelled, erred, passed } from "./stage-report.ts";

type Context = StageContext<"Inventory">;

/** What the host is made of, in one normalised document; what could not be read is null and said. */
export const inventory: StageDefinition<"Inventory"> = {
  name: "Inventory",
  title: "Inventory",
  tools: ["dmidecode", "lscpu", "lsblk", "lspci", "ip", "ethtool", "ipmitool"],
  paramsSchema: stageParamsSchemas.Inventory,
  measurements: [
    { name: "inventory.cpus", unit: "1", title: "Processor sockets" },
    { name: "inventory.cores", unit: "1", title: "Physical cores" },
    { name: "inventory.memory", unit: "By", title: "Memory that the system sees" },
    { name: "inventory.dimms", unit: "1", title: "Memory modules" },
    { name: "inventory.disks", unit: "1", title: "Disks" },
    { name: "inventory.nics", unit: "1", title: "Network ports" },
    { name: "inventory.gpus", unit: "1", title: "GPUs" },
  ],
  run: runInventory,
};

async function runInventory(ctx: Context): Promise<StageReport> {
  const [dmi, cpu, blocks, pci, links] = await Promise.all([
    readDmi(ctx),
    readCpuTopology(ctx),
    readBlockDevices(ctx),
    readPciDevices(ctx),
    readLinks(ctx),
  ]);
  if (ctx.signal.aborted) return cancelled();
  const missing = [dmi, cpu, blocks, pci, links].filter(({ kind }) => kind === "tool-missing");
  if (missing.length > 0) return erred((missing as ToolFailure[]).map(failureText).join(" "));
  if (cpu.kind !== "ok") return erred(`The processors could not be read. ${failureText(cpu)}`);
  const memoryBytes = await readMemTotal(ctx);
  if (memoryBytes === null) return erred("The memory could not be read from /proc/meminfo.");

  const problems: string[] = [];
  const valueOr = <T>(reading: ToolReading<T>, otherwise: T): T => {
    if (reading.kind === "ok") return reading.value;
    problems.push(failureText(reading));
    return otherwise;
  };
  const board = valueOr<DmiInfo | null>(dmi, null);
  const pciDevices = valueOr(pci, []);
  problems.push(...driverless(pciDevices));
  const bmc = await readBmc(ctx, board, problems);
  const document: Inventory = {
    system: board?.system ?? { vendor: null, product: null, serial: null, uuid: null, sku: null },
    board: board?.board ?? { vendor: null, product: null, serial: null, version: null },
    bios: board?.bios ?? { vendor: null, version: null, date: null },
    cpus: cpusOf(board, cpu.value),
    logicalCpus: cpu.value.logicalCpus,
    physicalCores: cpu.value.physicalCores,
    memoryBytes,
    dimms: [...(board?.dimms ?? [])],
    disks: await disksOf(ctx, valueOr(blocks, [])),
    nics: await nicsOf(ctx, await physicalLinks(ctx, valueOr(links, [])), pciDevices, problems),
    gpus: pciDevices.filter(isGpu).map((device) => ({
      pciAddress: device.address,
      vendor: device.vendor,
      model: device.device,
      serial: null,
      driver: device.driver,
    })),
    psus: psusOf(board, bmc.fru),
    bmc: bmc.bmc,
    edacControllers: (await readEdacCounts(ctx.files)).map(({ name, driver }) =>
      driver === null ? name : `${name} ${driver}`,
    ),
    secureBoot: await readSecureBoot(ctx.files),
    problems: problems.map((problem) => problem.slice(0, 500)).slice(0, 64),
  };
  if (ctx.signal.aborted) return cancelled();
  return post(ctx, document);
}

async function post(ctx: Context, document: Inventory): Promise<StageReport> {
  // A tool's odd answer (a name too long for the contract) must not be refused later by the server.
  const checked = inventorySchema.safeParse(document);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return erred(`A reading does not fit: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  for (const problem of document.problems) ctx.log("warn", problem, "inventory");
  await ctx.postInventory(checked.data);
  const gib = (bytes: number) => `${Math.round(bytes / 1024 ** 3)} GiB`;
  const { system, cpus, dimms, disks, nics, gpus, problems } = document;
  const product = [system.vendor, system.product].filter((name) => name !== null).join(" ");
  const counted: readonly (readonly [name: string, value: number])[] = [
    ["inventory.cpus", cpus.length],
    ["inventory.cores", document.physicalCores],
    ["inventory.memory", document.memoryBytes],
    // Without SMBIOS nobody knows how many modules there are: 0 would be a claim.
    ...(dimms.length === 0 ? [] : [["inventory.dimms", dimms.length] as const]),
    ["inventory.disks", disks.length],
    ["inventory.nics", nics.length],
    ["inventory.gpus", gpus.length],
  ];
  const unread = problems.length === 0 ? "" : ` Not read: ${problems.join(" ")}`;
  return passed(
    `${product === "" ? "Unnamed host" : product}: ${cpus.length} × ${cpus[0]?.model ?? "CPU"}, ${document.physicalCores} cores, ${gib(document.memoryBytes)}, ${disks.length} disks, ${nics.length} network ports, ${gpus.length} GPUs.${unread}`,
    {
      measurements: counted.map(([name, value]) => ({
        name,
        value,
        unit: name === "inventory.memory" ? "By" : "1",
      })),
      gaps: problems.map((why) => ({ what: "inventory", why, absent: false })),
      toolVersions: await readToolVersions(ctx, inventory.tools),
    },
  );
}

/** A controller without a driver hides its disks or ports: the counts then say less than is there. */
function driverless(devices: readonly PciDevice[]): string[] {
  return devices
    .filter(({ classId, driver }) => /^0[12]/.test(classId) && driver === null)
    .map(
      ({ address, className, vendor, device }) =>
        `No driver is bound to ${address} (${className}: ${vendor} ${device}): what is behind it is not seen.`,
    );
}

/** Sockets as the board labels them; without SMBIOS as the kernel counts them. */
function cpusOf(board: DmiInfo | null, cpu: CpuTopology): Inventory["cpus"] {
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

async function readMemTotal(ctx: Context): Promise<number | null> {
  const found = /^MemTotal:\s+(\d+) kB/m.exec((await ctx.files.readText("/proc/meminfo")) ?? "");
  return found === null ? null : Number(found[1]) * 1024;
}

/** Drives only: no RAM disks, no optical or virtual media, no empty card readers. */
async function disksOf(ctx: Context, blocks: readonly BlockDevice[]): Promise<Inventory["disks"]> {
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

async function nicsOf(
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

async function readBmc(
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
function psusOf(board: DmiInfo | null, fru: readonly FruDevice[]): Inventory["psus"] {
  const units = fru.filter(({ device }) =>
    /\b(psu?|pwr ?supply|power ?supply)[ _-]?#?\d/i.test(device),
  );
  if (units.length > 0) {
    return units.slice(0, 16).map(({ device, fields }) => ({
      slot: device.replace(/\s*\(ID \d+\)$/, "").slice(0, 64),
      model: fields.get("Product Name") ?? fields.get("Product Part Number") ?? null,
      serial: fields.get("Product Serial") ?? fields.get("Board Serial") ?? null,
      present: true,
    }));
  }
  return (board?.powerSupplies ?? []).slice(0, 16).map((psu) => ({ ...psu }));
}

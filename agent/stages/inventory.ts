import { type Inventory, inventorySchema } from "../../contract/inventory.ts";
import { stageParamsSchemas } from "../../contract/stage-params.ts";
import { type DmiInfo, readDmi } from "../tools/dmidecode.ts";
import { readEdacCounts } from "../tools/edac.ts";
import { physicalLinks, readLinks } from "../tools/ip-link.ts";
import { readBlockDevices } from "../tools/lsblk.ts";
import { readCpuTopology } from "../tools/lscpu.ts";
import { isGpu, readPciDevices } from "../tools/lspci.ts";
import { readSecureBoot } from "../tools/secure-boot.ts";
import { failureText, type ToolFailure, type ToolReading } from "../tools/tool-result.ts";
import { readToolVersions } from "../tools/tool-version.ts";
import {
  cpusOf,
  disksOf,
  driverless,
  leftOut,
  nicsOf,
  psusOf,
  readBmc,
  readMemTotal,
} from "./inventory-parts.ts";
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
  const seen = <T>(reading: ToolReading<T>) => (reading.kind === "ok" ? reading.value : null);
  problems.push(...(await leftOut(ctx, seen(blocks), seen(pci), seen(links))));
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
    `${product === "" ? "Unnamed host" : product}: ${cpus.length} × ${cpus[0]?.model ?? "CPU"}, ${document.physicalCores} cores, ${gib(document.memoryBytes)}, ${count(disks, "disk")}, ${count(nics, "network port")}, ${count(gpus, "GPU")}.${unread}`,
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

function count(items: readonly unknown[], name: string): string {
  return `${items.length} ${name}${items.length === 1 ? "" : "s"}`;
}

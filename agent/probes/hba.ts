import type { FirmwareRow } from "../../contract/firmware.ts";
import { isHba, type PciDevice, readPciDevices } from "../tools/lspci.ts";
import { failureText } from "../tools/tool-result.ts";
import { firmwareRow } from "./firmware-row.ts";
import type { FirmwareProbe, ProbeContext } from "./probe.ts";

/** Where each driver shows its adapter's firmware below /sys/class/scsi_host/hostN. */
const VERSION_FILES: readonly string[] = [
  "version_fw", // mpt2sas, mpt3sas
  "firmware_version", // smartpqi
  "firmware_revision", // hpsa, smartpqi before 5.0
  "fw_version", // qla2xxx
  "fwrev", // lpfc
  "hba_kernel_version", // aacraid
  "host_fw_version", // arcmsr
];

/** RAID, SAS and Fibre Channel adapters, by PCI address. megaraid_sas shows no version in sysfs: said in its row. */
export const hbaProbe: FirmwareProbe = {
  component: "hba",
  title: "Storage adapters",
  tools: ["lspci"],
  async run(ctx): Promise<readonly FirmwareRow[]> {
    const devices = await readPciDevices(ctx);
    if (devices.kind !== "ok") {
      return [firmwareRow("hba", "system", { problem: failureText(devices) })];
    }
    return Promise.all(devices.value.filter(isHba).map((device) => rowOf(ctx, device)));
  },
};

async function rowOf(ctx: ProbeContext, device: PciDevice): Promise<FirmwareRow> {
  const version = await readVersion(ctx, device.address);
  return firmwareRow("hba", device.address, {
    aliases: [device.physicalSlot ?? ""],
    vendor: device.vendor,
    model: modelOf(device),
    version,
    problem: version === null ? whyUnread(device.driver) : null,
  });
}

/** The card's own name where the PCI list knows it, else the chip's. */
function modelOf({ subsystemDevice, device }: PciDevice): string {
  return subsystemDevice === null || /^Device\b/.test(subsystemDevice) ? device : subsystemDevice;
}

function whyUnread(driver: string | null): string {
  return driver === null
    ? "No driver is bound to it."
    : `The driver ${driver} shows no firmware version in sysfs.`;
}

async function readVersion(ctx: ProbeContext, address: string): Promise<string | null> {
  const folder = `/sys/bus/pci/devices/${address}`;
  const hosts = (await ctx.files.list(folder)).filter((name) => /^host\d+$/.test(name));
  for (const host of hosts) {
    for (const file of VERSION_FILES) {
      const text = (
        await ctx.files.readText(`${folder}/${host}/scsi_host/${host}/${file}`)
      )?.trim();
      if (text !== undefined && text !== "") return text;
    }
  }
  return null;
}

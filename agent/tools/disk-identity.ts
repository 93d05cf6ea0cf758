import type { HostFiles } from "./command.ts";

/** The most telling of a disk's names in /dev/disk/by-id come first. */
const BY_ID_ORDER = ["nvme-", "ata-", "scsi-", "sas-", "usb-", "virtio-", "wwn-"];

/** For each disk its stable name from /dev/disk/by-id; udev makes these, an image without it has none. */
export async function readDiskIds(files: HostFiles): Promise<ReadonlyMap<string, string>> {
  const names = await files.list("/dev/disk/by-id");
  const ids = new Map<string, string>();
  for (const name of [...names].sort((a, b) => rank(a) - rank(b))) {
    if (/-part\d+$/.test(name)) continue;
    const target = (await files.resolveLink(`/dev/disk/by-id/${name}`))?.split("/").at(-1);
    if (target !== undefined && !ids.has(target)) ids.set(target, name);
  }
  return ids;
}

function rank(name: string): number {
  const index = BY_ID_ORDER.findIndex((prefix) => name.startsWith(prefix));
  // `nvme-eui.…` and `scsi-3…` are numbers again; a name with model and serial is preferred.
  const bare = /^(nvme-(eui|nvme)\.|scsi-[0-9a-f]{17}$)/.test(name) ? 0.5 : 0;
  return (index === -1 ? BY_ID_ORDER.length : index) + bare;
}

/**
 * A SCSI or SATA disk's serial from its vital product data (page 80h, after a header of four bytes),
 * for images without udev, whose database is where lsblk has it from.
 */
export async function readDiskSerial(files: HostFiles, disk: string): Promise<string | null> {
  const page = await files.readText(`/sys/block/${disk}/device/vpd_pg80`);
  const serial = page
    ?.slice(4)
    .replace(/[^\x20-\x7e]/g, "")
    .trim();
  return serial === undefined || serial === "" ? null : serial;
}

/**
 * The label of the bay that a disk sits in: from the enclosure's own processor (SAS backplanes),
 * or from the PCI slot of an NVMe controller. Null when neither tells.
 */
export async function readDiskSlot(files: HostFiles, disk: string): Promise<string | null> {
  const device = `/sys/block/${disk}/device`;
  const bay = (await files.list(device)).find((name) => name.startsWith("enclosure_device:"));
  if (bay !== undefined) return bay.slice("enclosure_device:".length).trim() || null;
  if (!disk.startsWith("nvme")) return null;
  const target = (await files.resolveLink(device)) ?? "";
  const address = [...target.matchAll(/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d/g)].at(-1)?.[0];
  return address === undefined ? null : readPciSlot(files, address);
}

async function readPciSlot(files: HostFiles, address: string): Promise<string | null> {
  for (const slot of await files.list("/sys/bus/pci/slots")) {
    const slotAddress = (await files.readText(`/sys/bus/pci/slots/${slot}/address`))?.trim();
    // Slots are listed without the function: 0000:5e:00.
    if (slotAddress !== undefined && slotAddress !== "" && address.startsWith(`${slotAddress}.`)) {
      return `PCI slot ${slot}`;
    }
  }
  return null;
}

import type { Inventory } from "../../contract/inventory.ts";
import type { Blame } from "../../contract/stage-result.ts";
import type { KernelFinding } from "../tools/kernel-log.ts";
import { blameDisk } from "./disk-targets.ts";
import { blameNic } from "./nic-targets.ts";

const PCI_ADDRESS = /\b([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2})(\.[0-7])?/i;

/** The part that a line of the kernel log speaks of, as far as it names one; null where it does not. */
export function blameKernelLine(
  finding: KernelFinding,
  text: string,
  inventory: Inventory | null,
): Blame | null {
  switch (finding) {
    case "io-error":
      return diskOf(text, inventory);
    case "machine-check":
      return processorOf(text, inventory);
    case "gpu-xid":
    case "pcie-aer":
      return deviceOf(text, inventory);
    default:
      return null;
  }
}

/** `I/O error, dev sda, sector 2048`; `nvme nvme0: controller is down`, which is every disk behind it: the first stands. */
function diskOf(text: string, inventory: Inventory | null): Blame | null {
  const name = /\bdev (\w+)/.exec(text)?.[1] ?? /\b(nvme\d+(?:n\d+)?)\b/.exec(text)?.[1];
  if (name === undefined) return null;
  const disk = inventory?.disks.find((one) => one.name === name || one.name.startsWith(`${name}n`));
  return disk === undefined ? null : blameDisk(disk);
}

/** By the socket that the line names; a host with one processor has no other. */
function processorOf(text: string, inventory: Inventory | null): Blame | null {
  const cpus = inventory?.cpus ?? [];
  const socket = /\bSOCKET (\d+)/i.exec(text)?.[1];
  const cpu =
    socket === undefined ? (cpus.length === 1 ? cpus[0] : undefined) : cpus[Number(socket)];
  if (cpu === undefined) return null;
  return { part: "CPU", slot: cpu.socket, serial: null, model: cpu.model };
}

/** The card at a PCI address; its address alone where Inventory has no name for it. */
function deviceOf(text: string, inventory: Inventory | null): Blame | null {
  const [whole, slot = ""] = PCI_ADDRESS.exec(text.toLowerCase()) ?? [];
  if (whole === undefined) return null;
  // Xid lines leave the function out.
  const sits = (address: string | null) => address?.startsWith(slot) ?? false;
  const gpu = inventory?.gpus.find(({ pciAddress }) => sits(pciAddress));
  if (gpu !== undefined) {
    return { part: "GPU", slot: gpu.pciAddress, serial: gpu.serial, model: gpu.model };
  }
  const nic = inventory?.nics.find(({ pciAddress }) => sits(pciAddress));
  if (nic !== undefined) return blameNic(nic);
  return { part: "PCIe device", slot: whole, serial: null, model: null };
}

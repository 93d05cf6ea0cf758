import { expect, test } from "vitest";
import { blameKernelLine } from "../../../agent/stages/kernel-blame.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import { INVENTORY } from "./fault-host.ts";

const cpu = (socket: string): Inventory["cpus"][number] => ({
  ...{ socket, model: null, cores: null, threads: null, maxMHz: null },
});
const host: Inventory = {
  ...INVENTORY,
  cpus: [cpu("CPU1"), cpu("CPU2")],
  disks: INVENTORY.disks.map((disk) => ({ ...disk, name: "nvme1n1" })),
  nics: INVENTORY.nics.map((nic) => ({ ...nic, pciAddress: "0000:04:00.0" })),
};

test.each([
  [
    "gpu-xid",
    "NVRM: Xid (PCI:0000:5e:00): 79, GPU has fallen off the bus.",
    { slot: "0000:5e:00.0" },
  ],
  ["pcie-aer", "ixgbe 0000:04:00.0: PCIe Bus Error: severity=Uncorrected", { part: "NIC va2" }],
  [
    "pcie-aer",
    "pcieport 0000:00:01.0: AER: Uncorrected",
    { part: "PCIe device", slot: "0000:00:01.0" },
  ],
  ["io-error", "I/O error, dev nvme1n1, sector 0", { part: "disk nvme1n1", slot: "Bay 3" }],
  ["io-error", "nvme nvme1: controller is down", { part: "disk nvme1n1" }],
  ["machine-check", "mce: [Hardware Error]: PROCESSOR 0:50657 SOCKET 1 APIC 40", { slot: "CPU2" }],
] as const)("%s: %s", (finding, text, part) => {
  expect(blameKernelLine(finding, text, host)).toMatchObject(part);
});

test.each([
  ["io-error", "I/O error, dev sdz, sector 0"],
  ["machine-check", "mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 4"],
  ["oom-kill", "Out of memory: Killed process 1 (stress-ng)"],
  ["pcie-aer", "AER: Uncorrected error received"],
] as const)("a line that names no part of this host blames none: %s: %s", (finding, text) => {
  expect(blameKernelLine(finding, text, host)).toBeNull();
});

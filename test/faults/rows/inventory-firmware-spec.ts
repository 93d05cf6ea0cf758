import type { FaultRow } from "../fault-row.ts";
import { NIC } from "./row-parts.ts";

/** What the host is made of, and what it should be made of. */
export const SPEC_FAULTS: readonly FaultRow[] = [
  {
    id: "inv-tool-missing",
    fault: "dmidecode is missing from the image",
    how: "fake tool",
    stage: "Inventory",
    missing: ["dmidecode"],
    comes: "error",
    says: ["dmidecode is not installed"],
    evidence: ["dmesg", "interfaces"],
  },
  {
    id: "inv-no-driver",
    fault: "an NVMe drive without a driver: on the PCI bus, and no disk",
    how: "fake tool",
    stage: "Inventory",
    before: (host) =>
      host.alter(
        "out/lspci.txt",
        (text) =>
          `${text}Slot:\t0000:5f:00.0\nClass:\tNon-Volatile memory controller [0108]\nVendor:\tSimulated Disks [5e5e]\nDevice:\tSIMDISK NV960 [0001]\nRev:\t01\nProgIf:\t02\n\n`,
      ),
    comes: "gap",
    says: ["0000:5f:00.0", "driver"],
  },
  {
    id: "inv-lscpu-garbage",
    fault: "lscpu prints something that is no JSON",
    how: "fake tool",
    stage: "Inventory",
    before: (host) =>
      host.program("lscpu", { when: "-J", stdout: "lscpu: cannot open /proc/cpuinfo\n" }),
    comes: "error",
    says: ["The processors could not be read", "no JSON"],
  },
  {
    id: "inv-lspci-hangs",
    fault: "lspci hangs on a dead device",
    how: "fake tool",
    stage: "Inventory",
    patienceS: 6,
    before: (host) => host.program("lspci", { when: "-Dvmmnnk", seconds: 600 }),
    comes: "gap",
    says: ["lspci failed: no answer within"],
  },
  {
    id: "fw-tool-missing",
    fault: "nvme-cli is missing from the image, and the host has NVMe drives",
    how: "fake tool",
    stage: "Firmware",
    missing: ["nvme"],
    comes: "error",
    says: ["Not installed", "nvme"],
  },
  {
    id: "fw-microcode-unread",
    fault: "the kernel shows no microcode version",
    how: "fake sysfs",
    stage: "Firmware",
    before: (host) =>
      host.alter("root/proc/cpuinfo", (text) => text.replaceAll(/^microcode.*\n/gm, "")),
    comes: "gap",
    says: ["microcode"],
  },
  {
    id: "spec-bios",
    fault: "BIOS version differs from the pin",
    how: "fake tool",
    stage: "SpecValidate",
    before: (host) =>
      host.alter("out/dmidecode.txt", (text) => text.replace("Version: 2.19.1", "Version: 2.18.0")),
    comes: "fail",
    evidence: ["dmesg", "interfaces"],
    says: ["firmware of bios: expected 2.19.1, found 2.18.0"],
    blames: { part: "bios firmware" },
  },
  {
    id: "spec-nic-firmware-unread",
    fault: "a NIC whose pinned firmware cannot be read",
    how: "fake tool",
    stage: "SpecValidate",
    before: (host) => host.alter(`out/ethtool/${NIC}-i.txt`, null),
    comes: "fail",
    evidence: ["dmesg", "interfaces"],
    says: ["firmware of nic", "expected 0x80000877", "no version"],
  },
  {
    id: "spec-dimm-missing",
    fault: "a DIMM of the spec is missing",
    how: "fake tool",
    stage: "SpecValidate",
    machine: "two-socket server",
    before: (host) =>
      host.alter("out/dmidecode.txt", (text) =>
        text.replace(/Size: 32 GB(?=(?:\n\t.*)*\n\tLocator: DIMM_B3)/, "Size: No Module Installed"),
      ),
    comes: "fail",
    evidence: ["dmesg", "interfaces"],
    says: ["memory: expected 256 GiB, found 224 GiB", "memory modules: expected 8, found 7"],
    blames: { part: "missing memory modules (1)" },
  },
  {
    id: "spec-disk-missing",
    fault: "a disk of the spec is missing",
    how: "fake tool",
    stage: "SpecValidate",
    machine: "two-socket server",
    before: (host) =>
      host.alterJson("out/lsblk.json", (lsblk: { blockdevices: { name: string }[] }) => {
        lsblk.blockdevices = lsblk.blockdevices.filter(({ name }) => name !== "sdb");
      }),
    comes: "fail",
    evidence: ["dmesg", "interfaces"],
    says: ["disks: expected 3, found 2"],
    blames: { part: "missing disks (1)" },
  },
  {
    id: "spec-psu-missing",
    fault: "a power supply of the spec is not in its bay",
    how: "BMC",
    stage: "SpecValidate",
    before: (host) =>
      host
        .alter("out/dmidecode.txt", (text) =>
          text.replace(/Status: Present, OK(?![\s\S]*Status: Present, OK)/, "Status: Not Present"),
        )
        .alter("out/ipmitool/fru-print.txt", (text) =>
          text.replace(/FRU Device Description : PSU2[\s\S]*$/, ""),
        ),
    comes: "fail",
    evidence: ["dmesg", "interfaces"],
    says: ["power supplies: expected 2, found 1"],
  },
  {
    id: "spec-cpu-model",
    fault: "one socket holds another processor than the spec says",
    how: "fake tool",
    stage: "SpecValidate",
    machine: "two-socket server",
    before: (host) =>
      host.alter("out/dmidecode.txt", (text) => {
        const at = text.lastIndexOf("Gold 6226R");
        return `${text.slice(0, at)}Silver 4210${text.slice(at + "Gold 6226R".length)}`;
      }),
    comes: "fail",
    evidence: ["dmesg", "interfaces"],
    says: ["CPU model in CPU2", "Silver 4210"],
    blames: { part: "CPU", slot: "CPU2" },
  },
  {
    id: "spec-nic-1g",
    fault: "a NIC negotiated 1G instead of 10G",
    how: "fake tool",
    stage: "SpecValidate",
    before: (host) => {
      host.alter(`out/ethtool/${NIC}.txt`, (text) =>
        text.replace("Speed: 10000Mb/s", "Speed: 1000Mb/s"),
      );
      host.kernelFile(`sys/class/net/${NIC}/speed`, 1000);
    },
    comes: "fail",
    evidence: ["dmesg", "interfaces"],
    says: [`link speed of ${NIC}: expected at least 10000 Mbit/s, found 1000 Mbit/s`],
    blames: { slot: NIC },
  },
];

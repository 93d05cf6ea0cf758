import type { CleanRow } from "./fault-row.ts";
import { after, afterReadings, CPU_TEMP, when } from "./rows/row-parts.ts";

/** Machines without a fault, and things that only look like one: not a word may be said against them. */
export const CLEAN_MACHINES: readonly CleanRow[] = [
  { id: "clean-edge", fault: "an edge node with one disk and one NIC", verdict: "pass" },
  {
    id: "clean-rack",
    fault: "a two-socket server with everything, written to in the live image",
    machine: "two-socket server with a GPU",
    destructive: true,
    verdict: "pass",
  },
  {
    id: "clean-no-bmc",
    fault: "a node without GPU and BMC, as its specification says",
    machine: "node without BMC",
    verdict: "pass",
  },
  {
    id: "clean-vm",
    fault: "a virtual machine",
    machine: "virtual machine",
    verdict: "pass_with_gaps",
    gaps: [
      ["Firmware", "BMC firmware", "The host has none"],
      ["Firmware", "NVMe drives firmware", "The host has none"],
      ["Firmware", "Storage adapters firmware", "The host has none"],
      ["SpecValidate", "specification", "No specification for this host"],
      ["SMART", "SMART of vda", "a virtio disk has no SMART"],
      ["CPUStress", "memory error counting", "No EDAC driver is loaded"],
      ["GPU", "GPU", "The host has no GPU"],
      ["PSU", "power supplies", "no BMC"],
    ],
  },
  {
    id: "clean-bare",
    fault: "a board on which every optional part is absent",
    machine: "bare board",
    verdict: "pass_with_gaps",
    gaps: [
      ["Firmware", "BMC firmware", "The host has none"],
      ["Firmware", "NVMe drives firmware", "The host has none"],
      ["Firmware", "Storage adapters firmware", "The host has none"],
      ["SpecValidate", "specification", "No specification for this host"],
      ["SMART", "SMART", "The host has no disk"],
      ["CPUStress", "memory error counting", "No EDAC driver is loaded"],
      ["Storage", "disks", "The host has no disk"],
      ["Burn", "disks in Burn", "The host has no disk"],
      ["GPU", "GPU", "The host has no GPU"],
      ["PSU", "power supplies", "no BMC"],
    ],
  },
  {
    id: "clean-past",
    fault:
      "a host with a past: old events in its SEL, old resets in its log, sensors without a reading",
    verdict: "pass",
    before: (host) => {
      host
        .alter("out/ipmitool/sel-info.txt", (text) =>
          text.replace(/^Entries.*$/m, "Entries          : 2"),
        )
        .alter(
          "out/ipmitool/sel-csv.txt",
          (text) => `${text}2,01/04/2025,09:00:00,Power Supply #0x80,Failure detected,Asserted\n`,
        )
        .alter(
          "out/ipmitool/sdr-elist.txt",
          (text) => `${text}M2 Temp          | 99h | ns  |  7.9 | No Reading\n`,
        )
        .kernelSays("mce: [Hardware Error]: Machine check events logged")
        .kernelSays("I/O error, dev sr0, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2")
        .kernelFile("sys/devices/system/edac/mc/mc0/ce_count", 12)
        .kernelFile("sys/devices/system/edac/mc/mc0/dimm0/dimm_ce_count", 12);
    },
  },
  {
    id: "clean-spike",
    fault: "a processor beyond its critical limit for less time than the rule asks for",
    verdict: "pass",
    during: [
      ...when("CPUStress", "stress-ng", (host) => host.kernelFile(CPU_TEMP, 104_000)),
      afterReadings(1, "CPUStress", "stress-ng", ({ host }) => host.restore(`root/${CPU_TEMP}`)),
    ],
  },
  {
    id: "clean-clock-jump",
    fault: "the clock is set an hour ahead, and a rule lets fans turn for half an hour",
    verdict: "pass",
    profile: "deep",
    during: [afterReadings(2, "CPUStress", "stress-ng", ({ setClock }) => setClock(3600))],
  },
  {
    id: "clean-other-stage",
    fault: "a fan slower than a rule of Burn allows, while disks are tested",
    verdict: "pass",
    during: [
      {
        stage: "Storage",
        does: ({ host }) => host.kernelFile("sys/class/hwmon/hwmon1/fan2_input", 240),
      },
      {
        stage: "Network",
        does: ({ host }) => host.restore("root/sys/class/hwmon/hwmon1/fan2_input"),
      },
    ],
  },
  {
    id: "clean-agent-restart",
    fault: "the agent is killed and restarted in a stage",
    verdict: "pass",
    during: [after(400, "CPUStress", "stress-ng", ({ restartAgent }) => restartAgent())],
    attempts: { CPUStress: 2 },
  },
];

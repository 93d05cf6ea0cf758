import type { FaultRow } from "../fault-row.ts";
import { afterReadings, CPU_TEMP, when } from "./row-parts.ts";

const FAN = "sys/class/hwmon/hwmon1/fan2_input";
const DISK_TEMP = "sys/class/hwmon/hwmon2/temp1_input";
const CLOCK = "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq";

/** The rules of vetting.yaml: how long, above and below, the sensor's own limit, in which stage, warn or fail. */
export const THRESHOLD_FAULTS: readonly FaultRow[] = [
  {
    id: "rule-last-sample",
    fault: "CPU package reaches its own critical limit, and its sensor is mute until the result",
    how: "samples",
    stage: "CPUStress",
    profile: "deep",
    during: [
      ...when("CPUStress", "stress-ng", (host) => host.kernelFile(CPU_TEMP, 100_000)),
      afterReadings(2, "CPUStress", "stress-ng", ({ host }) => host.kernelFile(CPU_TEMP, null)),
    ],
    comes: "fail",
    says: ["cpu.package.temp reached its limit of 100 °C."],
  },
  {
    id: "rule-disk-critical",
    fault: "NVMe drive beyond its own critical temperature under load",
    how: "samples",
    stage: "Storage",
    during: when("Storage", "fio", (host) => host.kernelFile(DISK_TEMP, 91_000)),
    comes: "fail",
    says: ["disk.temp[nvme0] reached 91 °C, beyond its limit of 85 °C."],
    blames: { part: "disk nvme0n1", slot: "PCI slot 1" },
  },
  {
    id: "rule-min",
    fault: "fan below the least speed that the lab allows in Burn",
    how: "samples",
    stage: "Burn",
    during: when("Burn", "stress-ng", (host) => host.kernelFile(FAN, 240)),
    comes: "fail",
    says: ["fan[Fan2] fell to 240 rpm, below its limit of 500 rpm."],
    blames: { part: "fan", slot: "Fan2" },
  },
  {
    id: "rule-max",
    fault: "fan beyond the greatest speed that the lab allows in Burn",
    how: "samples",
    stage: "Burn",
    during: when("Burn", "stress-ng", (host) => host.kernelFile(FAN, 23_000)),
    comes: "fail",
    says: ["fan[Fan2] reached 23000 rpm, beyond its limit of 20000 rpm."],
  },
  {
    id: "rule-warn",
    fault: "processor clock below what the lab wants to be warned of",
    how: "samples",
    stage: "CPUStress",
    during: [
      ...when("CPUStress", "stress-ng", (host) => host.kernelFile(CLOCK, 800_000)),
      { stage: "Storage", does: ({ host }) => host.kernelFile(CLOCK, 3_000_000) },
    ],
    comes: "warning",
    says: ["cpu.clock fell to 800 MHz, below its limit of 1000 MHz."],
  },
];

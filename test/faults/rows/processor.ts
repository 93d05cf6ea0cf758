import type { FaultRow } from "../fault-row.ts";
import { CPU_TEMP, EDAC, kernelSaysDuring, stressNgSays, when } from "./row-parts.ts";

const stage = "CPUStress";
const VM = "--vm";
const CPU = "--cpu";

/** Processors and memory under stress. */
export const PROCESSOR_FAULTS: readonly FaultRow[] = [
  {
    id: "cpu-dimm-corrected",
    fault: "DIMM with corrected ECC errors under load",
    how: "fake sysfs",
    stage,
    during: when(stage, "stress-ng", (host) => {
      host.kernelFile(`${EDAC}/ce_count`, 3).kernelFile(`${EDAC}/dimm0/dimm_ce_count`, 3);
    }),
    comes: "fail",
    says: ["3 corrected memory errors on DIMM_A1"],
    blames: { part: "DIMM", slot: "DIMM_A1" },
    evidence: ["dmesg", "edac", "sel", "smart", "interfaces", "samples", "tool-output"],
  },
  {
    id: "cpu-dimm-uncorrected",
    fault: "DIMM with an uncorrectable ECC error: the machine survived it",
    how: "fake sysfs",
    stage,
    machine: "two-socket server",
    during: when(stage, "stress-ng", (host) => {
      host.kernelFile(`${EDAC}/ue_count`, 1).kernelFile(`${EDAC}/dimm2/dimm_ue_count`, 1);
    }),
    comes: "fail",
    says: [
      "memory.edac.ue reached 1, beyond its limit of 0.",
      "1 uncorrected memory errors on DIMM_A3",
    ],
    blames: { part: "DIMM", slot: "DIMM_A3" },
  },
  {
    id: "cpu-edac-lost",
    fault: "the EDAC counters go away under load",
    how: "fake sysfs",
    stage,
    during: when(stage, "stress-ng", (host) => {
      host.kernelFile(`${EDAC}/ce_count`, null).kernelFile(`${EDAC}/ue_count`, null);
    }),
    comes: "gap",
    says: ["memory error counting", "fell or went away"],
  },
  {
    id: "cpu-machine-check",
    fault: "machine check in the kernel log, EDAC counting nothing",
    how: "kernel log",
    stage,
    during: kernelSaysDuring(
      stage,
      "stress-ng",
      "mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 4: be00000000800400",
    ),
    comes: "fail",
    says: ["reported an uncorrected machine check of CPU 0 in bank 4"],
    blames: { part: "CPU", slot: "CPU1" },
  },
  {
    id: "cpu-oom-kill",
    fault: "oom-kill of the stress tool",
    how: "kernel log",
    stage,
    during: kernelSaysDuring(
      stage,
      "stress-ng",
      "Out of memory: Killed process 4242 (stress-ng-vm) total-vm:270000kB, anon-rss:262144kB",
    ),
    comes: "fail",
    says: ["shot a process for lack of memory", "stress-ng-vm"],
  },
  {
    id: "cpu-lockup",
    fault: "soft lockup of a processor under load",
    how: "kernel log",
    stage,
    during: kernelSaysDuring(
      stage,
      "stress-ng",
      "watchdog: BUG: soft lockup - CPU#3 stuck for 26s! [stress-ng-cpu:812]",
    ),
    comes: "fail",
    says: ["reported a lockup", "CPU#3 stuck"],
  },
  {
    id: "cpu-bit-errors-exit-0",
    fault: "stress-ng finds bit errors in memory and exits 0",
    how: "fake tool",
    stage,
    before: (host) =>
      host.program("stress-ng", {
        when: VM,
        seconds: 1,
        stderr: stressNgSays("vm", 52_000, 1, [
          "fail:  [7002] vm: detected 3 bit errors while stressing memory",
        ]),
      }),
    comes: "fail",
    says: ["stress-ng on ram", "detected 3 bit errors"],
  },
  {
    id: "cpu-wrong-sums",
    fault: "stress-ng --verify finds a wrong result of the processor",
    how: "fake tool",
    stage,
    before: (host) =>
      host.program("stress-ng", {
        when: CPU,
        seconds: 1,
        exit: 2,
        stderr: stressNgSays("cpu", 900, 1, [
          "fail:  [7002] cpu: explog error detected, failed checksum",
        ]),
      }),
    comes: "fail",
    says: ["stress-ng on cpu", "explog error detected"],
  },
  {
    id: "cpu-zero-ops",
    fault: "stress-ng exits 0 with zero bogo-ops",
    how: "fake tool",
    stage,
    before: (host) =>
      host.program("stress-ng", { when: CPU, seconds: 1, stderr: stressNgSays("cpu", 0, 1) }),
    comes: "fail",
    says: ["cpu did no work at all"],
  },
  {
    id: "cpu-early-end",
    fault: "stress-ng ended 5 s early with exit 0",
    how: "fake tool",
    stage,
    profile: "deep",
    before: (host) =>
      host.program("stress-ng", { when: CPU, seconds: 1, stderr: stressNgSays("cpu", 1755, 1) }),
    comes: "fail",
    says: ["cpu ran", "of the 6 s asked for"],
  },
  {
    id: "cpu-early-end-claims-time",
    fault: "stress-ng is back after a second and claims the whole time",
    how: "fake tool",
    stage,
    profile: "deep",
    before: (host) =>
      host.program("stress-ng", { when: CPU, stderr: stressNgSays("cpu", 9000, 6) }),
    comes: "fail",
    says: ["cpu ran", "of the 6 s asked for"],
  },
  {
    id: "cpu-tool-missing",
    fault: "stress-ng is missing from the image",
    how: "fake tool",
    stage,
    missing: ["stress-ng"],
    comes: "error",
    says: ["stress-ng is not installed"],
  },
  {
    id: "cpu-tool-hangs",
    fault: "stress-ng hangs past its budget",
    how: "fake tool",
    stage,
    patienceS: 8,
    before: (host) => host.program("stress-ng", { when: CPU, seconds: 600 }),
    comes: "error",
    says: ["stress-ng failed: no answer within"],
  },
  {
    id: "cpu-tool-crashes",
    fault: "stress-ng dies of SIGSEGV",
    how: "fake tool",
    stage,
    before: (host) => host.program("stress-ng", { when: CPU, first: "kill -SEGV $$" }),
    comes: "error",
    says: ["stress-ng failed: it died of SIGSEGV"],
  },
  {
    id: "cpu-critical",
    fault: "CPU package beyond its own critical limit",
    how: "samples",
    stage,
    profile: "deep",
    during: when(stage, "stress-ng", (host) => host.kernelFile(CPU_TEMP, 104_000)),
    comes: "fail",
    says: ["cpu.package.temp reached 104 °C, beyond its limit of 100 °C."],
    blames: { part: "CPU", slot: "CPU1" },
    evidence: ["dmesg", "samples", "edac", "sel", "smart", "interfaces"],
  },
  {
    id: "cpu-throttled",
    fault: "processors throttled for heat below their critical limit",
    how: "fake sysfs",
    stage,
    during: when(stage, "stress-ng", (host) =>
      host.kernelFile("sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count", 7),
    ),
    comes: "warning",
    says: ["throttled for heat 7 times"],
  },
  {
    id: "cpu-memory-too-large",
    fault: "more memory than the pass can reach in its time",
    how: "fake sysfs",
    stage,
    before: (host) =>
      host.alter("root/proc/meminfo", (text) =>
        text.replace(/MemAvailable:.*/, "MemAvailable: 3900000 kB"),
      ),
    comes: "gap",
    says: ["memory beyond", "give it more time"],
  },
];

import { fixture } from "../../fixture-host.ts";
import { CORRECTED_AER, CPU_OK, EDAC, edac, type Row, says, UE } from "./fault-row.ts";

export const PROCESSOR_FAULTS: readonly Row[] = [
  [
    "CPUStress",
    "stress-ng ends early and exits 0, its metrics claiming the time",
    {
      answers: { "stress-ng": { stderr: CPU_OK.replaceAll(/(cpu +\d+ +)[\d.]+/g, "$160.00") } },
      context: { params: { cpuSeconds: 60, ramSeconds: 60, settleSeconds: 0 } },
    },
    "fail",
    /cpu ran 1 s of the 60 s/,
  ],
  [
    "CPUStress",
    "a child of stress-ng is killed and it exits 0",
    { answers: { "stress-ng": { stderr: fixture("stress-ng/vm-child-killed.txt") } } },
    "fail",
    /stress-ng on/,
  ],
  [
    "CPUStress",
    "a worker is killed",
    { answers: { "stress-ng": { stderr: fixture("stress-ng/worker-killed.txt"), exitCode: 2 } } },
    "fail",
    /stress-ng on cpu/,
  ],
  [
    "CPUStress",
    "no work is done at exit 0",
    { answers: { "stress-ng": { stderr: fixture("stress-ng/vm-no-work.txt") } } },
    "fail",
    /did no work/,
  ],
  [
    "CPUStress",
    "stress-ng's metrics are untrustworthy",
    {
      answers: {
        "stress-ng": {
          stderr: `${CPU_OK}\nstress-ng: info:  [1] metrics untrustworthy: 1: cpu (1)\n`,
        },
      },
    },
    "fail",
    /untrustworthy/,
  ],
  [
    "CPUStress",
    "stress-ng does not know an option",
    { answers: { "stress-ng": { stderr: fixture("stress-ng/unknown-option.txt"), exitCode: 1 } } },
    "error",
    /stress-ng failed/,
  ],
  [
    "CPUStress",
    "an uncorrected memory error",
    { texts: edac("0", "0"), later: edac("0", "1") },
    "fail",
    /1 uncorrected memory error/,
  ],
  [
    "CPUStress",
    "memory errors that only the module's counter has",
    {
      texts: {
        ...edac("0", "0"),
        [`${EDAC}/dimm0/dimm_ce_count`]: "0",
        [`${EDAC}/dimm0/dimm_label`]: "DIMM_A1",
      },
      later: { [`${EDAC}/dimm0/dimm_ce_count`]: "2" },
    },
    "fail",
    /2 corrected memory errors on DIMM_A1/,
  ],
  [
    "CPUStress",
    "EDAC counters that go backwards",
    { texts: edac("7", "0"), later: edac("0", "0") },
    "gap",
    /counters fell/,
  ],
  [
    "CPUStress",
    "EDAC counters that cannot be read",
    { texts: edac("?", "?") },
    "gap",
    /memory error counting/,
  ],
  [
    "CPUStress",
    "EDAC's lines in the log while its counters say nothing",
    { answers: { dmesg: says(UE) } },
    "fail",
    /memory error.*UE/,
  ],
  [
    "CPUStress",
    "a machine check",
    { answers: { dmesg: says("mce: [Hardware Error]: Machine check events logged") } },
    "fail",
    /machine check/,
  ],
  [
    "CPUStress",
    "a machine check after a flood of corrected PCIe errors",
    {
      answers: {
        dmesg: says(...CORRECTED_AER, "mce: [Hardware Error]: CPU 1: Machine Check: 0 Bank 5"),
      },
    },
    "fail",
    /machine check/,
  ],
  [
    "CPUStress",
    "an uncorrected PCIe error after a flood of corrected ones",
    {
      answers: {
        dmesg: says(
          ...CORRECTED_AER,
          "pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrected (Fatal)",
        ),
      },
    },
    "fail",
    /Uncorrected/,
  ],
  [
    "CPUStress",
    "the OOM killer",
    { answers: { dmesg: says("Out of memory: Killed process 7 (stress-ng-vm)") } },
    "fail",
    /lack of memory/,
  ],
  [
    "CPUStress",
    "a soft lockup",
    { answers: { dmesg: says("watchdog: BUG: soft lockup - CPU#1 stuck for 22s!") } },
    "fail",
    /lockup/,
  ],
  [
    "CPUStress",
    "throttling where the kernel counts none",
    { answers: { dmesg: says("CPU1: Core temperature above threshold, cpu clock throttled") } },
    "warning",
    /reported heat/,
  ],
];

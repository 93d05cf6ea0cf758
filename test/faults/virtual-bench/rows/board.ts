import type { VirtualRow } from "../rig/virtual-row.ts";

export const CORRECTED_MACHINE_CHECK: VirtualRow = {
  id: "machine-check-corrected",
  fault: "A processor corrects errors of its own, of which nobody would hear",
  how: "HMP mce with a corrected status in the middle of the stress",
  stage: "CPUStress",
  comes: "fail",
  words: /a corrected machine check of CPU 0 in bank 5/,
  part: /^CPU CPU 0/,
};

export const PCIE_ERROR: VirtualRow = {
  id: "pcie-uncorrected",
  fault: "A PCIe slot reports an uncorrected error",
  how: "HMP pcie_aer_inject_error on a root port",
  stage: "CPUStress",
  comes: "fail",
  words: /a PCIe error: .*Uncorrected \(Non-Fatal\)/,
  part: /^PCIe device 0000:[0-9a-f]{2}:[0-9a-f]{2}\.0/,
};

export const MEMORY_PRESSURE: VirtualRow = {
  id: "memory-pressure",
  fault: "The host has hardly any memory left for the test",
  how: "a virtio balloon takes all but a little of the guest's memory",
  stage: "CPUStress",
  comes: "fail",
  words: /ram did no work at all\. Only \d+ MiB of memory were available/,
};

export const HANG: VirtualRow = {
  id: "hang",
  fault: "The machine hangs under full load",
  how: "QMP stop for longer than the console waits",
  stage: "CPUStress",
  comes: "fail",
  words: /fell silent during CPU and memory .*it probably hung under load/,
};

export const UNCORRECTED_MACHINE_CHECK: VirtualRow = {
  id: "machine-check-uncorrected",
  fault: "An uncorrected machine check takes the machine down, and it comes back by itself",
  how: "HMP mce with an uncorrected status; the kernel panics and restarts",
  stage: "PSU",
  comes: "fail",
  words: /unexpected reset/,
};

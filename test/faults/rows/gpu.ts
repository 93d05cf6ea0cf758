import { nvidia } from "../../agent/stages/fault-host.ts";
import type { FaultRow } from "../fault-row.ts";
import { GPU_ADDRESS } from "../machines.ts";
import { kernelSaysDuring, when } from "./row-parts.ts";

const stage = "GPU";
const machine = "edge node with a GPU";
const card = (over: Record<string, string>) =>
  nvidia([{ "pci.bus_id": "00000000:AF:00.0", serial: "SIMGPU01", ...over }]);
const GPU_BLAME = { part: "GPU", slot: GPU_ADDRESS, serial: "SIMGPU01" };

/** Graphics and compute cards. */
export const GPU_FAULTS: readonly FaultRow[] = [
  {
    id: "gpu-burn-faulty",
    fault: "gpu-burn prints FAULTY and exits 0",
    how: "fake tool",
    stage,
    machine,
    before: (host) =>
      host.alter("out/gpu-burn.txt", (text) =>
        text.replace("GPU 0: OK", "GPU 0: FAULTY").replace("errors: 0 - 0", "errors: 117"),
      ),
    comes: "fail",
    says: ["gpu_burn found GPU 0 FAULTY"],
    blames: GPU_BLAME,
  },
  {
    id: "gpu-xid-79",
    fault: "kernel: Xid 79 GPU has fallen off the bus",
    how: "kernel log",
    stage,
    machine,
    during: kernelSaysDuring(
      stage,
      "gpu_burn",
      "NVRM: Xid (PCI:0000:af:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
    ),
    comes: "fail",
    says: ["reported a GPU fault", "fallen off the bus"],
    blames: { part: "GPU", slot: GPU_ADDRESS },
  },
  {
    id: "gpu-unseen",
    fault: "a card on the PCI bus that the driver does not see",
    how: "fake tool",
    stage,
    machine,
    before: (host) => host.program("nvidia-smi", { stdout: "No devices were found\n", exit: 6 }),
    comes: "error",
    says: ["nvidia-smi failed", "No devices were found"],
  },
  {
    id: "gpu-ecc",
    fault: "uncorrected ECC errors of the card's memory grow under load",
    how: "fake tool",
    stage,
    machine,
    during: when(stage, "gpu_burn", (host) =>
      host.alter("out/nvidia-smi.csv", card({ "ecc.errors.uncorrected.volatile.total": "2" })),
    ),
    comes: "fail",
    says: ["GPU 0: 2 uncorrected ECC errors"],
    blames: GPU_BLAME,
  },
  {
    id: "gpu-narrow-link",
    fault: "the card runs at x8 in a x16 slot",
    how: "fake tool",
    stage,
    machine,
    before: (host) => host.alter("out/nvidia-smi.csv", card({ "pcie.link.width.current": "8" })),
    comes: "fail",
    says: ["GPU 0: PCIe x8 where it can x16"],
    blames: GPU_BLAME,
  },
  {
    id: "gpu-no-tool",
    fault: "neither dcgmi nor gpu_burn in the image",
    how: "fake tool",
    stage,
    machine,
    missing: ["gpu_burn"],
    comes: "error",
    says: ["Neither dcgmi", "nor gpu_burn", "GPU 0"],
  },
];

import { BURNT, nvidia } from "../fault-host.ts";
import { diag, inTurn, type Row, says } from "./fault-row.ts";

export const GPU_FAULTS: readonly Row[] = [
  [
    "GPU",
    "gpu_burn says FAULTY and exits 0",
    { answers: { gpu_burn: BURNT.replace("1: OK", "1: FAULTY") } },
    "fail",
    /GPU 1 FAULTY/,
  ],
  [
    "GPU",
    "gpu_burn leaves out a card",
    { answers: { gpu_burn: BURNT.replace("\tGPU 1: OK\n", "") } },
    "fail",
    /nothing of GPU 1/,
  ],
  [
    "GPU",
    "gpu_burn exits 1 after saying OK",
    { answers: { gpu_burn: { stdout: BURNT, exitCode: 1 } } },
    "error",
    /gpu_burn failed/,
  ],
  [
    "GPU",
    "gpu_burn computes nothing",
    { answers: { gpu_burn: BURNT.replaceAll(/\d+ Gflop/g, "0 Gflop") } },
    "fail",
    /did no work/,
  ],
  [
    "GPU",
    "DCGM skips one card, and gpu_burn is not there",
    {
      answers: {
        dcgmi: diag(["Memory", "Pass", 0], ["Memory", "Skip", 1]),
        gpu_burn: { outcome: "tool-missing" },
      },
    },
    "error",
    /stress GPU 1/,
  ],
  [
    "GPU",
    "DCGM skips one test of a card",
    { answers: { dcgmi: diag(["Memory", "Pass", 0], ["Memory", "Pass", 1], ["PCIe", "Skip", 1]) } },
    "gap",
    /DCGM PCIe on GPU 1.*Skipped/,
  ],
  [
    "GPU",
    "dcgmi exits 1 with a clean report",
    {
      answers: {
        dcgmi: { stdout: diag(["Memory", "Pass", 0], ["Memory", "Pass", 1]), exitCode: 1 },
      },
    },
    "error",
    /dcgmi failed/,
  ],
  [
    "GPU",
    "a card falls off the bus under stress",
    { answers: { "nvidia-smi": inTurn(nvidia(), nvidia(), nvidia([{}])) } },
    "fail",
    /GPU 1 is gone/,
  ],
  [
    "GPU",
    "nvidia-smi does not see a card",
    { answers: { "nvidia-smi": nvidia([{}]) } },
    "fail",
    /sees 1 of 2/,
  ],
  [
    "GPU",
    "a driver fault in the kernel log",
    { answers: { dmesg: says("NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.") } },
    "fail",
    /GPU fault/,
  ],
];

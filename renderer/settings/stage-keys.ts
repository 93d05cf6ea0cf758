import type { StageName } from "../../contract/stages.ts";

/** One parameter of a stage that a profile sets. */
export interface StageKey {
  readonly key: string;
  readonly label: string;
  /** As printed beside the field; empty for a plain number or a choice. */
  readonly unit: string;
  readonly means: string;
  /** What can be chosen, where it is no number. */
  readonly choices?: readonly (string | boolean)[];
}

const settle: StageKey = {
  key: "settleSeconds",
  label: "Settle",
  unit: "s",
  means: "Pause after the stage; 0 for none",
};

/** In the order of the stages; those that are not here have nothing to set. */
export const STAGE_KEYS: Readonly<Partial<Record<StageName, readonly StageKey[]>>> = {
  SMART: [
    {
      key: "selfTest",
      label: "Self-test",
      unit: "",
      means: "The drive's own test; with none the run says so",
      choices: ["none", "short", "extended"],
    },
    {
      key: "selfTestTimeoutSeconds",
      label: "Self-test time-out",
      unit: "s",
      means: "How long to wait for the slowest drive",
    },
  ],
  CPUStress: [
    { key: "cpuSeconds", label: "Processor pass", unit: "s", means: "All cores under load" },
    { key: "ramSeconds", label: "Memory pass", unit: "s", means: "After the processor pass" },
    settle,
  ],
  Storage: [
    {
      key: "readSeconds",
      label: "Reads",
      unit: "s",
      means: "Random and sequential, each per disk",
    },
    {
      key: "writeSeconds",
      label: "Write and verify",
      unit: "s",
      means: "Per disk; destructive runs only",
    },
    {
      key: "badblocks",
      label: "badblocks",
      unit: "",
      means: "Write the whole of each spinning disk; destructive runs only",
      choices: [false, true],
    },
    { key: "queueDepth", label: "Queue depth", unit: "", means: "Requests in flight, 1 to 1024" },
  ],
  Network: [
    {
      key: "secondsPerDirection",
      label: "Each direction",
      unit: "s",
      means: "Sending, then receiving, for each NIC",
    },
    {
      key: "streamsPer10G",
      label: "Streams",
      unit: "per 10 Gbit/s",
      means: "Of link speed, 1 to 64",
    },
    {
      key: "floorShare",
      label: "Least throughput",
      unit: "of link speed",
      means: "A share: 0.7 is 70 %",
    },
  ],
  Burn: [{ key: "seconds", label: "Burn", unit: "s", means: "All parts at once" }, settle],
  GPU: [
    { key: "seconds", label: "GPU burn", unit: "s", means: "Where there is a GPU" },
    { key: "dcgmLevel", label: "DCGM level", unit: "", means: "Of dcgmi diag, 1 to 4" },
  ],
  PSU: [
    {
      key: "railTolerance",
      label: "Rail tolerance",
      unit: "of nominal",
      means: "A share: 0.05 is 5 %, where the sensor declares no limits",
    },
  ],
};

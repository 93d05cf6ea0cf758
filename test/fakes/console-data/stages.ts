/** Attempts of the stages, as a run that goes well has them. */
import type { StageAttempt } from "../../../contract/console-api.ts";
import { STAGES, type StageName } from "../../../contract/stages.ts";
import { at } from "./times.ts";

const LENGTH_S: Readonly<Record<StageName, number>> = {
  Inventory: 9,
  Firmware: 6,
  SpecValidate: 1,
  SMART: 131,
  CPUStress: 372,
  Storage: 244,
  Network: 63,
  Burn: 311,
  GPU: 1,
  PSU: 3,
  Reporting: 2,
};

let nextAttempt = 1;

/** A finished attempt of a stage that started `fromS` seconds into the run. */
export function attempt(
  stage: StageName,
  fromS: number,
  changes: Partial<StageAttempt> = {},
): StageAttempt {
  return {
    id: nextAttempt++,
    stage,
    attempt: 1,
    status: "complete",
    result: "pass",
    claimedResult: "pass",
    reason: null,
    summary: null,
    startedAt: at(fromS),
    endedAt: at(fromS + LENGTH_S[stage]),
    expectedSeconds: LENGTH_S[stage],
    proof: [],
    measurements: [],
    gaps: [],
    blame: [],
    toolVersions: {},
    breaches: [],
    ...changes,
  };
}

const GOOD: Readonly<Partial<Record<StageName, Partial<StageAttempt>>>> = {
  Inventory: {
    summary: "2 CPUs, 4 DIMMs, 2 disks, 2 NICs.",
    toolVersions: { dmidecode: "3.4", lscpu: "2.38.1", lspci: "3.9.0" },
  },
  Firmware: { summary: "5 components read, 1 not readable." },
  SpecValidate: { summary: "Matches r640." },
  SMART: {
    summary: "2 disks healthy, short self-test passed.",
    measurements: [
      { name: "disk.reallocated_sectors", item: "sda", value: 0, unit: "1", max: 0 },
      { name: "disk.available_spare", item: "nvme0", value: 100, unit: "%", min: 10 },
    ],
    toolVersions: { smartctl: "7.3" },
  },
  CPUStress: {
    summary: "4 cores, 100 % for 3 min 00.",
    proof: [
      {
        what: "cpu",
        requestedS: 180,
        elapsedS: 180.4,
        work: 8_100_000,
        unit: "1",
        utilisationPercent: 99.6,
        maxTempC: 71,
      },
      { what: "ram", requestedS: 180, elapsedS: 181, work: 5.1e12, unit: "By", maxTempC: 64 },
    ],
    measurements: [
      { name: "cpu.bogo_ops", value: 8_100_000, unit: "1" },
      { name: "memory.edac.ce", item: "DIMM_A1", value: 0, unit: "1", max: 0 },
    ],
    gaps: [{ what: "ECC counters", why: "No EDAC driver is loaded for this CPU.", absent: false }],
    toolVersions: { "stress-ng": "0.15.06" },
  },
  Storage: {
    summary: "2 disks, read-only.",
    proof: [
      { what: "disk sda read", requestedS: 30, elapsedS: 30.1, work: 1.62e10, unit: "By" },
      { what: "disk nvme0n1 read", requestedS: 30, elapsedS: 30, work: 9.6e10, unit: "By" },
    ],
    toolVersions: { fio: "3.33" },
  },
  Network: {
    summary: "2 NICs in both directions.",
    proof: [
      { what: "nic eno1 send", requestedS: 30, elapsedS: 30, work: 3.5e10, unit: "By" },
      { what: "nic eno1 receive", requestedS: 30, elapsedS: 30, work: 3.51e10, unit: "By" },
    ],
    measurements: [
      { name: "nic.throughput", item: "eno1", value: 1.17e9, unit: "By/s", min: 8.75e8 },
    ],
    toolVersions: { iperf3: "3.12" },
  },
  Burn: {
    summary: "CPU, memory, disk and network together for 5 min 00.",
    proof: [
      {
        what: "cpu",
        requestedS: 300,
        elapsedS: 300.6,
        work: 12_400_000,
        unit: "1",
        maxTempC: 78,
        maxPowerW: 412,
      },
    ],
  },
  GPU: {
    status: "skipped",
    result: "not_applicable",
    claimedResult: "not_applicable",
    reason: "The host has no GPU.",
    gaps: [{ what: "GPU", why: "The host has no GPU.", absent: true }],
  },
  PSU: {
    summary: "2 supplies, rails within 5 %.",
    measurements: [
      { name: "psu.rail", item: "12 V", value: 12.1, unit: "V", min: 11.4, max: 12.6 },
    ],
    toolVersions: { ipmitool: "1.8.19" },
  },
};

/** Good attempts of the stages up to but not including `end`, one after another. */
export function goodStages(end?: StageName): StageAttempt[] {
  const wanted = end === undefined ? STAGES : STAGES.slice(0, STAGES.indexOf(end));
  let fromS = 120;
  return wanted.map((stage) => {
    const made = attempt(stage, fromS, GOOD[stage]);
    fromS += LENGTH_S[stage] + 2;
    return made;
  });
}

/** When a stage begins in a run of good stages, in seconds. */
export function startOf(stage: StageName): number {
  return STAGES.slice(0, STAGES.indexOf(stage)).reduce((sum, s) => sum + LENGTH_S[s] + 2, 120);
}

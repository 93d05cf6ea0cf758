/** Runs: passed, with gaps, holding, and under way. */
import type { RunDetail, RunSummary } from "../../../contract/console-api.ts";
import { BUILT_IN_PROFILES } from "../../../contract/stage-params.ts";
import { INVENTORY } from "./inventory.ts";
import { attempt, goodStages, startOf } from "./stages.ts";
import { at } from "./times.ts";

export function summary(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 7,
    hostId: 1,
    hostName: "orion",
    profile: "quick",
    nonDestructive: true,
    state: "Passed",
    verdict: "pass",
    failedStage: null,
    reason: null,
    start: "reporter",
    afterPass: "power_off",
    operator: "M. Ortiz",
    ticket: "LAB-311",
    createdAt: at(0),
    startedAt: at(4),
    endedAt: at(1285),
    stateSince: at(1285),
    remainingSeconds: null,
    silentSince: null,
    warnings: [],
    ...changes,
  };
}

export function detail(changes: Partial<RunDetail> = {}): RunDetail {
  return {
    ...summary(),
    stages: goodStages(),
    gaps: [],
    overrides: [],
    evidence: [],
    thresholds: [
      { sensor: "cpu.package.temp", max: "sensor-critical", forSeconds: 10, severity: "fail" },
      { sensor: "psu.power", max: 500, forSeconds: 5, severity: "warn" },
    ],
    params: BUILT_IN_PROFILES.quick,
    spec: "r640",
    catalogue: null,
    inventory: INVENTORY,
    agentVersion: "0.1.0",
    consoleVersion: "0.1.0",
    sensors: [
      { sensor: "cpu.package.temp[0]", unit: "Cel", samples: 640 },
      { sensor: "cpu.package.temp[1]", unit: "Cel", samples: 640 },
      { sensor: "psu.power", unit: "W", samples: 640 },
    ],
    droppedSamples: 0,
    access: null,
    hold: null,
    boots: [],
    canCancel: false,
    canOverride: false,
    ...changes,
  };
}

/** A run that ended `Passed`, but with something that was not exercised. */
export function gappyRun(changes: Partial<RunDetail> = {}): RunDetail {
  return detail({
    verdict: "pass_with_gaps",
    gaps: [
      { stage: "CPUStress", what: "ECC counters", why: "No EDAC driver is loaded.", absent: false },
    ],
    overrides: [
      {
        stage: "Storage",
        reason: "Cable of bay 0 reseated, errors were on the cable.",
        operator: "M. Ortiz",
        at: at(900),
      },
    ],
    ...changes,
  });
}

/** A run that holds in CPUStress: a temperature beyond the sensor's own limit. */
export function holdingRun(changes: Partial<RunDetail> = {}): RunDetail {
  const from = startOf("CPUStress");
  const reason =
    "cpu.package.temp[1] stood at 101 °C for 10 s; the sensor's own critical limit is 100 °C.";
  return detail({
    id: 8,
    state: "FailedHolding",
    verdict: "fail",
    failedStage: "CPUStress",
    reason,
    endedAt: null,
    stateSince: at(from + 130),
    stages: [
      ...goodStages("CPUStress"),
      attempt("CPUStress", from, {
        endedAt: at(from + 130),
        result: "fail",
        claimedResult: "fail",
        summary: "Aborted 2 min 10 into the CPU pass.",
        reason,
        proof: [
          {
            what: "cpu",
            requestedS: 180,
            elapsedS: 130.2,
            work: 5_600_000,
            unit: "1",
            maxTempC: 101,
          },
        ],
        measurements: [
          { name: "cpu.throttle_events", item: "CPU2", value: 41, unit: "1", max: 0 },
          { name: "memory.edac.ue", item: "A1", value: 0, unit: "1", max: 0 },
        ],
        blame: [{ part: "CPU2", slot: "CPU2", serial: null, model: "Xeon Gold 6130" }],
        toolVersions: { "stress-ng": "0.15.06" },
        breaches: [
          {
            sensor: "cpu.package.temp[1]",
            value: 101,
            limit: 100,
            t: at(from + 128),
            unit: "Cel",
            severity: "fail",
          },
        ],
      }),
    ],
    evidence: [
      {
        id: 1,
        stage: "CPUStress",
        kind: "dmesg",
        name: "dmesg.txt",
        bytes: 48_211,
        truncated: false,
        receivedAt: at(from + 133),
      },
      {
        id: 2,
        stage: "CPUStress",
        kind: "sel",
        name: "sel.txt",
        bytes: 812,
        truncated: false,
        receivedAt: at(from + 134),
      },
    ],
    canCancel: true,
    canOverride: true,
    ...changes,
  });
}

/** A run in the middle of its Storage stage. */
export function runningRun(changes: Partial<RunDetail> = {}): RunDetail {
  const from = startOf("Storage");
  return detail({
    id: 9,
    hostId: 2,
    hostName: "rigel",
    state: "Storage",
    verdict: null,
    endedAt: null,
    stateSince: at(from),
    remainingSeconds: 720,
    stages: [
      ...goodStages("Storage"),
      attempt("Storage", from, {
        endedAt: null,
        status: "running",
        result: null,
        claimedResult: null,
      }),
    ],
    canCancel: true,
    ...changes,
  });
}

export function summaryOf(run: RunDetail): RunSummary {
  const keys = Object.keys(summary()) as (keyof RunSummary)[];
  return Object.fromEntries(keys.map((key) => [key, run[key]])) as RunSummary;
}

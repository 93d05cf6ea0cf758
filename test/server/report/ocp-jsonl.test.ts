import { describe, expect, test } from "vitest";
import type { LogLine } from "../../../contract/agent-api.ts";
import type { RunDetail } from "../../../contract/console-api.ts";
import type { OcpInput } from "../../../server/report/input.ts";
import { renderOcpJsonl } from "../../../server/report/ocp-jsonl.ts";
import {
  at,
  attempt,
  detail,
  FIRMWARE,
  gappyRun,
  goodStages,
  holdingRun,
  host,
  runningRun,
  startOf,
  T0,
} from "../../fakes/console-data.ts";
import { hasOcpSchemas, ocpValidator } from "./ocp-schema.ts";

// biome-ignore lint/suspicious/noExplicitAny: lines of JSON, looked into at will
type Line = any;

function line(text: string, seconds: number, more: Partial<LogLine> = {}): LogLine {
  const stage = "CPUStress" as const;
  return { sequence: 1, stage, t: at(seconds), level: "warn", source: "kernel", text, ...more };
}

function inputOf(run: RunDetail, changes: Partial<OcpInput> = {}): OcpInput {
  const stress = run.stages.find(({ stage }) => stage === "CPUStress");
  const t = T0 + (startOf("CPUStress") + 10) * 1000;
  const temps = {
    sensor: "cpu.package.temp[1]",
    unit: "Cel",
    points: [
      [t, 40, 40, 40],
      [t + 6000, 44, 101, 70],
    ] as [number, number, number, number][],
  };
  return {
    run,
    host: host(),
    firmware: FIRMWARE,
    firmwareDiff: null,
    series: [],
    generatedAt: at(2000),
    seriesOf: ({ id }) => (id === stress?.id ? [temps] : []),
    log: [line("Package temperature above threshold", startOf("CPUStress") + 20)],
    logLeftOut: 0,
    ...changes,
  };
}

function textOf(run: RunDetail, changes: Partial<OcpInput> = {}): string {
  return [...renderOcpJsonl(inputOf(run, changes))].join("");
}

function linesOf(run: RunDetail, changes: Partial<OcpInput> = {}): Line[] {
  const text = textOf(run, changes);
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trimEnd()
    .split("\n")
    .map((one) => JSON.parse(one) as Line);
}

const runArtifacts = (lines: Line[], kind: string) =>
  lines.map((one) => one.testRunArtifact?.[kind]).filter((one) => one !== undefined);
const stepArtifacts = (lines: Line[], kind: string, stepId?: string) =>
  lines
    .filter((one) => stepId === undefined || one.testStepArtifact?.testStepId === stepId)
    .map((one) => one.testStepArtifact?.[kind])
    .filter((one) => one !== undefined);
const endOf = (run: RunDetail) => runArtifacts(linesOf(run), "testRunEnd")[0];

const cancelled = (): RunDetail =>
  runningRun({
    state: "Cancelled",
    verdict: "incomplete",
    endedAt: at(900),
    stages: [
      ...goodStages("Storage"),
      attempt("Storage", startOf("Storage"), { status: "cancelled", result: "not_applicable" }),
    ],
  });
const couldNotBegin = (): RunDetail =>
  detail({
    state: "Failed",
    verdict: "incomplete",
    failedStage: "dispatch",
    reason: "orion has not been heard from.",
    startedAt: null,
    agentVersion: null,
    inventory: null,
    stages: [],
    sensors: [],
  });
const erred = (): RunDetail =>
  holdingRun({
    failedStage: "Network",
    stages: [
      ...goodStages("Network"),
      attempt("Network", startOf("Network"), {
        status: "error",
        result: "not_applicable",
        reason: "iperf3 is missing.",
      }),
    ],
  });
const overridden = (): RunDetail => {
  const stages = goodStages();
  const index = stages.findIndex(({ stage }) => stage === "Storage");
  stages.splice(index, 0, attempt("Storage", startOf("Storage") - 1, { result: "fail" }));
  stages[index + 1] = { ...stages[index + 1]!, attempt: 2 };
  const [override] = gappyRun().overrides;
  return gappyRun({ stages, overrides: [{ ...override!, at: at(startOf("Storage") - 0.5) }] });
};

describe("the lines", () => {
  test("begin with the schema's version, are numbered from 0, and never go back in time", () => {
    for (const run of [detail(), overridden(), holdingRun(), runningRun(), couldNotBegin()]) {
      const lines = linesOf(run);
      expect(lines[0].schemaVersion).toEqual({ major: 2, minor: 0 });
      expect(lines[1].testRunArtifact).toHaveProperty("testRunStart");
      expect(lines.map((one) => one.sequenceNumber)).toEqual(lines.map((_, index) => index));
      const times = lines.map((one) => Date.parse(one.timestamp));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  test("are the same for the same input", () => {
    const run = holdingRun();
    expect(textOf(run)).toBe(textOf(run));
  });

  test("open and close every step once, one after another", () => {
    const lines = linesOf(overridden()).flatMap((one) => one.testStepArtifact ?? []);
    let open: string | null = null;
    const seen: string[] = [];
    for (const { testStepId, testStepStart, testStepEnd } of lines) {
      if (testStepStart !== undefined) {
        expect(open).toBeNull();
        expect(seen).not.toContain(testStepId);
        open = testStepId;
        seen.push(testStepId);
      }
      expect(testStepId).toBe(open);
      if (testStepEnd !== undefined) open = null;
    }
    expect(open).toBeNull();
    expect(seen).toHaveLength(12);
    expect(seen).toContain("Storage-2");
  });

  test("of a run under way stop without an end", () => {
    const lines = linesOf(runningRun());
    expect(runArtifacts(lines, "testRunEnd")).toEqual([]);
    expect(stepArtifacts(lines, "testStepEnd", "Storage-1")).toEqual([]);
    expect(runArtifacts(lines, "log").at(-1).message).toContain("under way (Storage)");
  });
});

describe("the start", () => {
  const start = () => runArtifacts(linesOf(holdingRun()), "testRunStart")[0];

  test("tells what is tested: the host, its parts by serial, its firmware and the programs used", () => {
    const { dutInfo, version, parameters, metadata } = start();
    expect(version).toBe("0.1.0");
    expect(parameters).toMatchObject({ profile: "quick", nonDestructive: true, spec: "r640" });
    expect(metadata).toMatchObject({ runId: 8, operator: "M. Ortiz", verdict: "fail" });
    expect(dutInfo.platformInfos).toEqual([{ info: "Dell Inc." }, { info: "PowerEdge R640" }]);
    expect(dutInfo.hardwareInfos).toContainEqual({
      hardwareInfoId: "disk-sda",
      name: "disk sda",
      partType: "disk",
      location: "0",
      serialNumber: "W4716D0B",
      partNumber: "ST1000NX0423",
    });
    expect(dutInfo.softwareInfos).toContainEqual({
      softwareInfoId: "firmware-2",
      name: "nic 0000:19:00.0",
      softwareType: "FIRMWARE",
      version: "22.31.6",
    });
    expect(dutInfo.softwareInfos).toContainEqual(
      expect.objectContaining({ name: "stress-ng", softwareType: "APPLICATION" }),
    );
  });

  test("gives every part and program an id of its own, also where a board calls all slots alike", () => {
    const { inventory } = detail();
    const dimms = inventory!.dimms.map((dimm) => ({ ...dimm, locator: "DIMM" }));
    const run = detail({ inventory: { ...inventory!, dimms } });
    const { dutInfo } = runArtifacts(linesOf(run), "testRunStart")[0];
    const ids = dutInfo.hardwareInfos.map((one: Line) => one.hardwareInfoId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain("dimm-DIMM#4");
    const software = dutInfo.softwareInfos.map((one: Line) => one.softwareInfoId);
    expect(new Set(software).size).toBe(software.length);
  });
});

describe("a stage", () => {
  test("brings its measurements with their limits and their part", () => {
    const measured = stepArtifacts(linesOf(detail()), "measurement", "SMART-1");
    expect(measured).toContainEqual({
      name: "disk.reallocated_sectors",
      value: 0,
      unit: "1",
      validators: [{ type: "LESS_THAN_OR_EQUAL", value: 0 }],
      hardwareInfoId: "disk-sda",
      metadata: { item: "sda" },
    });
    expect(stepArtifacts(linesOf(detail()), "measurement", "PSU-1")[0].validators).toEqual([
      { type: "GREATER_THAN_OR_EQUAL", value: 11.4 },
      { type: "LESS_THAN_OR_EQUAL", value: 12.6 },
    ]);
  });

  test("brings its sensors in buckets: least and greatest value of each, so that no spike is lost", () => {
    const lines = linesOf(holdingRun());
    const [series] = stepArtifacts(lines, "measurementSeriesStart", "CPUStress-1");
    expect(series).toMatchObject({ name: "cpu.package.temp[1]", unit: "Cel" });
    const elements = stepArtifacts(lines, "measurementSeriesElement", "CPUStress-1");
    expect(elements.map((one) => [one.index, one.value, one.metadata?.bucket])).toEqual([
      [0, 40, undefined],
      [1, 44, "minimum"],
      [2, 101, "maximum"],
    ]);
    expect(elements[2].timestamp).toBe(at(startOf("CPUStress") + 16));
    const [end] = stepArtifacts(lines, "measurementSeriesEnd", "CPUStress-1");
    expect(end).toEqual({ measurementSeriesId: series.measurementSeriesId, totalCount: 3 });
  });

  test("judges a sensor by limits that hold for each value; others are told, not claimed", () => {
    const thresholds: RunDetail["thresholds"] = [
      { sensor: "cpu.package.temp", max: 95, forSeconds: 0, severity: "fail" },
      { sensor: "cpu.package.temp", max: 90, forSeconds: 10, severity: "fail" },
      { sensor: "cpu.package.temp", max: 80, forSeconds: 0, severity: "fail", stages: ["Burn"] },
    ];
    const lines = linesOf(holdingRun({ thresholds }));
    const [series] = stepArtifacts(lines, "measurementSeriesStart");
    expect(series.validators).toEqual([{ type: "LESS_THAN_OR_EQUAL", value: 95 }]);
    expect(series.metadata.thresholds).toHaveLength(2);
  });

  test("that failed blames the part by its id, and shows the evidence and the warnings", () => {
    const lines = linesOf(holdingRun());
    expect(stepArtifacts(lines, "diagnosis", "CPUStress-1")).toEqual([
      {
        verdict: "cpustress-fail",
        type: "FAIL",
        message: holdingRun().reason,
        hardwareInfoId: "cpu-CPU2",
      },
    ]);
    expect(stepArtifacts(lines, "file", "CPUStress-1").map((one) => one.uri)).toEqual([
      "/api/v1/runs/8/evidence/1",
      "/api/v1/runs/8/evidence/2",
    ]);
    const messages = stepArtifacts(lines, "log", "CPUStress-1").map((one) => one.message);
    expect(messages).toContain("kernel: Package temperature above threshold");
    expect(messages).toContain("cpu.package.temp[1] is 101 °C, beyond its limit of 100 °C.");
    expect(stepArtifacts(lines, "testStepEnd", "CPUStress-1")).toEqual([{ status: "COMPLETE" }]);
  });

  test.each([
    ["a serial", { part: "disk sdz", slot: null, serial: "W4716D0B", model: null }, "disk-sda"],
    ["its name", { part: "NIC eno1", slot: null, serial: null, model: null }, "nic-eno1"],
    ["its slot", { part: "DIMM", slot: "B2", serial: null, model: null }, "dimm-B2"],
    ["no known name", { part: "fan 3", slot: null, serial: null, model: null }, "blamed-1"],
    ["a serial unknown", { part: "disk sda", slot: "0", serial: "OTHER", model: null }, "blamed-1"],
  ])("is found by %s, or is listed for the blame alone", (_how, blame, id) => {
    const stages = [
      ...goodStages("SMART"),
      attempt("SMART", 200, { result: "fail", blame: [blame] }),
    ];
    const lines = linesOf(holdingRun({ stages, failedStage: "SMART" }));
    expect(stepArtifacts(lines, "diagnosis", "SMART-1")[0].hardwareInfoId).toBe(id);
    const { dutInfo } = runArtifacts(lines, "testRunStart")[0];
    expect(dutInfo.hardwareInfos.map((one: Line) => one.hardwareInfoId)).toContain(id);
  });

  test("that could not be carried out is an error and says nothing of the host", () => {
    const lines = linesOf(erred());
    expect(stepArtifacts(lines, "error", "Network-1")).toEqual([
      {
        symptom: "stage-error",
        message: "iperf3 is missing.",
        softwareInfoIds: ["vetting-agent"],
      },
    ]);
    expect(stepArtifacts(lines, "diagnosis", "Network-1")[0].type).toBe("UNKNOWN");
    expect(stepArtifacts(lines, "testStepEnd", "Network-1")).toEqual([{ status: "ERROR" }]);
  });

  test("that did not run is skipped, and never a pass", () => {
    const lines = linesOf(detail());
    expect(stepArtifacts(lines, "testStepEnd", "GPU-1")).toEqual([{ status: "SKIP" }]);
    expect(stepArtifacts(lines, "diagnosis", "GPU-1").map((one) => one.type)).toEqual(["UNKNOWN"]);
  });

  test("that passed and left something out says so beside its pass", () => {
    expect(stepArtifacts(linesOf(gappyRun()), "diagnosis", "CPUStress-1")).toEqual([
      { verdict: "cpustress-pass", type: "PASS", message: "4 cores, 100 % for 3 min 00." },
      {
        verdict: "cpustress-not-exercised",
        type: "UNKNOWN",
        message: "ECC counters: No EDAC driver is loaded.",
      },
    ]);
  });
});

describe("the end", () => {
  test.each([
    ["a pass", detail(), "COMPLETE", "PASS"],
    ["a pass with gaps", gappyRun(), "SKIP", "NOT_APPLICABLE"],
    ["a failure", holdingRun(), "COMPLETE", "FAIL"],
    ["a test that could not be carried out", erred(), "ERROR", "NOT_APPLICABLE"],
    ["a run that could not begin", couldNotBegin(), "ERROR", "NOT_APPLICABLE"],
    ["a cancelled run", cancelled(), "SKIP", "NOT_APPLICABLE"],
    ["a run that exercised nothing", detail({ verdict: "incomplete" }), "SKIP", "NOT_APPLICABLE"],
    ["a cancelled hold", holdingRun({ state: "Cancelled", endedAt: at(999) }), "COMPLETE", "FAIL"],
  ])("of %s is %s", (_what, run, status, result) => {
    expect(endOf(run)).toEqual({ status, result });
  });

  test("says what was not exercised, and what of the log was left out", () => {
    const messages = runArtifacts(linesOf(gappyRun(), { logLeftOut: 7 }), "log").map(
      (one) => one.message,
    );
    expect(messages).toContain(
      "Not exercised: ECC counters (CPUStress): No EDAC driver is loaded.",
    );
    expect(messages).toContain("7 older log lines were left out.");
    expect(messages.at(-1)).toContain("verdict Pass with gaps");
  });

  test("an override stands before the attempt that it led to", () => {
    const lines = linesOf(overridden());
    const override = lines.findIndex((one) =>
      one.testRunArtifact?.log?.message.startsWith("Storage was entered again by M. Ortiz"),
    );
    const startOfStep = (id: string) =>
      lines.findIndex(
        ({ testStepArtifact: step }) => step?.testStepId === id && step.testStepStart !== undefined,
      );
    expect(override).toBeGreaterThan(startOfStep("Storage-1"));
    expect(startOfStep("Storage-2")).toBe(override + 1);
  });
});

describe("the published schemas", () => {
  const stray = line("a line of no stage", 3, { stage: null });
  const CASES: [string, RunDetail][] = [
    ["a pass", detail()],
    ["a pass with gaps and an override", overridden()],
    ["a hold", holdingRun()],
    ["an error", erred()],
    ["a run that could not begin", couldNotBegin()],
    ["a cancelled run", cancelled()],
    ["a run under way", runningRun()],
  ];

  test.runIf(hasOcpSchemas).each(CASES)("hold for every line of %s", (_what, run) => {
    const validate = ocpValidator();
    for (const one of linesOf(run, { log: [...inputOf(run).log, stray], logLeftOut: 1 })) {
      expect([validate(one), validate.errors, one]).toEqual([true, null, one]);
    }
  });

  test.runIf(hasOcpSchemas)("hold not for anything at all", () => {
    const validate = ocpValidator();
    const [, start] = linesOf(detail());
    const broken = structuredClone(start);
    delete broken.testRunArtifact.testRunStart.dutInfo;
    expect(validate(start)).toBe(true);
    expect(validate(broken)).toBe(false);
    expect(validate({ ...start, strange: 1 })).toBe(false);
    expect(validate({ ...start, timestamp: "yesterday" })).toBe(false);
  });
});

import { describe, expect, test } from "vitest";
import { RUN_STATES } from "../../contract/run-state.ts";
import { sensorMatches } from "../../contract/sensor-name.ts";
import { STAGES } from "../../contract/stages.ts";
import { VERDICTS } from "../../contract/verdict.ts";
import {
  formatDuration,
  formatNumber,
  formatQuantity,
  limitText,
  proofLine,
  standing,
} from "../../contract/wording/format.ts";
import { ICON_PATHS } from "../../contract/wording/icons.ts";
import { limitLines, thresholdText } from "../../contract/wording/limits.ts";
import {
  attemptStanding,
  headline,
  STAGE_STATUS,
  STAGE_TITLES,
  STATE_STATUS,
  type Status,
  stageNumber,
  stageStanding,
  stageTitle,
  stateTitle,
  titleWithin,
  VERDICT_STATUS,
} from "../../contract/wording/status-table.ts";

describe("the status table", () => {
  const complete = (status: Status | undefined) => {
    expect(status?.word).toMatch(/\S/);
    expect(status?.means).toMatch(/\.$/);
    expect(ICON_PATHS).toHaveProperty(status?.icon ?? "");
  };
  test.each(RUN_STATES)("%s has a word, an icon, a tone and a sentence", (state) => {
    complete(STATE_STATUS[state]);
  });
  test.each(VERDICTS)("%s has a word, an icon, a tone and a sentence", (verdict) => {
    complete(VERDICT_STATUS[verdict]);
  });
  test.each(Object.entries(STAGE_STATUS))("a stage that is %s has them too", (_, status) => {
    complete(status);
  });
  test.each(STAGES)("%s has a title", (stage) => expect(STAGE_TITLES[stage]).toMatch(/\S/));

  test("people read a stage's title, wherever its name stands", () => {
    expect(stageTitle("CPUStress")).toBe("CPU and memory");
    expect(stageTitle("SpecValidate (expected PSU)")).toBe("Spec (expected Power supply)");
    expect(stageTitle("boot")).toBe("boot");
    expect([stateTitle("CPUStress"), stateTitle("FailedHolding")]).toEqual([
      "CPU and memory",
      "Holding",
    ]);
    const threshold = { sensor: "t", max: 95, forSeconds: 0, severity: "fail" as const };
    expect(thresholdText({ ...threshold, stages: ["PSU"] }, String)).toContain("in Power supply");
  });

  test("over a band stands as much of a title as there is room for", () => {
    expect([14, 13, 2].map((letters) => titleWithin("CPUStress", letters))).toEqual([
      "CPU and memory",
      "CPU",
      null,
    ]);
  });

  test("only a pass is green", () => {
    const all = { ...STATE_STATUS, ...VERDICT_STATUS, ...STAGE_STATUS };
    const green = Object.entries(all).filter(([, { tone }]) => tone === "good");
    expect(green.map(([name]) => name)).toEqual(["Passed", "pass"]);
  });

  test("verdicts differ by word and by icon or tone, not by colour alone", () => {
    const looks = VERDICTS.map((verdict) => VERDICT_STATUS[verdict].word);
    expect(new Set(looks).size).toBe(VERDICTS.length);
  });

  test("a run that passed with gaps, or exercised nothing, is never headed Passed", () => {
    expect(headline({ state: "Passed", verdict: "pass" }).word).toBe("Passed");
    expect(headline({ state: "Passed", verdict: "pass_with_gaps" }).word).toBe("Pass with gaps");
    expect(headline({ state: "Passed", verdict: "incomplete" }).tone).toBe("gaps");
    expect(headline({ state: "FailedHolding", verdict: "fail" }).word).toBe("Holding");
  });

  test("a stage stands as its last attempt does", () => {
    const failed = { status: "complete", result: "fail" } as const;
    const passed = { status: "complete", result: "pass" } as const;
    expect(stageStanding([failed, passed], "Storage")).toBe("pass");
    expect(stageStanding([], "Storage")).toBe("pending");
    expect(stageStanding([], "FailedHolding")).toBe("pending");
    expect(stageStanding([], "Cancelled")).toBe("not_reached");
    expect(attemptStanding({ status: "skipped", result: "not_applicable" })).toBe("skipped");
    expect(attemptStanding({ status: "error", result: "not_applicable" })).toBe("error");
  });

  test("stages are counted from one to eleven", () => {
    expect(STAGES.map((stage) => stageNumber(stage))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(stageNumber("Booting")).toBeNull();
  });
});

describe("numbers", () => {
  test.each([
    [0, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00"],
    [180, "3 min 00"],
    [3905, "1 h 05 min"],
    [187_200, "2 d 04 h"],
    [-5, "0 s"],
    [Number.NaN, "–"],
  ])("%d seconds read %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  test.each([
    [8_100_000, "1", "8.1 M"],
    [71, "Cel", "71 °C"],
    [-3.25, "Cel", "-3.25 °C"],
    [180.4, "s", "180.4 s"],
    [5.1e12, "By", "5.1 TB"],
    [999, "By", "999 B"],
    [5.4e8, "By/s", "540 MB/s"],
    [12_935.6, "{rpm}", "12936 rpm"],
    [12.096, "V", "12.1 V"],
    [2.4e9, "Hz", "2.4 GHz"],
    [3, "{error}", "3 error"],
    [0, "1", "0"],
  ])("%d %s reads %s", (value, unit, text) => expect(formatQuantity(value, unit)).toBe(text));

  test("small and large counts keep three digits", () => {
    expect([0.001234, 12.345, 999.9, 1000, 123_456].map(formatNumber)).toEqual([
      "0.00123",
      "12.3",
      "999.9",
      "1 k",
      "123.5 k",
    ]);
  });

  test("a proof reads as what was asked, done and seen", () => {
    expect(
      proofLine({
        what: "cpu",
        requestedS: 180,
        elapsedS: 180.4,
        work: 8_100_000,
        unit: "1",
        maxTempC: 71,
      }),
    ).toBe("cpu: 180 s of 180 s, 8.1 M bogo-ops, max 71 °C");
  });

  test.each([
    [180.4, 180, "180 s of 180 s"],
    [5.04, 5, "5 s of 5 s"],
    [2.36, 5, "2.4 s of 5 s"],
    [172.6, 180, "173 s of 180 s"],
    [179.6, 180, "179.6 s of 180 s"],
  ])("%d of %d seconds of stress read %s", (elapsedS, requestedS, text) => {
    const line = proofLine({ what: "cpu", requestedS, elapsedS, work: 1, unit: "1" });
    expect(line).toContain(`cpu: ${text},`);
  });

  test("a measurement stands within, beyond or without its limits", () => {
    expect(standing({ value: 5, min: 5, max: 5 })).toBe("within");
    expect(standing({ value: 4.9, min: 5 })).toBe("beyond");
    expect(standing({ value: 5.1, max: 5 })).toBe("beyond");
    expect(standing({ value: 5 })).toBe("unlimited");
    expect(limitText({ min: 11.4, max: 12.6, unit: "V" })).toBe("≥ 11.4 V and ≤ 12.6 V");
  });
});

describe("limits", () => {
  test("a threshold covers a sensor, its instances and what its star stands for", () => {
    expect(sensorMatches("cpu.package.temp", "cpu.package.temp[1]")).toBe(true);
    expect(sensorMatches("cpu.package.temp", "cpu.package.temperature")).toBe(false);
    expect(sensorMatches("*.temp", "disk.temp[sda]")).toBe(true);
    expect(sensorMatches("a.b", "aXb")).toBe(false);
  });

  test("drawn are numbers, and the sensor's own limit once it was breached", () => {
    const thresholds = [
      { sensor: "t", max: "sensor-critical", forSeconds: 0, severity: "fail" },
      { sensor: "t", max: 80, min: 5, forSeconds: 0, severity: "warn" },
      { sensor: "other", max: 1, forSeconds: 0, severity: "fail" },
    ] as const;
    const breach = {
      sensor: "t",
      value: 101,
      limit: 100,
      t: "2026-03-02T09:00:00.000Z",
      unit: "Cel",
      severity: "fail",
    } as const;
    expect(limitLines("t", [...thresholds], [{ breaches: [breach] }])).toEqual([
      { value: 80, severity: "warn" },
      { value: 5, severity: "warn" },
      { value: 100, severity: "fail" },
    ]);
  });
});

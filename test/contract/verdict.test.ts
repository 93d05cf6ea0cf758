import { describe, expect, test } from "vitest";
import type { StageOutcome } from "../../contract/stage-result.ts";
import { isLegalOutcome, STAGE_RESULTS, STAGE_STATUSES } from "../../contract/stage-result.ts";
import { STAGES, STRESS_STAGES } from "../../contract/stages.ts";
import { gapsOf, judgeStage, type StageStanding, verdictOf } from "../../contract/verdict.ts";

const PROOF = { what: "cpu", requestedS: 180, elapsedS: 180.4, work: 8_100_000, unit: "1" };
const passed = (stage: StageOutcome["stage"], more: Partial<StageOutcome> = {}) => ({
  stage,
  status: "complete" as const,
  result: "pass" as const,
  proof: [PROOF],
  measurements: [],
  ...more,
});

describe("status and result", () => {
  test("complete goes with pass or fail, everything else with not_applicable", () => {
    const legal = STAGE_STATUSES.flatMap((status) =>
      STAGE_RESULTS.filter((result) => isLegalOutcome({ status, result })).map(
        (result) => `${status}+${result}`,
      ),
    );
    expect(legal).toEqual([
      "complete+pass",
      "complete+fail",
      "error+not_applicable",
      "skipped+not_applicable",
      "cancelled+not_applicable",
    ]);
  });
});

describe("the judgement of a claimed pass", () => {
  test("stands over full time and work done", () => {
    expect(judgeStage(passed("CPUStress"), [])).toEqual({
      status: "complete",
      result: "pass",
      objection: null,
    });
  });

  test.each(STRESS_STAGES)("%s without proof of stress is a fail", (stage) => {
    const judged = judgeStage(passed(stage, { proof: [] }), []);
    expect(judged.result).toBe("fail");
    expect(judged.objection).toContain("without proof");
  });

  test.each(STAGES.filter((stage) => !STRESS_STAGES.includes(stage)))("%s needs none", (stage) => {
    expect(judgeStage(passed(stage, { proof: [] }), []).result).toBe("pass");
  });

  test.each([
    ["2 s early is rounding", { elapsedS: 178 }, "pass"],
    ["more than 2 s early is a tool that ended early", { elapsedS: 177.9 }, "fail"],
    ["no work is no stress", { work: 0 }, "fail"],
    ["NaN seconds are no proof", { elapsedS: Number.NaN }, "fail"],
    ["NaN work is no proof", { work: Number.NaN }, "fail"],
  ])("%s", (_, change, result) => {
    const judged = judgeStage(passed("CPUStress", { proof: [{ ...PROOF, ...change }] }), []);
    expect(judged.result).toBe(result);
  });

  test("one bad pass among good ones is a fail that names it", () => {
    const ram = { ...PROOF, what: "ram", elapsedS: 12 };
    const judged = judgeStage(passed("CPUStress", { proof: [PROOF, ram] }), []);
    expect(judged).toMatchObject({ result: "fail" });
    expect(judged.objection).toBe("ram ran 12 s of the 180 s asked for.");
  });

  test("a fail breach makes it a fail", () => {
    const judged = judgeStage(passed("Inventory"), ["cpu.package.temp reached 101 °C."]);
    expect(judged).toMatchObject({
      result: "fail",
      objection: "cpu.package.temp reached 101 °C.",
    });
  });

  test.each([
    [{ value: 1, max: 0 }, "fail"],
    [{ value: 0, max: 0 }, "pass"],
    [{ value: 6, min: 7 }, "fail"],
    [{ value: 7, min: 7 }, "pass"],
  ])("a measurement %o beside its own limits is a %s", (limits, result) => {
    const measurement = { name: "edac.ce", unit: "1", ...limits };
    expect(judgeStage(passed("CPUStress", { measurements: [measurement] }), []).result).toBe(
      result,
    );
  });

  test("a claimed fail, error or skip is kept, whatever the proof says", () => {
    const failed = { ...passed("CPUStress"), result: "fail" as const };
    expect(judgeStage(failed, []).result).toBe("fail");
    const skipped = {
      ...passed("GPU"),
      status: "skipped" as const,
      result: "not_applicable" as const,
    };
    expect(judgeStage(skipped, [])).toMatchObject({ status: "skipped", result: "not_applicable" });
  });
});

const standing = (
  stage: StageStanding["stage"],
  more: Partial<StageStanding> = {},
): StageStanding => ({
  stage,
  status: "complete",
  result: "pass",
  gaps: [],
  reason: null,
  ...more,
});
const ALL = STAGES.map((stage) => standing(stage));
const skipGpu = (absent: boolean) =>
  ALL.map((it) =>
    it.stage === "GPU"
      ? standing("GPU", {
          status: "skipped",
          result: "not_applicable",
          gaps: [{ what: "GPU", why: "No GPU was found.", absent }],
        })
      : it,
  );

describe("the verdict of a run", () => {
  test("everything exercised is a pass", () => {
    expect(verdictOf("Passed", null, ALL, true)).toBe("pass");
    expect(verdictOf("Passed", null, ALL, false)).toBe("pass");
  });

  test("something expected but not exercised is a pass with gaps, and the gaps are listed", () => {
    expect(verdictOf("Passed", null, skipGpu(false), true)).toBe("pass_with_gaps");
    expect(gapsOf(skipGpu(false), true)).toEqual([
      { stage: "GPU", what: "GPU", why: "No GPU was found.", absent: false },
    ]);
  });

  test("absent hardware is a gap unless a spec says what belongs into the host", () => {
    expect(verdictOf("Passed", null, skipGpu(true), false)).toBe("pass_with_gaps");
    expect(verdictOf("Passed", null, skipGpu(true), true)).toBe("pass");
  });

  test("a skip that names no gap is one all the same", () => {
    const skipped = [
      standing("Storage", { status: "skipped", result: "not_applicable", reason: "no disk" }),
    ];
    expect(gapsOf(skipped, true)).toEqual([
      { stage: "Storage", what: "Storage", why: "no disk", absent: false },
    ]);
  });

  test("a run in which nothing was exercised is incomplete, never green", () => {
    expect(verdictOf("Passed", null, [], true)).toBe("incomplete");
    const nothing = ALL.map((it) =>
      STRESS_STAGES.includes(it.stage)
        ? standing(it.stage, { status: "skipped", result: "not_applicable" })
        : it,
    );
    expect(verdictOf("Passed", null, nothing, true)).toBe("incomplete");
  });

  test("a hold is a fail, and so is a hold that was cancelled", () => {
    expect(verdictOf("FailedHolding", "Burn", ALL, true)).toBe("fail");
    expect(verdictOf("Cancelled", "Burn", ALL, true)).toBe("fail");
  });

  test("a run cancelled in the middle, or that could not begin, is incomplete", () => {
    expect(verdictOf("Cancelled", null, ALL, true)).toBe("incomplete");
    expect(verdictOf("Failed", "boot", [], true)).toBe("incomplete");
  });

  test("a run under way has no verdict yet", () => {
    expect(verdictOf("Queued", null, [], true)).toBeNull();
    expect(verdictOf("Burn", null, ALL, true)).toBeNull();
  });
});

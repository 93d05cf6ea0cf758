import { describe, expect, test } from "vitest";
import type { Sample } from "../../../contract/agent-api.ts";
import { sensorMatches } from "../../../contract/sensor-name.ts";
import type { StageName } from "../../../contract/stages.ts";
import { type Threshold, thresholdSchema } from "../../../contract/vetting-config.ts";
import { AttemptThresholds } from "../../../server/run/threshold-evaluator.ts";

const threshold = (more: object): Threshold =>
  thresholdSchema.parse({ sensor: "cpu.package.temp", max: 95, forSeconds: 10, ...more });

let sequence = 0;
/** A sample `atS` seconds into the stage. */
function sample(
  atS: number,
  value: number,
  more: Partial<Sample> & { stage?: StageName } = {},
): Sample {
  sequence += 1;
  return {
    sequence,
    stage: "CPUStress",
    t: new Date(1_767_225_600_000 + atS * 1000).toISOString(),
    sensor: "cpu.package.temp",
    value,
    unit: "Cel",
    ...more,
  };
}
const watch = (...thresholds: Threshold[]) => new AttemptThresholds(thresholds);

describe("a breach is a limit passed for as long as the threshold says", () => {
  test("a sustained excess breaches once, with the worst value seen", () => {
    const evaluator = watch(threshold({}));
    expect(evaluator.observe([sample(0, 96), sample(4, 99), sample(9.9, 97)])).toEqual([]);
    expect(evaluator.observe([sample(10, 98)])).toEqual([
      expect.objectContaining({
        sensor: "cpu.package.temp",
        value: 99,
        limit: 95,
        severity: "fail",
      }),
    ]);
    expect(evaluator.observe([sample(30, 120)])).toEqual([]);
  });

  test("a sample back inside ends the streak", () => {
    const evaluator = watch(threshold({}));
    const samples = [sample(0, 96), sample(5, 95), sample(6, 96), sample(15, 96)];
    expect(evaluator.observe(samples)).toEqual([]);
    expect(evaluator.observe([sample(16, 96)])).toHaveLength(1);
  });

  test("forSeconds 0 means at once", () => {
    expect(watch(threshold({ forSeconds: 0 })).observe([sample(0, 95.1)])).toHaveLength(1);
  });

  test("the limit itself is inside", () => {
    expect(watch(threshold({ forSeconds: 0 })).observe([sample(0, 95)])).toEqual([]);
  });

  test("min is a limit as well", () => {
    const evaluator = watch(
      threshold({ sensor: "fan.speed", max: undefined, min: 500, forSeconds: 0 }),
    );
    const [breach] = evaluator.observe([sample(0, 120, { sensor: "fan.speed" })]);
    expect(breach).toMatchObject({ value: 120, limit: 500 });
  });

  test("a streak between the last sample and the result counts", () => {
    const evaluator = watch(threshold({}));
    evaluator.observe([sample(0, 96), sample(4, 97)]);
    expect(evaluator.atEnd(Date.parse(sample(9, 0).t))).toEqual([]);
    expect(evaluator.atEnd(Date.parse(sample(10, 0).t))).toHaveLength(1);
  });

  test("warn is told as warn", () => {
    const [breach] = watch(threshold({ severity: "warn", forSeconds: 0 })).observe([sample(0, 99)]);
    expect(breach).toMatchObject({ severity: "warn" });
  });

  test("a threshold for some stages ignores the others", () => {
    const evaluator = watch(threshold({ stages: ["Burn"], forSeconds: 0 }));
    expect(evaluator.observe([sample(0, 99)])).toEqual([]);
    expect(evaluator.observe([sample(0, 99, { stage: "Burn" })])).toHaveLength(1);
  });

  test("samples that come late and out of order lengthen the streak, not shorten it", () => {
    const evaluator = watch(threshold({}));
    expect(evaluator.observe([sample(8, 96), sample(0, 96)])).toEqual([]);
    expect(evaluator.observe([sample(10, 96)])).toHaveLength(1);
  });

  test("each sensor has its own streak", () => {
    const evaluator = watch(threshold({}));
    const other = { sensor: "cpu.package.temp[1]" };
    expect(evaluator.observe([sample(0, 96), sample(10, 96, other)])).toEqual([]);
    expect(evaluator.observe([sample(20, 96, other)])).toMatchObject([other]);
  });
});

describe("the limit that the sensor itself declares", () => {
  const critical = threshold({ max: "sensor-critical", forSeconds: 0 });

  test("is reached, not passed: there the part protects itself", () => {
    expect(watch(critical).observe([sample(0, 99.9, { critical: 100 })])).toEqual([]);
    expect(watch(critical).observe([sample(0, 100, { critical: 100 })])).toMatchObject([
      { limit: 100 },
    ]);
  });

  test("a healthy CPU at 96 °C with a critical limit of 105 °C does not fail", () => {
    expect(watch(critical).observe([sample(0, 96, { critical: 105 })])).toEqual([]);
  });

  test("a sample without one is not judged", () => {
    expect(watch(critical).observe([sample(0, 200)])).toEqual([]);
  });
});

describe("which sensors a threshold means", () => {
  test.each([
    ["cpu.package.temp", "cpu.package.temp", true],
    ["cpu.package.temp", "cpu.package.temp[1]", true],
    ["cpu.package.temp", "cpu.package.temperature", false],
    ["cpu.package.temp", "xcpu.package.temp", false],
    ["disk.*", "disk.temp[nvme0]", true],
    ["*", "anything", true],
    ["cpu.package.temp", "cpuXpackageXtemp", false],
    ["psu.rail[12V]", "psu.rail[12V]", true],
  ])("%s and %s: %s", (pattern, sensor, matches) => {
    expect(sensorMatches(pattern, sensor)).toBe(matches);
  });
});

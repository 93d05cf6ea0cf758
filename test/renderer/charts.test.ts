import { describe, expect, test } from "vitest";
import {
  breachLabels,
  chartGroups,
  chartRows,
  extent,
  groupLimits,
  stageBands,
} from "../../renderer/charts/chart-model.ts";
import { timeTicks, valueScale } from "../../renderer/charts/scales.ts";
import { Series } from "../../renderer/store/series.ts";
import { holdingRun, startOf, series as stored, T0 } from "../fakes/console-data.ts";

function seriesOf(sensor: string, idle: number, load: number): Series {
  const made = new Series("Cel");
  made.setHistory(stored(sensor, "Cel", idle, load).points);
  return made;
}

describe("a chart", () => {
  test("groups sensors by unit, temperature and power first", () => {
    const groups = chartGroups([
      { sensor: "x", unit: "{thing}" },
      { sensor: "psu.power", unit: "W" },
      { sensor: "cpu.temp[10]", unit: "Cel" },
      { sensor: "cpu.temp[2]", unit: "Cel" },
    ]);
    expect(groups.map(({ title }) => title)).toEqual(["Temperature", "Power", "Other sensors"]);
    expect(groups[0]?.sensors).toEqual(["cpu.temp[2]", "cpu.temp[10]"]);
  });

  test("puts all its series on one grid of at most 300 times and loses no spike", () => {
    const both = [seriesOf("a", 38, 72), seriesOf("b", 40, 76)];
    const window = extent(both)!;
    const rows = chartRows(both, window);
    expect(rows.length).toBeLessThanOrEqual(300);
    const highest = rows.map((row) => row.range1 as readonly [number, number] | null);
    expect(Math.max(...highest.map((range) => range?.[1] ?? 0))).toBeCloseTo(76 * 1.32);
    const times = rows.map(({ t }) => t);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("of series without a sample has no extent and no rows", () => {
    expect(extent([null, new Series("W")])).toBeNull();
    expect(chartRows([null], { from: 0, to: 1000 })).toEqual([]);
  });

  test("cuts stage bands to its window", () => {
    const run = holdingRun();
    const from = T0 + (startOf("CPUStress") + 10) * 1000;
    const bands = stageBands(run, { from, to: from + 60_000 });
    expect(bands).toEqual([
      expect.objectContaining({ stage: "CPUStress", from, to: from + 60_000 }),
    ]);
  });

  test("says breaches near each other in one label, which fails when one of them does", () => {
    const breach = (s: number, value: number, severity: "fail" | "warn") => ({
      sensor: "cpu.package.temp[0]",
      limit: 95,
      unit: "Cel",
      t: new Date(T0 + s * 1000).toISOString(),
      value,
      severity,
    });
    const window = { from: T0, to: T0 + 100_000 };
    const labels = breachLabels(
      [breach(60, 101, "fail"), breach(20, 96, "warn"), breach(47, 97, "warn")],
      window,
    );
    expect(labels).toEqual([
      { t: T0 + 20_000, value: 96, severity: "warn", text: "! breach" },
      { t: T0 + 47_000, value: 101, severity: "fail", text: "✕ 2 breaches" },
    ]);
    const atTheEnds = breachLabels([breach(0, 96, "warn"), breach(100, 96, "warn")], window);
    expect(atTheEnds.map(({ t }) => t - T0)).toEqual([9000, 91_000]);
  });

  test("draws each limit once, however many of its sensors have it", () => {
    const limits = groupLimits(["cpu.package.temp[0]", "cpu.package.temp[1]"], holdingRun());
    expect(limits).toEqual([{ value: 100, severity: "fail" }]);
  });
});

describe("scales", () => {
  test("times are round since the run began, at most seven", () => {
    const ticks = timeTicks(T0 + 121_000, T0 + 1_273_000, T0);
    expect(ticks.map((t) => (t - T0) / 60_000)).toEqual([5, 10, 15, 20]);
    expect(timeTicks(0, 30 * 86_400_000, 0).length).toBeLessThanOrEqual(7);
  });

  const rows = [{ t: 0, range0: [36.2, 71.8] as const }];
  test("values have round ends that hold least and greatest", () => {
    expect(valueScale(rows, 1, [])).toEqual({ low: 30, high: 80, ticks: [30, 40, 50, 60, 70, 80] });
  });

  test("a near limit is on the scale, a far one does not press the curve flat", () => {
    expect(valueScale(rows, 1, [{ value: 100, severity: "fail" }]).high).toBe(100);
    expect(valueScale(rows, 1, [{ value: 500, severity: "fail" }]).high).toBe(80);
  });

  test("a flat line and no line have a scale too", () => {
    const flat = valueScale([{ t: 0, range0: [12, 12] }], 1, []);
    expect(flat.low).toBeLessThan(flat.high);
    expect(valueScale([{ t: 0, range0: [0, 0] }], 1, []).high).toBeGreaterThan(0);
    expect(valueScale([], 1, [])).toEqual({ low: 0, high: 1, ticks: [0, 1] });
  });
});

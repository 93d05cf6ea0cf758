import { describe, expect, test } from "vitest";
import { csvCell, sampleCsv } from "../../../server/reads/sample-csv.ts";
import { addRun, openStore, sample, samples, T0 } from "../db/temp-store.ts";

const whole = { fromMs: null, toMs: null };

function csvOf(all: Parameters<typeof sample>[1][], span: object = whole): string | null {
  const { store } = openStore();
  const { run } = addRun(store);
  store.samples.insert(
    run.id,
    null,
    all.map((patch, index) => sample(index + 1, patch)),
    T0,
  );
  const rows = sampleCsv(store.samples, run.id, {
    sensor: "cpu.package.temp",
    ...whole,
    ...span,
  });
  return rows === null ? null : [...rows].join("");
}

describe("samples as CSV", () => {
  test("one line a sample by time: ISO 8601, the value as it was sent, unit, stage", () => {
    expect(
      csvOf([
        { value: 61.5, t: "2026-11-01T10:00:02.250Z" },
        { value: -0.125, t: "2026-11-01T10:00:01.000Z", stage: "Burn" },
        { value: 1, sensor: "fan.speed[1]", unit: "{rpm}" },
      ]),
    ).toBe(
      "time,value,unit,stage\r\n" +
        "2026-11-01T10:00:01.000Z,-0.125,Cel,Burn\r\n" +
        "2026-11-01T10:00:02.250Z,61.5,Cel,CPUStress\r\n",
    );
  });

  test("keeps to the time asked for, and of a sensor without samples there is only the head", () => {
    const all = samples(1, 9);
    expect(csvOf(all, { fromMs: T0 + 8000 })?.split("\r\n")).toHaveLength(4);
    expect(csvOf(all, { fromMs: T0 + 60_000 })).toBe("time,value,unit,stage\r\n");
    expect(csvOf([{ sensor: "fan" }])).toBeNull();
  });

  test("every unit that a sensor had is in it", () => {
    const csv = csvOf([{ unit: "[degF]", value: 120 }, { unit: "Cel", value: 49 }, {}]);
    expect(csv?.match(/,Cel,/g)).toHaveLength(2);
    expect(csv?.match(/,\[degF\],/g)).toHaveLength(1);
  });

  test.each([
    ["=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["+1", "'+1"],
    ["-2+3", "'-2+3"],
    ['say "hi", twice', '"say ""hi"", twice"'],
    ["a\r\nb", '"a\r\nb"'],
    ["\t=1", "'\t=1"],
    ["Cel", "Cel"],
    ["{rpm}", "{rpm}"],
  ])("a unit of %j is no formula: %j", (unit, cell) => {
    expect(csvCell(unit)).toBe(cell);
    expect(csvOf([{ unit, value: 1 }])).toContain(`,1,${cell},CPUStress`);
  });
});

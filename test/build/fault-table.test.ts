import { expect, test } from "vitest";
import { allCaught, faultClosingLine, faultOutcomes, faultTable } from "../../build/fault-table.ts";

const outcome = (kind: "fault" | "clean", good: boolean) => ({
  ...{ kind, id: "x", fault: "12 V low", how: "BMC", stage: "PSU", good, by: "PSU", words: "low" },
});
const report = (...results: object[]) => ({
  testResults: [{ status: "passed", assertionResults: results as never }],
});
const row = (kind: "fault" | "clean", good: boolean, status = good ? "passed" : "failed") => ({
  ...{ title: "x: 12 V low", status, meta: { fault: outcome(kind, good) } },
});

test("what was caught is counted, and so is every false alarm", () => {
  const outcomes = faultOutcomes([
    report(row("fault", true), row("fault", false), row("clean", false)),
  ]);
  expect(faultClosingLine(outcomes)).toBe(
    "faults: 2 rows, 1 caught, 1 missed; clean machines: 1, 1 false alarms",
  );
  expect(allCaught(outcomes)).toBe(false);
  expect(faultTable(outcomes).join("\n")).toMatch(
    /12 V low +caught +PSU +low\n.*MISSED.*\n.*FALSE ALARM/,
  );
});

test("a row that broke before it was judged counts as missed", () => {
  const broken = {
    title: "y: fan at 0 rpm",
    status: "failed",
    failureMessages: ["Error: gone\n at"],
  };
  const outcomes = faultOutcomes([report(row("fault", true), broken)]);
  expect(outcomes.at(-1)).toMatchObject({
    fault: "y: fan at 0 rpm",
    good: false,
    words: "Error: gone",
  });
});

test("a file that did not load is no green run, and neither is one without rows", () => {
  const unloaded = {
    testResults: [{ status: "failed", message: "no module", assertionResults: [] }],
  };
  expect(allCaught(faultOutcomes([unloaded]))).toBe(false);
  expect(allCaught([])).toBe(false);
});

test("all caught and no alarm is green", () => {
  const outcomes = faultOutcomes([report(row("fault", true), row("clean", true))]);
  expect(allCaught(outcomes)).toBe(true);
});

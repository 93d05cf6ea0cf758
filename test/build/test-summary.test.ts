import { describe, expect, test } from "vitest";
import {
  addCounts,
  closingLine,
  countListed,
  countPlaywright,
  countVitest,
  isGreen,
  playwrightFailures,
  readReport,
  vitestFailures,
} from "../../build/test-summary.ts";

const file = (status: string, ...tests: string[]) => ({
  name: "/repo/test/a.test.ts",
  status,
  assertionResults: tests.map((s) => ({ status: s })),
});
const vitest = (passed: number, failed: number, pending: number, todo: number) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: todo,
  testResults: [file("passed", "passed")],
});

describe("what is counted of Vitest", () => {
  test("tests; those that were to be written count as skipped", () => {
    expect(countVitest(vitest(5, 1, 2, 3))).toEqual({ passed: 5, failed: 1, skipped: 5 });
  });

  test("a file that does not load has no test and counts as one failure", () => {
    const report = {
      ...vitest(5, 0, 0, 0),
      testResults: [file("passed", "passed"), file("failed")],
    };
    expect(countVitest(report).failed).toBe(1);
  });

  test("a file whose hook threw after its tests passed counts as one failure", () => {
    const report = { ...vitest(1, 0, 0, 0), testResults: [file("failed", "passed")] };
    expect(countVitest(report).failed).toBe(1);
  });

  test("a file with failing tests is not counted on top of them", () => {
    const report = { ...vitest(0, 2, 0, 0), testResults: [file("failed", "failed", "failed")] };
    expect(countVitest(report).failed).toBe(2);
  });
});

describe("what failed", () => {
  const report = (...testResults: Parameters<typeof vitestFailures>[0]["testResults"]) => ({
    ...vitest(1, 1, 0, 0),
    testResults,
  });

  test("is named by its file, with the head of its message in plain text", () => {
    const long = Array.from({ length: 40 }, (_, index) => `at ${index}`).join("\n");
    const failed = {
      status: "failed",
      fullName: "a run > passes",
      failureMessages: [`\u001b[31mexpected Failed\u001b[39m\nto be Passed\n${long}`],
    };
    const [only, ...rest] = vitestFailures(
      report({ ...file("failed", "passed"), assertionResults: [{ status: "passed" }, failed] }),
      "/repo",
    );
    expect(rest).toEqual([]);
    expect(only).toMatch(
      /^failed test: test\/a\.test\.ts > a run > passes\n {2}expected Failed\n {2}to be Passed\n {2}at 0/,
    );
    expect(only?.split("\n")).toHaveLength(13);
  });

  test("a file that did not come to its tests says why", () => {
    const broken = { ...file("failed"), message: "Cannot find module x" };
    expect(vitestFailures(report(broken), "/repo")).toEqual([
      "failed test: test/a.test.ts\n  Cannot find module x",
    ]);
  });

  test("a browser spec is named by its place, however deep it stands", () => {
    const spec = (title: string, ok: boolean, ...messages: string[]) => ({
      ...{ title, ok, file: "runs.spec.ts", line: 7 },
      tests: [{ results: [{ errors: messages.map((message) => ({ message })) }] }],
    });
    const stats = { expected: 1, unexpected: 2, flaky: 0, skipped: 0 };
    const inner = {
      specs: [spec("steps on", true), spec("steps back", false, "\u001b[2mTimeout\u001b[22m")],
    };
    const suites = [{ specs: [spec("lists runs", false)], suites: [inner] }];
    expect(playwrightFailures({ stats, errors: [], suites })).toEqual([
      "failed test: runs.spec.ts:7 > lists runs",
      "failed test: runs.spec.ts:7 > steps back\n  Timeout",
    ]);
  });

  test("what passed is not named", () => {
    expect(vitestFailures(report(file("passed", "passed")), "/repo")).toEqual([]);
  });
});

describe("what is counted of Playwright", () => {
  const stats = { expected: 4, unexpected: 0, flaky: 0, skipped: 1 };

  test("specs as expected", () => {
    expect(countPlaywright({ stats, errors: [] })).toEqual({ passed: 4, failed: 0, skipped: 1 });
  });

  test("a flaky one failed once and is no pass", () => {
    expect(countPlaywright({ stats: { ...stats, flaky: 2 }, errors: [] }).failed).toBe(2);
  });

  test("an error outside any test is a failure", () => {
    expect(countPlaywright({ stats, errors: [{}] }).failed).toBe(1);
  });
});

test("what Playwright lists is counted however deep it stands", () => {
  const spec = { title: "", ok: true, file: "", line: 1, tests: [] };
  const inner = { specs: [spec, spec] };
  expect(countListed({ suites: [{ specs: [spec], suites: [inner] }, inner] })).toBe(5);
  expect(countListed({})).toBe(0);
});

describe("the closing line", () => {
  const some = { passed: 3, failed: 0, skipped: 1 };

  test("sums in one form", () => {
    expect(closingLine(addCounts(some, { passed: 2, failed: 4, skipped: 0 }))).toBe(
      "tests: 5 passed, 4 failed, 1 skipped",
    );
  });

  test.each([
    ["all is well", some, [], true],
    ["a test failed", { ...some, failed: 1 }, [], false],
    ["a step failed that counts no tests", some, ["types (tsc)"], false],
    ["nothing was tested", { ...some, passed: 0 }, [], false],
  ])("green or not: %s", (_what, counts, failedSteps, green) => {
    expect(isGreen(counts, failedSteps)).toBe(green);
  });
});

test("a report that was never written is null, not zero tests", () => {
  expect(readReport("/no/such/report.json")).toBeNull();
});

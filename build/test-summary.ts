import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NO_TESTS: TestCounts = { passed: 0, failed: 0, skipped: 0 };

/** Of Vitest's JSON report, what is counted here. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    /** Absolute path of the file. */
    readonly name: string;
    readonly status: string;
    /** Why a file failed that did not come to its tests. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName?: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/**
 * Vitest's counts. A file that fails without a failing test of its own (it does not load, or a
 * hook threw) counts as one failed test, or it would vanish from the sum.
 */
export function countVitest(report: VitestReport): TestCounts {
  const brokenFiles = report.testResults.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** So much of a failure's message says what was expected and what was found. */
const FAILURE_LINES = 12;

/**
 * What failed of Vitest's report, each with its file and the head of its message: whoever sees only the end of a
 * long output must still learn it.
 * @param rootDir files are named from here
 */
export function vitestFailures(report: VitestReport, rootDir: string): string[] {
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(rootDir, name);
    const failed = assertionResults.filter((one) => one.status === "failed");
    if (failed.length === 0) return status === "failed" ? [failure(file, message)] : [];
    return failed.map(({ fullName, failureMessages }) =>
      failure(`${file} > ${fullName}`, failureMessages?.[0]),
    );
  });
}

function failure(title: string, message = ""): string {
  const lines = stripVTControlCharacters(message).split("\n").slice(0, FAILURE_LINES);
  return [`failed test: ${title}`, ...lines.map((line) => `  ${line}`)].join("\n").trimEnd();
}

/** Of Playwright's JSON report, what is counted here. */
interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
  readonly errors: readonly unknown[];
  readonly suites?: readonly PlaywrightSuite[];
}

/** A spec file, or a `describe` in it. */
interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs: readonly {
    readonly title: string;
    readonly ok: boolean;
    readonly file: string;
    readonly line: number;
    readonly tests: readonly {
      readonly results: readonly { readonly errors: readonly { readonly message?: string }[] }[];
    }[];
  }[];
}

/** Playwright's counts. A flaky test failed once: it is no pass. Errors outside tests count too. */
export function countPlaywright(report: PlaywrightReport): TestCounts {
  const { expected, unexpected, flaky, skipped } = report.stats;
  const strayErrors = unexpected + flaky > 0 ? 0 : report.errors.length;
  return { passed: expected, failed: unexpected + flaky + strayErrors, skipped };
}

/** How many tests Playwright lists, which it has not run. */
export function countListed({ suites = [] }: Pick<PlaywrightReport, "suites">): number {
  return suites.reduce((sum, suite) => sum + suite.specs.length + countListed(suite), 0);
}

/** What failed of Playwright's report, as `vitestFailures` tells it. Files are named from the folder of the specs. */
export function playwrightFailures({ suites = [] }: PlaywrightReport): string[] {
  return suites.flatMap(failuresIn);
}

function failuresIn({ suites = [], specs }: PlaywrightSuite): string[] {
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ file, line, title, tests }) => {
      const results = tests.flatMap((one) => one.results);
      const message = results.flatMap(({ errors }) => errors)[0]?.message;
      return failure(`${file}:${line} > ${title}`, message);
    });
  return [...own, ...suites.flatMap(failuresIn)];
}

/** Reads a report, or null when the runner ended without writing one. */
export function readReport<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch {
    return null;
  }
}

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** The one closing line of `npm test`. */
export function closingLine(counts: TestCounts): string {
  return `tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

/** Nothing failed, no step failed, and something was tested at all. */
export function isGreen(counts: TestCounts, failedSteps: readonly string[]): boolean {
  return counts.passed > 0 && counts.failed === 0 && failedSteps.length === 0;
}

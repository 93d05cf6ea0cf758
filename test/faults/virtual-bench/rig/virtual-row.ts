import { expect } from "vitest";
import type { RunDetail, StageAttempt } from "../../../../contract/console-api.ts";
import type { StageName } from "../../../../contract/stages.ts";

/** One fault of the catalogue, broken into the emulated machine itself. */
export interface VirtualRow {
  readonly id: string;
  /** In the field's own words; names its test. */
  readonly fault: string;
  /** How it is brought about here. */
  readonly how: string;
  /** The stage in which it must be said. */
  readonly stage: StageName;
  readonly comes: "fail" | "error" | "gap" | "warning";
  /** What must be said of it. */
  readonly words: RegExp;
  /** The part that must be named, as `part slot serial`; a gap names none. */
  readonly part?: RegExp;
}

/** The attempts of a row's stage, the last one last. */
export function attemptsOf(run: RunDetail, stage: StageName): readonly StageAttempt[] {
  return run.stages.filter((attempt) => attempt.stage === stage);
}

/** Asserts that the console says of a fault what its row demands, as the run stands now. */
export function expectSaid(run: RunDetail, row: VirtualRow): void {
  const attempt = attemptsOf(run, row.stage).at(-1);
  switch (row.comes) {
    case "fail":
    case "error": {
      expect(run).toMatchObject({ state: "FailedHolding", failedStage: row.stage });
      expect(run.reason).toMatch(row.words);
      const failed = { status: "complete", result: "fail" };
      const erred = { status: "error", result: "not_applicable" };
      expect(attempt).toMatchObject(row.comes === "fail" ? failed : erred);
      break;
    }
    case "gap": {
      const gaps = run.gaps.filter(({ stage }) => stage === row.stage);
      const told = gaps.map(({ what, why }) => `${what}: ${why}`);
      expect(told).toContainEqual(expect.stringMatching(row.words));
      break;
    }
    case "warning":
      expect([attempt?.summary, ...run.warnings].join("\n")).toMatch(row.words);
      break;
  }
  if (row.part === undefined) return;
  const blamed = attempt?.blame.map(({ part, slot, serial }) => `${part} ${slot} ${serial}`);
  expect(blamed).toContainEqual(expect.stringMatching(row.part));
}

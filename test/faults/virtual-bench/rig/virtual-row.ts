import { expect } from "vitest";
import type { RunDetail, StageAttempt } from "../../../../contract/console-api.ts";
import type { StageName } from "../../../../contract/stages.ts";
import type { FaultOutcome } from "../../fault-row.ts";

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

/** What the table of `npm run test:faults` tells of a row; whether it is good its test decides. */
export function outcomeOf(run: RunDetail, row: VirtualRow): FaultOutcome {
  const { id, fault, how, stage } = row;
  const words = toldOf(run, row).find((text) => row.words.test(text)) ?? "";
  return { kind: "fault", id, fault, how, stage, good: true, by: words && stage, words };
}

/** All that the console says where the row is to be looked for. */
function toldOf(run: RunDetail, { stage, comes }: VirtualRow): readonly string[] {
  switch (comes) {
    case "fail":
    case "error":
      return [run.reason ?? ""];
    case "gap":
      return run.gaps
        .filter((gap) => gap.stage === stage)
        .map(({ what, why }) => `${what}: ${why}`);
    case "warning":
      return [attemptsOf(run, stage).at(-1)?.summary ?? "", ...run.warnings];
  }
}

/** Asserts that the console says of a fault what its row demands, as the run stands now. */
export function expectSaid(run: RunDetail, row: VirtualRow): void {
  const attempt = attemptsOf(run, row.stage).at(-1);
  if (row.comes === "fail" || row.comes === "error") {
    expect(run).toMatchObject({ state: "FailedHolding", failedStage: row.stage });
    const failed = { status: "complete", result: "fail" };
    const erred = { status: "error", result: "not_applicable" };
    expect(attempt).toMatchObject(row.comes === "fail" ? failed : erred);
  }
  expect(toldOf(run, row)).toContainEqual(expect.stringMatching(row.words));
  if (row.part === undefined) return;
  const blamed = attempt?.blame.map(({ part, slot, serial }) => `${part} ${slot} ${serial}`);
  expect(blamed).toContainEqual(expect.stringMatching(row.part));
}

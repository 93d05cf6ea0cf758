import { test } from "vitest";
import type { RunDetail } from "../../../../contract/console-api.ts";
import { expectSaid, outcomeOf, type VirtualRow } from "./virtual-row.ts";

/**
 * The tests of one machine: steps that lead from fault to fault, and rows that look at how the run stands after them.
 * After a step that failed the rest would only wait in vain and is skipped; a row that fails hinders no other.
 */
export class Story {
  #broken = false;
  #run: RunDetail | null = null;

  /** How the run stood after the last step that told it. */
  get run(): RunDetail {
    if (this.#run === null) throw new Error("No step has brought the run anywhere yet.");
    return this.#run;
  }

  /** @param take may hand back how the run stands afterwards, for the rows behind it */
  step(name: string, take: () => Promise<RunDetail | undefined>): void {
    test(name, async ({ skip }) => {
      skip(this.#broken, "an earlier step failed");
      this.#broken = true;
      this.#run = (await take()) ?? this.#run;
      this.#broken = false;
    });
  }

  /** A row of the catalogue: the test of its name. */
  row(row: VirtualRow): void {
    test(row.fault, ({ task, skip }) => {
      skip(this.#broken, "an earlier step failed");
      task.meta.fault = outcomeOf(this.run, row);
      expectSaid(this.run, row);
    });
  }

  /** The end of a machine in order: nothing may be said against it. */
  clean(id: string, fault: string, raisesNone: (run: RunDetail) => void): void {
    test(`${fault}: no alarm`, ({ task, skip }) => {
      skip(this.#broken, "an earlier step failed");
      const { verdict } = this.run;
      const words = verdict ?? "";
      task.meta.fault = { kind: "clean", id, fault, how: "", stage: "", good: true, by: "", words };
      raisesNone(this.run);
    });
  }
}

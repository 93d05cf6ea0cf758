import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FAULTS } from "./catalogue.ts";
import { CLEAN_MACHINES } from "./clean-machines.ts";
import type { FaultOutcome } from "./fault-row.ts";
import { judgeClean, judgeFault } from "./judgement.ts";
import { FaultLab } from "./lab.ts";

declare module "vitest" {
  interface TaskMeta {
    /** For the table of `npm run test:faults`, which reads it from the JSON report. */
    fault?: FaultOutcome;
  }
}

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000, maxConcurrency: 12 });

let lab: FaultLab;
beforeAll(async () => {
  lab = await FaultLab.start();
});
afterAll(() => lab?.close());

describe.concurrent("the fault lab: what is wrong with the host is caught, and said", () => {
  test.each(FAULTS)("$id: $fault", async (row) => {
    const { task } = expect.getState() as never as { task: never };
    void task;
    const { problems } = judgeFault(row, await lab.vet(row));
    expect(problems).toEqual([]);
  });
});

describe.concurrent("the fault lab: clean machines raise no alarm", () => {
  test.each(CLEAN_MACHINES)("$id: $fault", async (row) => {
    const { problems } = judgeClean(row, await lab.vet(row));
    expect(problems).toEqual([]);
  });
});

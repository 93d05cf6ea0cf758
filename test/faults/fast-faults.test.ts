import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FAULTS } from "./catalogue.ts";
import { CLEAN_MACHINES } from "./clean-machines.ts";
import { judgeClean, judgeFault } from "./judgement.ts";
import { FaultLab } from "./lab.ts";

// Bounds, not waits: a machine that is busy with other things must not fail a row.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000, maxConcurrency: 16 });

let lab: FaultLab;
beforeAll(async () => {
  lab = await FaultLab.start();
});
afterAll(() => lab?.close());

// First, as the largest machine takes the longest.
describe.concurrent("a clean machine raises no alarm", () => {
  for (const row of CLEAN_MACHINES) {
    test(`${row.id}: ${row.fault}`, async ({ task }) => {
      const { outcome, problems } = judgeClean(row, await lab.vet(row));
      task.meta.fault = outcome;
      expect(problems, outcome.words).toEqual([]);
    });
  }
});

describe.concurrent("what is wrong with a host is caught, by its stage and in words", () => {
  for (const row of FAULTS) {
    test(`${row.id}: ${row.fault}`, async ({ task }) => {
      const { outcome, problems } = judgeFault(row, await lab.vet(row));
      task.meta.fault = outcome;
      expect(problems, outcome.words).toEqual([]);
    });
  }
});

test("each row has an id of its own", () => {
  const ids = [...FAULTS, ...CLEAN_MACHINES].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

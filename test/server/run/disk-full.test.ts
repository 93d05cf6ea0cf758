import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../../server/db/open.ts";
import { createStore } from "../../../server/db/store.ts";
import { failure, Life, value } from "./life.ts";

/** A database that may not grow by more than `pages` pages: SQLite then says what a full disk says. */
function smallDatabase() {
  const folder = mkdtempSync(join(tmpdir(), "vetting-full-"));
  const db = openDatabase(join(folder, "vetting.db"));
  onTestFinished(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });
  return db;
}

test("a full disk loses nothing that was acknowledged, takes nothing it cannot keep, and recovers", async () => {
  const db = smallDatabase();
  const life = new Life({ store: createStore(db) });
  const { runId } = await life.inStage("CPUStress");
  const pages = Number(db.pragma("page_count", { simple: true }));
  db.pragma(`max_page_count = ${pages + 12}`);

  const batch = (first: number) => ({
    samples: Array.from({ length: 200 }, (_, index) => ({
      sequence: first + index,
      stage: "CPUStress" as const,
      t: life.iso(index),
      sensor: "cpu.package.temp",
      value: 50,
      unit: "Cel",
    })),
  });
  const post = async (first: number) => {
    const answer = life.service.submitSamples(runId, batch(first));
    life.service.flush();
    return answer;
  };

  let acknowledged = 0;
  let refused = null;
  for (let first = 1000; refused === null && first < 100_000; first += 200) {
    const answer = await post(first);
    if (answer.ok) acknowledged += answer.value.accepted;
    else refused = { first, answer };
  }
  expect(refused).not.toBeNull();
  expect(failure(refused!.answer)).toMatchObject({ kind: "disk-full" });
  expect(failure(refused!.answer).detail).toContain("disk is full");
  expect(life.run(runId).sensors).toMatchObject([{ samples: acknowledged }]);

  db.pragma("max_page_count = 1000000");
  value(await post(refused!.first));
  expect(life.run(runId).sensors).toMatchObject([{ samples: acknowledged + 200 }]);
});

test("a breach that is found at the result, while the disk is full, is found again by the repeat", async () => {
  const db = smallDatabase();
  const life = new Life({ store: createStore(db) });
  const { runId } = await life.inStage("CPUStress");
  await life.samples(runId, "CPUStress", [[0, 101]], { critical: 100 });
  const measurements = Array.from({ length: 2000 }, (_, index) => ({
    name: `measurement.${index}`,
    value: index,
    unit: "1",
  }));
  const result = {
    stage: "CPUStress" as const,
    endedAt: life.iso(11),
    sequence: 5000,
    measurements,
  };

  db.pragma(`max_page_count = ${Number(db.pragma("page_count", { simple: true }))}`);
  expect(failure(life.post(runId, result)).kind).toBe("disk-full");
  expect(life.run(runId).state).toBe("CPUStress");

  db.pragma("max_page_count = 1000000");
  const answer = value(life.post(runId, result));
  expect(answer.nextState).toBe("FailedHolding");
  expect(answer.judged).toContain("cpu.package.temp");
});

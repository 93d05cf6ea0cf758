// Commits batches of samples as fast as it can and names each on stdout only after its commit, until it is killed.
import { writeSync } from "node:fs";
import { openDatabase } from "../../../server/db/open.ts";
import { createStore } from "../../../server/db/store.ts";

const [file = "", runId = "", attemptId = ""] = process.argv.slice(2);
const store = createStore(openDatabase(file));
const BATCH = 50;

for (let first = store.answers.nextSequence(Number(runId)); ; first += BATCH) {
  const batch = Array.from({ length: BATCH }, (_, index) => ({
    sequence: first + index,
    stage: "CPUStress" as const,
    t: new Date(Date.UTC(2026, 10, 1) + (first + index) * 1000).toISOString(),
    sensor: `sensor[${index}]`,
    value: first + index,
    unit: "1",
  }));
  const last = first + BATCH - 1;
  store.transaction(() => {
    store.samples.insert(Number(runId), Number(attemptId), batch, Date.now());
    store.answers.add(Number(runId), { kind: "sensor", first, last, status: 200, body: { last } });
  });
  writeSync(1, `${last}\n`);
}

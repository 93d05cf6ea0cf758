/** What a run's page asks of the database: everything by index, whatever the history holds. */
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "../../../server/db/store.ts";
import type { Store } from "../../../server/run/ports.ts";
import { addRun, openStore, samples, T0, tempDir } from "./temp-store.ts";

const span = { fromMs: T0 + 12_345, toMs: T0 + 2_345_678 };
const sensor = "cpu.package.temp";

/** By what it is for: the calls behind GET runs/:id and its log, and those of the reading thread. */
const READS: Record<string, (store: Store, runId: number, hostId: number) => unknown> = {
  run: ({ runs }, runId) => runs.get(runId),
  host: ({ hosts }, _, hostId) => hosts.get(hostId),
  attempts: ({ attempts }, runId) => attempts.list(runId),
  breaches: ({ breaches }, runId) => breaches.list(runId),
  overrides: ({ overrides }, runId) => overrides.list(runId),
  "list of evidence": ({ evidence }, runId) => evidence.list(runId),
  inventory: ({ inventories }, runId) => inventories.get(runId),
  "list of sensors": ({ samples: stored }, runId) => stored.sensors(runId),
  "boots of the run": ({ boots }, runId) => boots.listAttemptsOfRun(runId),
  "latest boot": ({ boots }, _, hostId) => boots.latestAttempt(hostId),
  "end of the log": ({ logs }, runId) => logs.list(runId, { tail: true, limit: 1000 }),
  "graph of one sensor": ({ samples: stored }, runId) =>
    stored.series(runId, { sensor, ...span, points: 7 }),
  "graphs of all": ({ samples: stored }, runId) => stored.runSeries(runId, { ...span, points: 30 }),
  "page of samples": ({ samples: stored }, runId) =>
    stored.page(runId, { sensor, unit: "Cel", ...span, after: null, limit: 50 }),
};

test.each(Object.keys(READS))("the %s: no table is read from end to end", (what) => {
  const { db, store, file } = openStore(join(tempDir(), "vetting.db"));
  const { run, host } = addRun(store);
  store.samples.insert(run.id, null, samples(1, 3000), T0);
  const asked: string[] = [];
  const watched = new Sqlite(file, { verbose: (sql) => asked.push(String(sql)) });
  onTestFinished(() => void watched.close());
  READS[what]?.(createStore(watched), run.id, host.id);
  const selects = asked.filter((sql) => /^\s*SELECT/.test(sql));
  expect(selects.length).toBeGreaterThan(0);
  for (const sql of selects) {
    const plan = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
    const scans = plan.filter(
      ({ detail }) => /^SCAN/.test(detail) && !/^SCAN (\(subquery|CONSTANT ROW)/.test(detail),
    );
    expect(scans, sql).toEqual([]);
    // Millions of samples are never sorted: they come out of their index as they are wanted.
    if (/FROM samples/.test(sql)) expect(JSON.stringify(plan), sql).not.toContain("TEMP B-TREE");
  }
});

/** What a run's page asks of the database on the main thread: by index, whatever the history holds. */
import { expect, test } from "vitest";
import { openStore } from "./temp-store.ts";

/** The statements of the repositories behind GET runs/:id and its log, as they stand there. */
const READS = [
  "SELECT * FROM runs WHERE id = 1",
  "SELECT * FROM attempts WHERE run_id = 1 ORDER BY id",
  "SELECT * FROM breaches WHERE run_id = 1 ORDER BY id",
  "SELECT * FROM overrides WHERE run_id = 1 ORDER BY id",
  `SELECT id, run_id, stage, kind, name, truncated, received_at, bytes
   FROM evidence WHERE run_id = 1 ORDER BY id`,
  "SELECT document FROM inventories WHERE run_id = 1",
  `SELECT n.name AS sensor, n.unit, r.samples FROM run_sensors r
   JOIN sensors n ON n.id = r.sensor_id WHERE r.run_id = 1 ORDER BY n.name, n.unit`,
  "SELECT * FROM boot_attempts WHERE host_id = 1 ORDER BY id DESC LIMIT 1",
  "SELECT * FROM boot_attempts WHERE run_id = 1 ORDER BY id",
  "SELECT * FROM boot_events WHERE attempt_id = 1 ORDER BY id",
  `SELECT * FROM log_lines WHERE run_id = 1 AND sequence > 0
   ORDER BY sequence DESC LIMIT 1000`,
];
/** Of the reading thread: graphs from the rollups, and one page of a CSV. */
const READ_APART = [
  `SELECT sensor_id, start_ms, samples, first_ms, least, greatest, total FROM sample_rollups
   WHERE run_id = 1 AND width_ms = 10000 AND start_ms >= 0 AND start_ms < 9`,
  `SELECT min(t_ms) FROM samples WHERE run_id = 1 AND sensor_id = 1 AND t_ms >= 0 AND t_ms <= 9`,
  `SELECT t_ms, value FROM samples
   WHERE run_id = 1 AND sensor_id = 1 AND t_ms >= 0 AND t_ms < 9 ORDER BY t_ms`,
  `SELECT sequence, t_ms AS tMs, value, stage FROM samples INDEXED BY samples_by_sensor
   WHERE run_id = 1 AND sensor_id = 1 AND t_ms <= 9
     AND (t_ms, value, sequence) > (0, 0, 0)
   ORDER BY t_ms, value, sequence LIMIT 5`,
];

test.each([...READS, ...READ_APART])("%s reads no table from end to end", (sql) => {
  const { db } = openStore();
  const plan = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
  expect(plan.length).toBeGreaterThan(0);
  for (const { detail } of plan) expect(detail).not.toMatch(/^SCAN/);
});

test.each(READ_APART)("%s is sorted by its index", (sql) => {
  const { db } = openStore();
  const plan = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
  for (const { detail } of plan) expect(detail).not.toMatch(/TEMP B-TREE/);
});

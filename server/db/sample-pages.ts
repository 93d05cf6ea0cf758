import type { Database } from "better-sqlite3";
import type { SampleRepository, StoredSample } from "../run/ports.ts";

/**
 * Stored samples a page at a time: a reader that takes its time (a slow download) holds no snapshot of the database
 * and keeps no write-ahead log from being cut.
 */
export function createSamplePages(db: Database): SampleRepository["page"] {
  const idOf = db
    .prepare<[string, string], number>("SELECT id FROM sensors WHERE name = ? AND unit = ?")
    .pluck();
  // In the order of the index, which ends with value and sequence.
  const page = db.prepare<unknown[], StoredSample>(
    `SELECT sequence, t_ms AS tMs, value, stage FROM samples INDEXED BY samples_by_sensor
     WHERE run_id = @runId AND sensor_id = @id AND t_ms <= @toMs
       AND (t_ms, value, sequence) > (@tMs, @value, @sequence)
     ORDER BY t_ms, value, sequence LIMIT @limit`,
  );
  return (runId, { sensor, unit, fromMs, toMs, after, limit }) => {
    const id = idOf.get(sensor, unit);
    if (id === undefined) return [];
    const start = after ?? {
      tMs: Math.ceil(fromMs ?? Number.MIN_SAFE_INTEGER),
      value: -Number.MAX_VALUE,
      sequence: 0,
    };
    return page.all({
      runId,
      id,
      toMs: Math.floor(toMs ?? Number.MAX_SAFE_INTEGER),
      tMs: start.tMs,
      value: start.value,
      sequence: start.sequence,
      limit,
    });
  };
}

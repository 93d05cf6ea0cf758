import type { Database } from "better-sqlite3";
import type { Sample } from "../../contract/agent-api.ts";
import type { SampleRepository } from "../run/ports.ts";
import { createRollups } from "./rollups.ts";
import { createSamplePages } from "./sample-pages.ts";
import { createSensorNames } from "./sensor-names.ts";
import { createSeriesQuery } from "./series-query.ts";

interface SampleRow {
  readonly sequence: number;
  readonly sensor: string;
  readonly unit: string;
  readonly stage: Sample["stage"];
  readonly t_ms: number;
  readonly value: number;
  readonly critical: number | null;
}

/** The hot path of the console: eight hosts write up to some thousand rows a second. */
export function createSampleRepository(db: Database): SampleRepository {
  const lookUp = createSensorNames(db);
  const newRollups = createRollups(db);
  // ON CONFLICT names its one constraint: OR IGNORE would swallow every other mistake as well.
  const insert = db.prepare<unknown[]>(
    `INSERT INTO samples
       (run_id, sequence, sensor_id, attempt_id, stage, t_ms, received_ms, value, critical)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, sequence) DO NOTHING`,
  );
  const count = db.prepare<[number, number, number]>(
    `INSERT INTO run_sensors (run_id, sensor_id, samples) VALUES (?, ?, ?)
     ON CONFLICT (run_id, sensor_id) DO UPDATE SET samples = samples + excluded.samples`,
  );
  const noteNewest = db.prepare<[number, number]>(
    `INSERT INTO attempt_samples (attempt_id, newest_ms) VALUES (?, ?)
     ON CONFLICT (attempt_id) DO UPDATE SET newest_ms = max(newest_ms, excluded.newest_ms)`,
  );
  const newest = db
    .prepare<[number, number], number>(
      `SELECT newest_ms FROM attempt_samples JOIN attempts ON attempts.id = attempt_id
       WHERE attempts.run_id = ? AND attempt_id = ?`,
    )
    .pluck();
  // Sensor by sensor over the index, so that a long run behind the time asked for costs nothing.
  const since = db.prepare<[number, number, number], SampleRow>(
    `SELECT s.sequence, n.name AS sensor, n.unit, s.stage, s.t_ms, s.value, s.critical
     FROM run_sensors r
     CROSS JOIN samples s INDEXED BY samples_by_sensor
       ON s.run_id = r.run_id AND s.sensor_id = r.sensor_id
     JOIN sensors n ON n.id = s.sensor_id
     WHERE r.run_id = ? AND s.t_ms >= ? AND s.attempt_id = ?
     ORDER BY s.t_ms, s.sequence`,
  );
  const sensors = db.prepare<[number], { sensor: string; unit: string; samples: number }>(
    `SELECT n.name AS sensor, n.unit, r.samples FROM run_sensors r
     JOIN sensors n ON n.id = r.sensor_id WHERE r.run_id = ? ORDER BY n.name, n.unit`,
  );

  const insertAll = (
    runId: number,
    attemptId: number | null,
    samples: readonly Sample[],
    receivedAt: number,
  ): Sample[] => {
    const sensorIdOf = lookUp();
    const counts = new Map<number, number>();
    const rollups = newRollups();
    let newestMs = Number.NEGATIVE_INFINITY;
    const fresh = samples.filter((sample) => {
      const { sequence, sensor, unit, stage, value, critical = null } = sample;
      const sensorId = sensorIdOf(sensor, unit);
      const tMs = Date.parse(sample.t);
      const isNew =
        insert.run(runId, sequence, sensorId, attemptId, stage, tMs, receivedAt, value, critical)
          .changes === 1;
      if (!isNew) return false;
      counts.set(sensorId, (counts.get(sensorId) ?? 0) + 1);
      rollups.add(sensorId, tMs, value);
      newestMs = Math.max(newestMs, tMs);
      return true;
    });
    rollups.write(runId);
    for (const [sensorId, added] of counts) count.run(runId, sensorId, added);
    if (attemptId !== null && fresh.length > 0) noteNewest.run(attemptId, newestMs);
    return fresh;
  };
  // Outside of a transaction one of its own: counts and rollups never part from the samples.
  const insertTogether = db.transaction(insertAll);

  return {
    insert(runId, attemptId, samples, receivedAt) {
      if (samples.length === 0) return [];
      return db.inTransaction
        ? insertAll(runId, attemptId, samples, receivedAt)
        : insertTogether(runId, attemptId, samples, receivedAt);
    },
    since: (runId, attemptId, sinceMs) =>
      since.all(runId, sinceMs, attemptId).map(({ t_ms, critical, ...sample }) => ({
        ...sample,
        t: new Date(t_ms).toISOString(),
        ...(critical === null ? {} : { critical }),
      })),
    newest: (runId, attemptId) => newest.get(runId, attemptId) ?? null,
    sensors: (runId) => sensors.all(runId),
    ...createSeriesQuery(db),
    page: createSamplePages(db),
  };
}

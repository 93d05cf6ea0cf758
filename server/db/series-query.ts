import type { Database } from "better-sqlite3";
import type { SampleRepository } from "../run/ports.ts";

interface Range {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/**
 * Graphs. With no more samples than points asked for, every sample is a bucket of its own; else the time is cut
 * into equal buckets, each with its least, greatest and mean value, so that no spike is lost. A bucket is placed
 * at its first sample, and an empty one is left out.
 */
export function createSeriesQuery(db: Database): SampleRepository["series"] {
  // A sensor that changed its unit within a run is drawn in the unit that it used most.
  const sensorOf = db.prepare<[number, string], { id: number; unit: string }>(
    `SELECT n.id, n.unit FROM sensors n JOIN run_sensors r ON r.sensor_id = n.id
     WHERE r.run_id = ? AND n.name = ? ORDER BY r.samples DESC LIMIT 1`,
  );
  const edges = db.prepare<unknown[], { first: number | null; last: number | null }>(
    `SELECT
       (SELECT min(t_ms) FROM samples WHERE run_id = @runId AND sensor_id = @id
          AND t_ms >= @from AND t_ms <= @to) AS first,
       (SELECT max(t_ms) FROM samples WHERE run_id = @runId AND sensor_id = @id
          AND t_ms >= @from AND t_ms <= @to) AS last`,
  );
  const each = db.prepare<unknown[], { t: number; value: number }>(
    `SELECT t_ms AS t, value FROM samples
     WHERE run_id = @runId AND sensor_id = @id AND t_ms >= @from AND t_ms <= @to
     ORDER BY t_ms LIMIT @limit`,
  );
  const buckets = db
    .prepare<unknown[], [number, number, number, number]>(
      `SELECT min(t_ms), min(value), max(value), avg(value) FROM samples
       WHERE run_id = @runId AND sensor_id = @id AND t_ms >= @from AND t_ms <= @to
       GROUP BY CAST((t_ms - @from) * CAST(@points AS INTEGER) AS INTEGER)
                / CAST(@to - @from + 1 AS INTEGER)
       ORDER BY min(t_ms)`,
    )
    .raw();

  return (runId, { sensor, fromMs, toMs, points }) => {
    const known = sensorOf.get(runId, sensor);
    if (known === undefined) return null;
    const asked = { runId, id: known.id, ...clamped({ fromMs, toMs }) };
    const most = Math.max(1, Math.floor(points));
    const few = each.all({ ...asked, limit: most + 1 });
    if (few.length <= most) {
      return {
        sensor,
        unit: known.unit,
        points: few.map(({ t, value }) => [t, value, value, value]),
      };
    }
    const { first, last } = edges.get(asked) ?? { first: null, last: null };
    const within = { ...asked, from: first ?? 0, to: last ?? 0, points: most };
    return { sensor, unit: known.unit, points: buckets.all(within) };
  };
}

/** An open end reaches as far as a time can. */
function clamped({ fromMs, toMs }: Range): { from: number; to: number } {
  const most = 8.64e15;
  return {
    from: Math.max(-most, Math.ceil(fromMs ?? -most)),
    to: Math.min(most, Math.floor(toMs ?? most)),
  };
}

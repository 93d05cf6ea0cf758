import type { Database } from "better-sqlite3";
import type { SeriesResponse } from "../../contract/console-api.ts";
import type { SampleRepository } from "../run/ports.ts";
import { ROLLUP_WIDTHS_MS } from "./rollups.ts";
import { addTo, meanOf, type Tally, tallyOf } from "./tally.ts";
import { cellOf, gridFor, type Piece, piecesFor, type TimeGrid } from "./time-grid.ts";

interface KnownSensor {
  readonly id: number;
  readonly sensor: string;
  readonly unit: string;
}
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}
/** One sensor with more samples than points, on its way into cells. */
interface Drawn {
  readonly grid: TimeGrid;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly cells: Map<number, Tally>;
}
type RollupRow = [
  sensorId: number,
  startMs: number,
  samples: number,
  firstMs: number,
  least: number,
  greatest: number,
  total: number,
];

/**
 * Graphs. With no more samples than points asked for, every sample is a bucket of its own; else the time is cut
 * into equal buckets, each with its least, greatest and mean value, so that no spike is lost. They are put together
 * from the coarsest rollup that has as many, and at the edges of the span from finer ones and from samples, so that
 * least and greatest are those of exactly the samples within. A bucket is placed at its first sample, and an empty
 * one is left out.
 */
export function createSeriesQuery(db: Database): Pick<SampleRepository, "series" | "runSeries"> {
  // A sensor that changed its unit within a run is drawn in the unit that it used most.
  const sensorOf = db.prepare<[number, string], KnownSensor>(
    `SELECT n.id, n.name AS sensor, n.unit FROM sensors n JOIN run_sensors r ON r.sensor_id = n.id
     WHERE r.run_id = ? AND n.name = ? ORDER BY r.samples DESC, n.unit LIMIT 1`,
  );
  const sensorsOf = db.prepare<[number], KnownSensor>(
    `SELECT n.id, n.name AS sensor, n.unit FROM run_sensors r JOIN sensors n ON n.id = r.sensor_id
     WHERE r.run_id = ? ORDER BY n.name, r.samples DESC, n.unit`,
  );
  const edges = db.prepare<unknown[], { first: number | null; last: number | null }>(
    `SELECT
       (SELECT min(t_ms) FROM samples WHERE run_id = @runId AND sensor_id = @id
          AND t_ms >= @fromMs AND t_ms <= @toMs) AS first,
       (SELECT max(t_ms) FROM samples WHERE run_id = @runId AND sensor_id = @id
          AND t_ms >= @fromMs AND t_ms <= @toMs) AS last`,
  );
  const countUpTo = db
    .prepare<unknown[], number>(
      `SELECT count(*) FROM (SELECT 1 FROM samples WHERE run_id = @runId AND sensor_id = @id
         AND t_ms >= @fromMs AND t_ms <= @toMs LIMIT @limit)`,
    )
    .pluck();
  const samplesIn = db
    .prepare<[number, number, number, number], [t: number, value: number]>(
      `SELECT t_ms, value FROM samples
       WHERE run_id = ? AND sensor_id = ? AND t_ms >= ? AND t_ms < ? ORDER BY t_ms`,
    )
    .raw();
  const rollups = (more: string) =>
    db
      .prepare<number[], RollupRow>(
        `SELECT sensor_id, start_ms, samples, first_ms, least, greatest, total FROM sample_rollups
         WHERE run_id = ? AND width_ms = ? AND start_ms >= ? AND start_ms < ? ${more}`,
      )
      .raw();
  const rollupsOfAll = rollups("");
  const rollupsOfOne = rollups("AND sensor_id = ?");

  /** Adds a part of time to the cells of all these sensors. */
  const fill = (runId: number, drawn: ReadonlyMap<number, Drawn>, piece: Piece) => {
    const { widthMs, fromMs, endMs } = piece;
    if (widthMs === null) {
      for (const [id, { grid, cells }] of drawn) {
        for (const [t, value] of samplesIn.all(runId, id, fromMs, endMs)) {
          addTo(cells, cellOf(grid, t), tallyOf(t, value));
        }
      }
      return;
    }
    const [only] = drawn.keys();
    const rows =
      drawn.size === 1 && only !== undefined
        ? rollupsOfOne.all(runId, widthMs, fromMs, endMs, only)
        : rollupsOfAll.all(runId, widthMs, fromMs, endMs);
    for (const [id, startMs, samples, firstMs, least, greatest, total] of rows) {
      const one = drawn.get(id);
      if (one === undefined) continue;
      addTo(one.cells, cellOf(one.grid, startMs), { samples, firstMs, least, greatest, total });
    }
  };

  const read = (
    runId: number,
    sensors: readonly KnownSensor[],
    span: Span,
    points: number,
  ): SeriesResponse[] => {
    const byLevel = new Map<number | null, Map<number, Drawn>>();
    const few = new Map<number, SeriesResponse["points"]>();
    for (const { id } of sensors) {
      const { first, last } = edges.get({ runId, id, ...span }) ?? { first: null, last: null };
      if (first === null || last === null) continue;
      const count = countUpTo.get({ runId, id, ...span, limit: points + 1 }) ?? 0;
      if (count <= points) {
        const each = samplesIn.all(runId, id, first, last + 1);
        few.set(
          id,
          each.map(([t, value]) => [t, value, value, value]),
        );
        continue;
      }
      const grid = gridFor(first, last, points, ROLLUP_WIDTHS_MS);
      const level = byLevel.get(grid.levelMs) ?? new Map<number, Drawn>();
      level.set(id, { grid, firstMs: first, lastMs: last, cells: new Map() });
      byLevel.set(grid.levelMs, level);
    }
    for (const [levelMs, drawn] of byLevel) {
      // One reading for all sensors of a level: nothing lies outside of what each of them has in the span.
      const found = {
        firstMs: Math.min(...[...drawn.values()].map(({ firstMs }) => firstMs)),
        lastMs: Math.max(...[...drawn.values()].map(({ lastMs }) => lastMs)),
      };
      for (const piece of piecesFor({ levelMs }, span, found, ROLLUP_WIDTHS_MS)) {
        fill(runId, drawn, piece);
      }
    }
    const cellsOf = (id: number) =>
      [...byLevel.values()].map((drawn) => drawn.get(id)).find((one) => one !== undefined)?.cells;
    return sensors.map(({ id, sensor, unit }) => ({
      sensor,
      unit,
      points: few.get(id) ?? pointsOf(cellsOf(id) ?? new Map()),
    }));
  };

  return {
    series: db.transaction((runId, { sensor, points, ...range }) => {
      const known = sensorOf.get(runId, sensor);
      if (known === undefined) return null;
      return read(runId, [known], clamped(range), mostOf(points))[0] ?? null;
    }),
    runSeries: db.transaction((runId, { points, ...range }) => {
      const known = sensorsOf.all(runId);
      const drawn = known.filter(({ sensor }, index) => sensor !== known[index - 1]?.sensor);
      return read(runId, drawn, clamped(range), mostOf(points));
    }),
  };
}

function pointsOf(cells: ReadonlyMap<number, Tally>): SeriesResponse["points"] {
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([, tally]) => [tally.firstMs, tally.least, tally.greatest, meanOf(tally)]);
}

function mostOf(points: number): number {
  return Math.max(1, Math.floor(points));
}

/** An open end reaches as far as a time can. */
function clamped({ fromMs, toMs }: { fromMs: number | null; toMs: number | null }): Span {
  const most = 8.64e15;
  return {
    fromMs: Math.max(-most, Math.ceil(fromMs ?? -most)),
    toMs: Math.min(most, Math.floor(toMs ?? most)),
  };
}

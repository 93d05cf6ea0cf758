import type { Database } from "better-sqlite3";
import { addTo, type Tally, tallyOf } from "./tally.ts";
import { alignedDown } from "./time-grid.ts";

/**
 * The widths that samples are rolled up in, finest first, each a multiple of the one before. So chosen that a graph
 * of 300 points reads at most some 3,000 rows a sensor at any zoom: samples themselves below an hour, then ten
 * seconds, from five hours minutes, and from two days ten minutes. Migration 0005 makes the same three.
 */
export const ROLLUP_WIDTHS_MS = [10_000, 60_000, 600_000] as const;

/** Takes the samples of one batch and then writes what they came to. */
export interface RollupBatch {
  add(sensorId: number, tMs: number, value: number): void;
  /** Inside the transaction that stores the samples. */
  write(runId: number): void;
}

export function createRollups(db: Database): () => RollupBatch {
  const upsert = db.prepare<number[]>(
    `INSERT INTO sample_rollups
       (run_id, width_ms, start_ms, sensor_id, samples, first_ms, least, greatest, total)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, width_ms, start_ms, sensor_id) DO UPDATE SET
       samples = samples + excluded.samples,
       first_ms = min(first_ms, excluded.first_ms),
       least = min(least, excluded.least),
       greatest = max(greatest, excluded.greatest),
       total = max(-1e308, min(1e308, total + excluded.total))`,
  );
  const [finest] = ROLLUP_WIDTHS_MS;

  return () => {
    /** By sensor, then by the start of the bucket. */
    const batch = new Map<number, Map<number, Tally>>();
    return {
      add(sensorId, tMs, value) {
        let tallies = batch.get(sensorId);
        if (tallies === undefined) {
          tallies = new Map();
          batch.set(sensorId, tallies);
        }
        addTo(tallies, alignedDown(tMs, finest), tallyOf(tMs, value));
      },
      write(runId) {
        for (const [sensorId, tallies] of batch) {
          let level = tallies;
          for (const width of ROLLUP_WIDTHS_MS) {
            if (width !== finest) level = coarser(level, width);
            for (const [start, { samples, firstMs, least, greatest, total }] of level) {
              upsert.run(runId, width, start, sensorId, samples, firstMs, least, greatest, total);
            }
          }
        }
      },
    };
  };
}

function coarser(tallies: ReadonlyMap<number, Tally>, width: number): Map<number, Tally> {
  const merged = new Map<number, Tally>();
  for (const [start, tally] of tallies) addTo(merged, alignedDown(start, width), tally);
  return merged;
}

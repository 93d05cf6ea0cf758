import type { Database } from "better-sqlite3";

/** Gives the id of a sensor's name and unit, and writes it where it is new. */
export type SensorIds = (name: string, unit: string) => number;

/**
 * @returns a function that makes the lookup for one batch. Ids are remembered within the batch only: beyond
 * it, the transaction that wrote one may have been rolled back.
 */
export function createSensorNames(db: Database): () => SensorIds {
  const find = db
    .prepare<[string, string], number>("SELECT id FROM sensors WHERE name = ? AND unit = ?")
    .pluck();
  const insert = db.prepare<[string, string]>("INSERT INTO sensors (name, unit) VALUES (?, ?)");
  return () => {
    const batch = new Map<string, number>();
    return (name, unit) => {
      const key = `${unit}\n${name}`;
      const known = batch.get(key);
      if (known !== undefined) return known;
      const id = find.get(name, unit) ?? Number(insert.run(name, unit).lastInsertRowid);
      batch.set(key, id);
      return id;
    };
  };
}

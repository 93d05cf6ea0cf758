import { statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import type { StoreStats } from "./routes/deps.ts";

/** Counts that `/metrics` shows, asked of the database itself rather than by reading every run. */
export function createStoreStats(db: Database, file: string): StoreStats {
  const runsByState = db.prepare<[], { state: string; runs: number }>(
    "SELECT state, count(*) AS runs FROM runs GROUP BY state",
  );
  return {
    runsByState: () =>
      Object.fromEntries(runsByState.all().map(({ state, runs }) => [state, runs])),
    databaseBytes: () => {
      const sizes = [file, `${file}-wal`].map(
        (path) => statSync(path, { throwIfNoEntry: false })?.size,
      );
      return sizes[0] === undefined
        ? null
        : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    },
  };
}

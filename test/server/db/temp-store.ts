import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { onTestFinished } from "vitest";
import type { Sample } from "../../../contract/agent-api.ts";
import { openDatabase } from "../../../server/db/open.ts";
import { createStore } from "../../../server/db/store.ts";
import type { Store } from "../../../server/run/ports.ts";
import { T0 } from "./new-records.ts";

export * from "./new-records.ts";

/** A directory that is gone after the test. */
export function tempDir(): string {
  const directory = mkdtempSync(join(tmpdir(), "vetting-db-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface TempStore {
  readonly db: Database;
  readonly store: Store;
  readonly file: string;
}

/** A store over a real file. */
export function openStore(file = join(tempDir(), "vetting.db")): TempStore {
  const db = openDatabase(file);
  onTestFinished(() => void db.close());
  return { db, store: createStore(db), file };
}

/** A sample of sequence n, n seconds after T0. */
export function sample(sequence: number, patch: Partial<Sample> = {}): Sample {
  return {
    sequence,
    stage: "CPUStress",
    t: new Date(T0 + sequence * 1000).toISOString(),
    sensor: "cpu.package.temp",
    value: 40 + sequence,
    unit: "Cel",
    ...patch,
  };
}

/** Samples with the sequences first … last. */
export function samples(first: number, last: number, patch: Partial<Sample> = {}): Sample[] {
  return Array.from({ length: last - first + 1 }, (_, index) => sample(first + index, patch));
}

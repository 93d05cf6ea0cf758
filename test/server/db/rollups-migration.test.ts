import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "../../../server/db/migrate.ts";
import { loadMigrations } from "../../../server/db/migrations.ts";
import { createStore } from "../../../server/db/store.ts";
import { Chance } from "../netboot/chance.ts";
import { addRun, sample, T0 } from "./temp-store.ts";

const ROLLUPS = "SELECT * FROM sample_rollups ORDER BY run_id, width_ms, start_ms, sensor_id";

test("a database from before gets the rollups that its samples would have made", () => {
  const fresh = new Database(":memory:");
  migrate(fresh);
  const store = createStore(fresh);
  const chance = new Chance(3);
  for (let n = 0; n < 2; n += 1) {
    const { run } = addRun(store);
    // Values whose sums are exact, and times on both sides of 1970.
    const all = Array.from({ length: 2000 }, (_, index) =>
      sample(index + 1, {
        t: new Date((n === 0 ? T0 : -2_000_000) + chance.below(4_000_000)).toISOString(),
        sensor: chance.oneOf(["a", "b", "c"]),
        value: chance.below(1000) - 500,
      }),
    );
    store.samples.insert(run.id, null, all, T0);
  }
  const made = fresh.prepare(ROLLUPS).all();
  expect(made.length).toBeGreaterThan(1000);

  // The same samples as a console of the version before has them.
  fresh.exec("DROP TABLE sample_rollups");
  const at = loadMigrations().findIndex(({ name }) => name === "0005-sample-rollups.sql");
  fresh.pragma(`user_version = ${at}`);
  expect(migrate(fresh, loadMigrations().slice(0, at + 1))).toEqual(["0005-sample-rollups.sql"]);
  expect(fresh.prepare(ROLLUPS).all()).toEqual(made);
  expect(fresh.pragma("foreign_key_check")).toEqual([]);
});

test("values whose sum is no number do not keep a console from starting", () => {
  const db = new Database(":memory:");
  migrate(db);
  const store = createStore(db);
  const { run } = addRun(store);
  const huge = [1, 1, -1, -1].map((sign, index) =>
    sample(index + 1, { value: sign * Number.MAX_VALUE, t: new Date(T0).toISOString() }),
  );
  store.samples.insert(run.id, null, huge, T0);
  db.exec("DROP TABLE sample_rollups");
  const at = loadMigrations().findIndex(({ name }) => name === "0005-sample-rollups.sql");
  db.pragma(`user_version = ${at}`);
  migrate(db, loadMigrations().slice(0, at + 1));
  expect(db.prepare("SELECT count(*) FROM sample_rollups").pluck().get()).toBe(3);
});

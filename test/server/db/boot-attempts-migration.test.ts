import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "../../../server/db/migrate.ts";
import { loadMigrations } from "../../../server/db/migrations.ts";
import { createStore } from "../../../server/db/store.ts";
import { newHost, newRun } from "./temp-store.ts";

test("boot events of a database from before boots were kept each belong to their run's one boot", () => {
  const db = new Database(":memory:");
  db.pragma("foreign_keys = ON");
  migrate(db, loadMigrations().slice(0, 1));
  const fresh = new Database(":memory:");
  migrate(fresh);
  // Hosts and runs as the program writes them, copied into the old tables by the columns that they share.
  const source = createStore(fresh);
  const host = source.hosts.create(newHost());
  for (let n = 0; n < 2; n += 1) {
    source.runs.createWithProfile({ ...newRun(host.id), state: n === 0 ? "Passed" : "Booting" });
  }
  for (const table of ["hosts", "runs"]) {
    const columns = db.pragma(`table_info(${table})`) as { name: string }[];
    const names = columns.map(({ name }) => `"${name}"`).join(", ");
    for (const row of fresh.prepare<[], object>(`SELECT ${names} FROM ${table}`).all()) {
      const values = Object.values(row);
      db.prepare(
        `INSERT INTO ${table} (${names}) VALUES (${values.map(() => "?").join(", ")})`,
      ).run(...values);
    }
  }
  const insert = db.prepare(
    "INSERT INTO boot_events (run_id, at, step, detail) VALUES (?, ?, ?, ?)",
  );
  insert.run(1, 100, "script", "one");
  insert.run(2, 200, "commanded", "two");
  insert.run(1, 300, "claim", "three");

  migrate(db);
  const store = createStore(db);
  expect(store.boots.listAttempts(host.id, 10)).toMatchObject([
    { runId: 2, startedAt: 200, events: [{ at: 200, step: "commanded", detail: "two" }] },
    {
      runId: 1,
      startedAt: 100,
      events: [
        { at: 100, step: "script", detail: "one" },
        { at: 300, step: "claim", detail: "three" },
      ],
    },
  ]);
  expect(db.pragma("foreign_key_check")).toEqual([]);
});

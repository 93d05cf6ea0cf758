import type { Database } from "better-sqlite3";
import { DatabaseUnusable } from "./database-unusable.ts";
import { loadMigrations, type Migration } from "./migrations.ts";

/** Marks the file as ours ("Vtng"), so that another program's database is not taken for an empty one. */
export const APPLICATION_ID = 0x56746e67;

/**
 * Brings the database to the program's version, forward only. Each migration is one transaction together
 * with its number, so that a crash in the middle leaves the version before.
 * @returns the names of the migrations that were applied.
 * @throws DatabaseUnusable when the database is newer than the program or belongs to another program.
 */
export function migrate(
  db: Database,
  migrations: readonly Migration[] = loadMigrations(),
): string[] {
  refuseForeign(db);
  const newest = migrations.at(-1)?.version ?? 0;
  const found = versionOf(db);
  if (found > newest) {
    throw new DatabaseUnusable(
      "newer",
      `The database ${db.name} was written by a newer Vetting (its version is ${found}, this program knows up to ${newest}). Install that version again, or start with another --data-dir.`,
    );
  }
  return migrations.filter(({ version }) => apply(db, version, migrations)).map(({ name }) => name);
}

export function versionOf(db: Database): number {
  return db.pragma("user_version", { simple: true }) as number;
}

/** @returns whether it was still to be applied; asked inside the transaction, as a second process may be at it. */
function apply(db: Database, version: number, migrations: readonly Migration[]): boolean {
  const migration = migrations.find((candidate) => candidate.version === version);
  if (migration === undefined) return false;
  return db
    .transaction(() => {
      if (versionOf(db) >= version) return false;
      db.exec(migration.sql);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${version}`);
      return true;
    })
    .immediate();
}

function refuseForeign(db: Database): void {
  const id = db.pragma("application_id", { simple: true }) as number;
  if (id === APPLICATION_ID) return;
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() as number;
  if (id === 0 && tables === 0) return;
  throw new DatabaseUnusable(
    "foreign",
    `${db.name} is a database of another program; Vetting leaves it alone. Start with another --data-dir.`,
  );
}

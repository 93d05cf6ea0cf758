import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { DatabaseUnusable } from "./database-unusable.ts";
import { isDiskFull } from "./disk-full.ts";
import { migrate } from "./migrate.ts";

/** Up to this size the whole file is checked at start; beyond it that would take too long. */
const CHECKED_UP_TO_BYTES = 64 * 1024 * 1024;
/** How long to wait for another connection's write, in ms. */
const BUSY_TIMEOUT_MS = 5000;
/** The WAL is cut back to this after a checkpoint, so that one burst does not keep the disk for good. */
const JOURNAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024;
/** 32 MiB of pages: the tails of all sensors' indexes stay in memory. Negative: in KiB. */
const CACHE_KIB = -32_768;
/** Pages of 4 KiB in the WAL before it is copied back: fewer, larger checkpoints (measured: a third faster). */
const CHECKPOINT_PAGES = 4000;

/**
 * Opens the database, creates it with its directory where there is none, and migrates it.
 * @throws DatabaseUnusable with a sentence that says what is in the way.
 */
export function openDatabase(file: string): Database {
  makeDirectory(dirname(file));
  let db: Database | null = null;
  try {
    db = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
    configure(db);
    check(db, file);
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    throw unusable(file, error);
  }
}

/**
 * A further connection to a database that `openDatabase` holds open: it sees what is committed and cannot write.
 * @throws SqliteError when there is no such file.
 */
export function openReadOnly(file: string): Database {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  db.pragma(`cache_size = ${CACHE_KIB}`);
  return db;
}

function configure(db: Database): void {
  db.pragma("foreign_keys = ON");
  db.pragma("journal_mode = WAL");
  // FULL syncs the WAL at every commit: what a host was told is stored outlives a power loss.
  db.pragma("synchronous = FULL");
  db.pragma(`cache_size = ${CACHE_KIB}`);
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma(`journal_size_limit = ${JOURNAL_SIZE_LIMIT_BYTES}`);
}

function check(db: Database, file: string): void {
  if (statSync(file).size > CHECKED_UP_TO_BYTES) return;
  const found = db.pragma("quick_check(1)", { simple: true });
  if (found !== "ok") throw corrupt(file, new Error(String(found)));
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DatabaseUnusable(
      "missing-directory",
      `The data directory ${directory} cannot be created (${codeOf(error)}). Create it, or start with another --data-dir.`,
      error,
    );
  }
}

function corrupt(file: string, cause: unknown): DatabaseUnusable {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DatabaseUnusable(
    "corrupt",
    `The database ${file} is damaged (${why}). Move it and its -wal file away and put a copy back, or start with another --data-dir.`,
    cause,
  );
}

/** Puts what SQLite says into a sentence; an error that nobody expected stays as it is. */
function unusable(file: string, error: unknown): unknown {
  if (error instanceof DatabaseUnusable) return error;
  const code = codeOf(error);
  if (isDiskFull(error)) {
    return new DatabaseUnusable(
      "disk-full",
      `There is no room left on the disk of ${file}. Make room, or start with another --data-dir.`,
      error,
    );
  }
  if (code.startsWith("SQLITE_NOTADB") || code.startsWith("SQLITE_CORRUPT")) {
    return corrupt(file, error);
  }
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new DatabaseUnusable(
      "locked",
      `Another program holds the database ${file}. Stop it, or start with another --data-dir.`,
      error,
    );
  }
  if (code.startsWith("SQLITE_READONLY")) {
    return new DatabaseUnusable(
      "read-only",
      `The database ${file} cannot be written: the file or its directory is read-only. Give it back to the user who runs Vetting, or start with another --data-dir.`,
      error,
    );
  }
  if (code.startsWith("SQLITE_CANTOPEN") || code === "SQLITE_PERM" || code === "SQLITE_AUTH") {
    return cannotOpen(file, error);
  }
  return error;
}

/** SQLite says no more than that it cannot open; what is in the way is asked of the file system. */
function cannotOpen(file: string, error: unknown): DatabaseUnusable {
  const mend = "Give it to the user who runs Vetting, or start with another --data-dir.";
  if (existsSync(file) && statSync(file).isDirectory()) {
    return new DatabaseUnusable(
      "permission",
      `${file} should be the database and is a directory. Move it away, or start with another --data-dir.`,
      error,
    );
  }
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
  } catch (cause) {
    const readOnly = codeOf(cause) === "EROFS";
    return new DatabaseUnusable(
      readOnly ? "read-only" : "permission",
      `The data directory ${dirname(file)} cannot be written (${codeOf(cause)}). ${mend}`,
      cause,
    );
  }
  return new DatabaseUnusable(
    "permission",
    `The database ${file} cannot be opened. ${mend}`,
    error,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

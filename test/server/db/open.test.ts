import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { DatabaseUnusable } from "../../../server/db/database-unusable.ts";
import { migrate, versionOf } from "../../../server/db/migrate.ts";
import { loadMigrations } from "../../../server/db/migrations.ts";
import { openDatabase } from "../../../server/db/open.ts";
import { addRun, openStore, tempDir } from "./temp-store.ts";

function problemOf(work: () => unknown): DatabaseUnusable {
  try {
    work();
  } catch (error) {
    if (error instanceof DatabaseUnusable) return error;
    throw error;
  }
  throw new Error("it opened");
}

describe("opening", () => {
  test("makes the data directory and an empty database of the newest version", () => {
    const file = join(tempDir(), "not", "there", "vetting.db");
    const { db } = openStore(file);
    expect(existsSync(file)).toBe(true);
    expect(versionOf(db)).toBe(loadMigrations().length);
    expect(statSync(join(file, "..")).mode & 0o077).toBe(0);
  });

  test("a commit is on disk before it is acknowledged: WAL with full synchronisation, keys enforced", () => {
    const { db } = openStore();
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(db.pragma("synchronous", { simple: true })).toBe(2);
    expect(db.pragma("foreign_keys", { simple: true })).toBe(1);
  });

  test("finds what was stored when it is opened again, and migrates nothing twice", () => {
    const file = join(tempDir(), "vetting.db");
    const first = openStore(file);
    const { run } = addRun(first.store);
    first.db.close();
    const second = openStore(file);
    expect(second.store.runs.get(run.id)).toEqual(run);
    expect(migrate(second.db)).toEqual([]);
  });

  test.each([
    ["text", "this is no database, it is a letter to the editor".repeat(50)],
    ["half a page of a database", null],
  ])("a damaged file (%s) is named, with what to do", (_, content) => {
    const file = join(tempDir(), "vetting.db");
    if (content === null) {
      openDatabase(file).close();
      const whole = readFileSync(file);
      writeFileSync(file, Buffer.concat([whole.subarray(0, 6000), Buffer.alloc(9000, 0x5a)]));
    } else {
      writeFileSync(file, content);
    }
    const problem = problemOf(() => openDatabase(file));
    expect(problem.kind).toBe("corrupt");
    expect(problem.message).toContain(file);
    expect(problem.message).toContain("--data-dir");
  });

  test("a database newer than the program is refused and left as it is", () => {
    const file = join(tempDir(), "vetting.db");
    const db = openDatabase(file);
    db.pragma("user_version = 999");
    db.close();
    const problem = problemOf(() => openDatabase(file));
    expect(problem.kind).toBe("newer");
    expect(problem.message).toMatch(/newer Vetting \(its version is 999/);
    expect(new Sqlite(file).pragma("user_version", { simple: true })).toBe(999);
  });

  test("another program's database is left alone", () => {
    const file = join(tempDir(), "vetting.db");
    const other = new Sqlite(file);
    other.exec("CREATE TABLE bookmarks (url TEXT)");
    other.close();
    expect(problemOf(() => openDatabase(file)).kind).toBe("foreign");
    expect(new Sqlite(file).prepare("SELECT name FROM sqlite_schema").pluck().all()).toEqual([
      "bookmarks",
    ]);
  });

  test("a directory in the place of the file is named", () => {
    const file = join(tempDir(), "vetting.db");
    mkdirSync(file);
    const problem = problemOf(() => openDatabase(file));
    expect(problem.message).toContain("is a directory");
  });

  test("a data directory below a file cannot be made", () => {
    const directory = tempDir();
    writeFileSync(join(directory, "file"), "");
    const problem = problemOf(() => openDatabase(join(directory, "file", "data", "vetting.db")));
    expect(problem.kind).toBe("missing-directory");
    expect(problem.message).toContain("ENOTDIR");
  });

  // Root may write anywhere, so the program is asked as a user who may not.
  test.each([
    ["directory", "an empty read-only directory"],
    ["file", "a read-only file in a read-only directory"],
  ])("a read-only data directory is named (%s)", (what) => {
    const directory = tempDir();
    const file = join(directory, "vetting.db");
    if (what === "file") {
      openDatabase(file).close();
      chmodSync(file, 0o444);
    }
    chmodSync(directory, 0o555);
    const open = new URL("../../../server/db/open.ts", import.meta.url).pathname;
    const script = `
      import { openDatabase } from ${JSON.stringify(open)};
      if (process.getuid() === 0) process.setuid(65534);
      try { openDatabase(${JSON.stringify(file)}); console.log("opened"); }
      catch (error) { console.log(error.name, error.kind, error.message); }`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module-typescript", "-e", script],
      { encoding: "utf8" },
    );
    chmodSync(directory, 0o755);
    expect(stdout, stderr).toMatch(/^DatabaseUnusable (permission|read-only) /);
    expect(stdout).toContain(directory);
    expect(stdout).toContain("--data-dir");
  });
});

describe("migrations", () => {
  const two = [
    { version: 1, name: "0001-a.sql", sql: "CREATE TABLE a (x INTEGER);" },
    { version: 2, name: "0002-b.sql", sql: "CREATE TABLE b (x INTEGER);" },
  ];

  test("are applied in order, each once", () => {
    const db = new Sqlite(join(tempDir(), "m.db"));
    expect(migrate(db, two.slice(0, 1))).toEqual(["0001-a.sql"]);
    expect(migrate(db, two)).toEqual(["0002-b.sql"]);
    expect(migrate(db, two)).toEqual([]);
    expect(versionOf(db)).toBe(2);
  });

  test("one that fails in the middle leaves the version before, whole", () => {
    const db = new Sqlite(join(tempDir(), "m.db"));
    const broken = { version: 2, name: "0002-b.sql", sql: "CREATE TABLE b (x); SELECT nonsense;" };
    expect(() => migrate(db, [two[0]!, broken])).toThrow(/nonsense/);
    expect(versionOf(db)).toBe(1);
    expect(db.prepare("SELECT name FROM sqlite_schema").pluck().all()).toEqual(["a"]);
    expect(migrate(db, two)).toEqual(["0002-b.sql"]);
  });

  test("are numbered without a gap, and every file is in the list", async () => {
    const { readdirSync } = await import("node:fs");
    const files = readdirSync(new URL("../../../server/db/migrations/", import.meta.url)).sort();
    const migrations = loadMigrations();
    expect(migrations.map(({ name }) => name)).toEqual(files);
    expect(migrations.map(({ version }) => version)).toEqual(files.map((_, index) => index + 1));
    for (const [index, name] of files.entries()) {
      expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, "0")}-[a-z-]+\\.sql$`));
    }
  });
});

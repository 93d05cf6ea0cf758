import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { StartProblem } from "./options.ts";

/**
 * Holds the data directory for one console. The lock is SQLite's on a file of its own: the kernel drops it with the
 * process, so that a console that was killed never stands in its successor's way, as a file with a number in it does.
 * @returns the function that gives it back
 * @throws StartProblem when another console holds it, or when the directory cannot be used
 */
export function lockDataDir(dataDir: string): () => void {
  const pidFile = join(dataDir, "console.pid");
  let lock: Sqlite.Database | null = null;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    lock = new Sqlite(join(dataDir, "console.lock"), { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (error) {
    lock?.close();
    throw refusal(dataDir, pidFile, error);
  }
  const held = lock;
  return () => {
    rmSync(pidFile, { force: true });
    held.close();
  };
}

function refusal(dataDir: string, pidFile: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("SQLITE_BUSY")) {
    return new StartProblem(
      `Another console${runningAs(pidFile)} uses the data directory ${dataDir}. Stop it, or start with another --data-dir.`,
      error,
    );
  }
  if (code === "") return error;
  return new StartProblem(
    `The data directory ${dataDir} cannot be used (${code}). Make it writable for the user who runs Vetting, or start with another --data-dir.`,
    error,
  );
}

function runningAs(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, "utf8").trim()})`;
  } catch {
    return "";
  }
}

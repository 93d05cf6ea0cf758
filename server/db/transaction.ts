import type { Database } from "better-sqlite3";
import type { Store } from "../run/ports.ts";

/**
 * All or nothing. A nested call joins the outer one, so a throw inside it dooms the whole: even if the outer
 * work catches it, nothing is committed and the outer call throws what the inner one threw.
 */
export function createTransaction(db: Database): Store["transaction"] {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  let doom: { readonly cause: unknown } | null = null;

  const joined = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      doom ??= { cause };
      throw cause;
    }
  };

  return <T>(work: () => T): T => {
    if (db.inTransaction) return joined(work);
    doom = null;
    begin.run();
    try {
      const value = work();
      if (value instanceof Promise) throw new TypeError("a transaction takes no asynchronous work");
      if (doom !== null) throw (doom as { readonly cause: unknown }).cause;
      commit.run();
      return value;
    } finally {
      // Also after a failed COMMIT. SQLite has rolled back by itself after some errors (disk full).
      if (db.inTransaction) rollback.run();
    }
  };
}

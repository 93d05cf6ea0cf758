import type { Database } from "better-sqlite3";
import type { AnswerRepository, StoredAnswer } from "../run/ports.ts";
import { type Columns, json, plain, rowReader, rowWriter, type SqlRow } from "./record-table.ts";

const COLUMNS: Columns<StoredAnswer> = {
  kind: plain("kind"),
  first: plain("first"),
  last: plain("last"),
  status: plain("status"),
  // An answer of null is an answer too.
  body: { ...json("body"), toSql: (body) => JSON.stringify(body ?? null) },
};

export function createAnswerRepository(db: Database): AnswerRepository {
  const write = rowWriter(COLUMNS);
  const read = rowReader(COLUMNS);
  const insert = db.prepare<unknown[]>(
    "INSERT INTO answers (kind, first, last, status, body, run_id) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const find = db.prepare<[number, number], SqlRow>(
    "SELECT * FROM answers WHERE run_id = ? AND first = ?",
  );
  const highest = db
    .prepare<{ runId: number }, number>(
      `SELECT max(
         coalesce((SELECT max(last) FROM answers WHERE run_id = @runId), 0),
         coalesce((SELECT max(sequence) FROM samples WHERE run_id = @runId), 0),
         coalesce((SELECT max(sequence) FROM log_lines WHERE run_id = @runId), 0),
         coalesce((SELECT max(sequence) FROM evidence WHERE run_id = @runId), 0))`,
    )
    .pluck();
  return {
    find: (runId, first) => {
      const row = find.get(runId, first);
      return row === undefined ? null : read(row);
    },
    add: (runId, answer) => void insert.run(...write(answer), runId),
    nextSequence: (runId) => (highest.get({ runId }) ?? 0) + 1,
  };
}

import type { Database } from "better-sqlite3";
import type { LogRepository, StoredLogLine } from "../run/ports.ts";
import {
  type Columns,
  insertSql,
  plain,
  rowReader,
  rowWriter,
  type SqlRow,
} from "./record-table.ts";

interface LogRow extends StoredLogLine {
  readonly runId: number;
}

const LINE_COLUMNS: Columns<StoredLogLine> = {
  sequence: plain("sequence"),
  stage: plain("stage"),
  t: plain("t"),
  receivedAt: plain("received_ms"),
  level: plain("level"),
  source: plain("source"),
  text: plain("text"),
};
const COLUMNS: Columns<LogRow> = { runId: plain("run_id"), ...LINE_COLUMNS };

const NO_END = Number.MAX_SAFE_INTEGER;

export function createLogRepository(db: Database): LogRepository {
  const insert = db.prepare<unknown[]>(
    `${insertSql("log_lines", COLUMNS)} ON CONFLICT (run_id, sequence) DO NOTHING`,
  );
  const write = rowWriter(COLUMNS);
  const read = rowReader(LINE_COLUMNS);
  const select = (order: "ASC" | "DESC") =>
    db.prepare<[number, number, number, number], SqlRow>(
      `SELECT * FROM log_lines WHERE run_id = ? AND sequence > ? AND sequence < ?
       ORDER BY sequence ${order} LIMIT ?`,
    );
  const oldest = select("ASC");
  const newest = select("DESC");

  const insertAll: LogRepository["insert"] = (runId, lines, receivedAt) =>
    lines.filter((line) => insert.run(...write({ ...line, runId, receivedAt })).changes === 1);
  const insertTogether = db.transaction(insertAll);

  return {
    insert: (runId, lines, receivedAt) =>
      db.inTransaction
        ? insertAll(runId, lines, receivedAt)
        : insertTogether(runId, lines, receivedAt),
    list(runId, { afterSequence = 0, beforeSequence = NO_END, limit, tail = false }) {
      const rows = (tail ? newest : oldest)
        .all(runId, afterSequence, beforeSequence, Math.max(0, limit))
        .map(read);
      return tail ? rows.reverse() : rows;
    },
  };
}

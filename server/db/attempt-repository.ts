import type { Database } from "better-sqlite3";
import type {
  AttemptRecord,
  AttemptRepository,
  BreachRecord,
  BreachRepository,
  OverrideRecord,
  OverrideRepository,
} from "../run/ports.ts";
import {
  type Columns,
  insertSql,
  json,
  plain,
  RecordTable,
  rowReader,
  rowWriter,
  type SqlRow,
} from "./record-table.ts";

const ATTEMPT_COLUMNS: Columns<Omit<AttemptRecord, "id">> = {
  runId: plain("run_id"),
  stage: plain("stage"),
  attempt: plain("attempt"),
  status: plain("status"),
  result: plain("result"),
  claimedResult: plain("claimed_result"),
  reason: plain("reason"),
  startedAt: plain("started_at"),
  endedAt: plain("ended_at"),
  outcome: json("outcome"),
};

export function createAttemptRepository(db: Database): AttemptRepository {
  const attempts = new RecordTable<AttemptRecord>(db, "attempts", ATTEMPT_COLUMNS);
  const before = db
    .prepare<[number, string], number>(
      "SELECT coalesce(max(attempt), 0) FROM attempts WHERE run_id = ? AND stage = ?",
    )
    .pluck();
  const running = db.prepare<[number], SqlRow>(
    "SELECT * FROM attempts WHERE run_id = ? AND status = 'running'",
  );
  const ofRun = db.prepare<[number], SqlRow>("SELECT * FROM attempts WHERE run_id = ? ORDER BY id");

  return {
    start(runId, stage, at) {
      const attempt: Omit<AttemptRecord, "id"> = {
        runId,
        stage,
        attempt: (before.get(runId, stage) ?? 0) + 1,
        status: "running",
        result: null,
        claimedResult: null,
        reason: null,
        startedAt: at,
        endedAt: null,
        outcome: null,
      };
      return { id: attempts.insert(attempt), ...attempt };
    },
    running: (runId) => attempts.readOrNull(running.get(runId)),
    finish: (id, end) => attempts.update(id, end),
    list: (runId) => ofRun.all(runId).map(attempts.read),
  };
}

const BREACH_COLUMNS: Columns<BreachRecord> = {
  runId: plain("run_id"),
  attemptId: plain("attempt_id"),
  sensor: plain("sensor"),
  value: plain("value"),
  limit: plain("limit"),
  unit: plain("unit"),
  severity: plain("severity"),
  t: plain("t_ms"),
};

export function createBreachRepository(db: Database): BreachRepository {
  const insert = db.prepare<unknown[]>(insertSql("breaches", BREACH_COLUMNS));
  const write = rowWriter(BREACH_COLUMNS);
  const read = rowReader(BREACH_COLUMNS);
  const select = (column: string) =>
    db.prepare<[number], SqlRow>(`SELECT * FROM breaches WHERE ${column} = ? ORDER BY id`);
  const ofRun = select("run_id");
  const ofAttempt = select("attempt_id");
  return {
    add: (breach) => void insert.run(...write(breach)),
    list: (runId) => ofRun.all(runId).map(read),
    listForAttempt: (attemptId) => ofAttempt.all(attemptId).map(read),
  };
}

const OVERRIDE_COLUMNS: Columns<OverrideRecord> = {
  runId: plain("run_id"),
  stage: plain("stage"),
  reason: plain("reason"),
  operator: plain("operator"),
  at: plain("at"),
};

export function createOverrideRepository(db: Database): OverrideRepository {
  const insert = db.prepare<unknown[]>(insertSql("overrides", OVERRIDE_COLUMNS));
  const write = rowWriter(OVERRIDE_COLUMNS);
  const ofRun = db.prepare<[number], SqlRow>(
    "SELECT * FROM overrides WHERE run_id = ? ORDER BY id",
  );
  return {
    add: (override) => void insert.run(...write(override)),
    list: (runId) => ofRun.all(runId).map(rowReader(OVERRIDE_COLUMNS)),
  };
}

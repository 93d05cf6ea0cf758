import type { Database } from "better-sqlite3";
import type { RunRecord, RunRepository, WalkedRun } from "../run/ports.ts";
import { type Columns, flag, json, plain, RecordTable, type SqlRow } from "./record-table.ts";
import { createRunSearch } from "./run-search.ts";

const COLUMNS: Columns<Omit<RunRecord, "id">> = {
  hostId: plain("host_id"),
  profile: plain("profile"),
  nonDestructive: flag("non_destructive"),
  state: plain("state"),
  failedStage: plain("failed_stage"),
  reason: plain("reason"),
  resumeStage: plain("resume_stage"),
  verdict: plain("verdict"),
  start: plain("start"),
  afterPass: plain("after_pass"),
  operator: plain("operator"),
  ticket: plain("ticket"),
  params: json("params"),
  thresholds: json("thresholds"),
  spec: json("spec"),
  consoleVersion: plain("console_version"),
  createdAt: plain("created_at"),
  startedAt: plain("started_at"),
  endedAt: plain("ended_at"),
  stateSince: plain("state_since"),
  commandedBootId: plain("commanded_boot_id"),
  agentBootId: plain("agent_boot_id"),
  runTokenHash: plain("run_token_hash"),
  agentVersion: plain("agent_version"),
  catalogue: json("catalogue"),
  lastSignAt: plain("last_sign_at"),
  droppedSamples: plain("dropped_samples"),
  warnings: json("warnings"),
  overridePending: flag("override_pending"),
  collectResetEvidence: flag("collect_reset_evidence"),
  cancelAcknowledged: flag("cancel_acknowledged"),
  obeyedAt: plain("obeyed_at"),
  access: json("access"),
  hold: json("hold"),
};

/** `occupiesHost` in SQL, word for word as in the index `runs_occupying`, so that SQLite uses it. */
const OCCUPIES = "state NOT IN ('Passed', 'Failed', 'Cancelled')";

interface WalkedRow {
  readonly profile: string;
  readonly params: string;
  readonly seconds: number;
}

export function createRunRepository(db: Database): RunRepository {
  const runs = new RecordTable<RunRecord>(db, "runs", COLUMNS);
  const select = (clause: string) => db.prepare<unknown[], SqlRow>(`SELECT * FROM runs ${clause}`);
  const latest = select("WHERE host_id = ? ORDER BY id DESC LIMIT 1");
  const search = createRunSearch(db);
  // Asked every second: the planner alone would rather read through the whole history.
  const occupying = select(`INDEXED BY runs_occupying WHERE ${OCCUPIES} ORDER BY id`);
  const occupyingHost = select(`WHERE host_id = ? AND ${OCCUPIES}`);
  const byToken = select("WHERE run_token_hash = ?");

  const walked = db.prepare<[number, number, number], WalkedRow>(
    `SELECT profile, params, (ended_at - started_at) / 1000.0 AS seconds FROM runs
     WHERE host_id = ? AND non_destructive = ? AND state = 'Passed'
       AND started_at IS NOT NULL AND ended_at > started_at
       AND NOT EXISTS (SELECT 1 FROM overrides WHERE overrides.run_id = runs.id)
     ORDER BY id DESC LIMIT ?`,
  );
  const existing = (id: number): RunRecord => {
    const run = runs.get(id);
    if (run === null) throw new Error(`runs has no row ${id}`);
    return run;
  };

  return {
    get: (id) => runs.get(id),
    list: (filter) => search(filter).map(runs.read),
    listOccupying: () => occupying.all().map(runs.read),
    occupying: (hostId) => runs.readOrNull(occupyingHost.get(hostId)),
    latest: (hostId) => runs.readOrNull(latest.get(hostId)),
    walkedToEnd: (hostId, nonDestructive, limit) =>
      walked
        .all(hostId, nonDestructive ? 1 : 0, limit)
        .map((row) => ({ ...row, params: JSON.parse(row.params) as WalkedRun["params"] })),
    findByRunTokenHash: (hash) => runs.readOrNull(byToken.get(hash)),
    createWithProfile: (run) => existing(runs.insert(run)),
    update: (id, patch) => {
      runs.update(id, patch);
      return existing(id);
    },
  };
}

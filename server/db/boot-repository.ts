import type { Database } from "better-sqlite3";
import type {
  BootAttemptRecord,
  BootEventRecord,
  BootRepository,
  BootTokenRecord,
  DiscoveredRecord,
  DiscoveredRepository,
} from "../run/ports.ts";
import {
  type Columns,
  insertSql,
  plain,
  rowReader,
  rowWriter,
  type SqlRow,
} from "./record-table.ts";

const TOKEN_COLUMNS: Columns<BootTokenRecord> = {
  hash: plain("hash"),
  runId: plain("run_id"),
  mac: plain("mac"),
  issuedAt: plain("issued_at"),
  usedAt: plain("used_at"),
  revokedAt: plain("revoked_at"),
};
type AttemptRow = Omit<BootAttemptRecord, "events">;
const ATTEMPT_COLUMNS: Columns<AttemptRow> = {
  id: plain("id"),
  hostId: plain("host_id"),
  runId: plain("run_id"),
  startedAt: plain("started_at"),
};
const EVENT_COLUMNS: Columns<BootEventRecord> = {
  at: plain("at"),
  step: plain("step"),
  detail: plain("detail"),
};

/** Boots without a run that are kept of a host: it may stand in the lab for years and netboot each night. */
export const MOST_IDLE_BOOTS = 20;

export function createBootRepository(db: Database): BootRepository {
  const insertToken = db.prepare<unknown[]>(insertSql("boot_tokens", TOKEN_COLUMNS));
  const token = db.prepare<[string], SqlRow>("SELECT * FROM boot_tokens WHERE hash = ?");
  const revoke = db.prepare<[number, number]>(
    `UPDATE boot_tokens SET revoked_at = ?
     WHERE run_id = ? AND used_at IS NULL AND revoked_at IS NULL`,
  );
  const use = db.prepare<[number, string]>("UPDATE boot_tokens SET used_at = ? WHERE hash = ?");
  const insertAttempt = db.prepare<[number, number | null, number]>(
    "INSERT INTO boot_attempts (host_id, run_id, started_at) VALUES (?, ?, ?)",
  );
  const dropIdle = db.prepare<[number, number]>(
    `DELETE FROM boot_attempts WHERE id IN
       (SELECT id FROM boot_attempts WHERE host_id = ? AND run_id IS NULL
        ORDER BY id DESC LIMIT -1 OFFSET ?)`,
  );
  const insertEvent = db.prepare<[number, number, string, string]>(
    "INSERT INTO boot_events (attempt_id, at, step, detail) VALUES (?, ?, ?, ?)",
  );
  const events = db.prepare<[number], SqlRow>(
    "SELECT * FROM boot_events WHERE attempt_id = ? ORDER BY id",
  );
  const ofHost = db.prepare<[number, number], SqlRow>(
    "SELECT * FROM boot_attempts WHERE host_id = ? ORDER BY id DESC LIMIT ?",
  );
  const ofRun = db.prepare<[number], SqlRow>(
    "SELECT * FROM boot_attempts WHERE run_id = ? ORDER BY id",
  );
  const writeToken = rowWriter(TOKEN_COLUMNS);
  const readToken = rowReader(TOKEN_COLUMNS);
  const readAttempt = rowReader(ATTEMPT_COLUMNS);
  const readEvent = rowReader(EVENT_COLUMNS);
  const withEvents = (row: SqlRow): BootAttemptRecord => {
    const attempt = readAttempt(row);
    return { ...attempt, events: events.all(attempt.id).map(readEvent) };
  };
  const addAttempt = db.transaction<BootRepository["addAttempt"]>((hostId, runId, startedAt) => {
    const id = Number(insertAttempt.run(hostId, runId, startedAt).lastInsertRowid);
    if (runId === null) dropIdle.run(hostId, MOST_IDLE_BOOTS);
    return { id, hostId, runId, startedAt, events: [] };
  });
  return {
    addToken: (record) => void insertToken.run(...writeToken(record)),
    findToken(hash) {
      const row = token.get(hash);
      return row === undefined ? null : readToken(row);
    },
    revokeUnused: (runId, at) => revoke.run(at, runId).changes,
    markUsed: (hash, at) => void use.run(at, hash),
    addAttempt: (hostId, runId, startedAt) => addAttempt(hostId, runId, startedAt),
    addEvent: (attemptId, { at, step, detail }) =>
      void insertEvent.run(attemptId, at, step, detail),
    latestAttempt: (hostId) => ofHost.all(hostId, 1).map(withEvents)[0] ?? null,
    listAttempts: (hostId, limit) => ofHost.all(hostId, limit).map(withEvents),
    listAttemptsOfRun: (runId) => ofRun.all(runId).map(withEvents),
  };
}

/** Machines that are kept; a lab's broadcast domain holds fewer, and a flood must not fill the disk. */
export const MOST_DISCOVERED = 300;

const DISCOVERED_COLUMNS: Columns<DiscoveredRecord> = {
  mac: plain("mac"),
  uuid: plain("uuid"),
  platform: plain("platform"),
  firstSeen: plain("first_seen"),
  lastSeen: plain("last_seen"),
};

export function createDiscoveredRepository(db: Database): DiscoveredRepository {
  const upsert = db.prepare<unknown[]>(
    `INSERT INTO discovered (mac, uuid, platform, first_seen, last_seen) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (mac) DO UPDATE SET
       uuid = coalesce(excluded.uuid, uuid),
       platform = coalesce(excluded.platform, platform),
       last_seen = excluded.last_seen`,
  );
  const dropOldest = db.prepare<[number]>(
    `DELETE FROM discovered WHERE mac IN
       (SELECT mac FROM discovered ORDER BY last_seen DESC, mac LIMIT -1 OFFSET ?)`,
  );
  const drop = db.prepare<[string]>("DELETE FROM discovered WHERE mac = ?");
  const list = db.prepare<[], SqlRow>("SELECT * FROM discovered ORDER BY last_seen DESC, mac");
  const seen = db.transaction<DiscoveredRepository["seen"]>((mac, uuid, platform, at) => {
    upsert.run(mac, uuid, platform, at, at);
    dropOldest.run(MOST_DISCOVERED);
  });
  return {
    seen: (mac, uuid, platform, at) => seen(mac, uuid, platform, at),
    remove: (mac) => void drop.run(mac),
    /** Latest seen first. */
    list: () => list.all().map(rowReader(DISCOVERED_COLUMNS)),
  };
}

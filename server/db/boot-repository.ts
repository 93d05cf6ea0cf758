import type { Database } from "better-sqlite3";
import type {
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
const EVENT_COLUMNS: Columns<BootEventRecord> = {
  runId: plain("run_id"),
  at: plain("at"),
  step: plain("step"),
  detail: plain("detail"),
};

export function createBootRepository(db: Database): BootRepository {
  const insertToken = db.prepare<unknown[]>(insertSql("boot_tokens", TOKEN_COLUMNS));
  const insertEvent = db.prepare<unknown[]>(insertSql("boot_events", EVENT_COLUMNS));
  const token = db.prepare<[string], SqlRow>("SELECT * FROM boot_tokens WHERE hash = ?");
  const revoke = db.prepare<[number, number]>(
    `UPDATE boot_tokens SET revoked_at = ?
     WHERE run_id = ? AND used_at IS NULL AND revoked_at IS NULL`,
  );
  const use = db.prepare<[number, string]>("UPDATE boot_tokens SET used_at = ? WHERE hash = ?");
  const events = db.prepare<[number], SqlRow>(
    "SELECT * FROM boot_events WHERE run_id = ? ORDER BY id",
  );
  const writeToken = rowWriter(TOKEN_COLUMNS);
  const readToken = rowReader(TOKEN_COLUMNS);
  const writeEvent = rowWriter(EVENT_COLUMNS);
  const readEvent = rowReader(EVENT_COLUMNS);
  return {
    addToken: (record) => void insertToken.run(...writeToken(record)),
    findToken(hash) {
      const row = token.get(hash);
      return row === undefined ? null : readToken(row);
    },
    revokeUnused: (runId, at) => revoke.run(at, runId).changes,
    markUsed: (hash, at) => void use.run(at, hash),
    addEvent: (event) => void insertEvent.run(...writeEvent(event)),
    listEvents: (runId) => events.all(runId).map(readEvent),
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

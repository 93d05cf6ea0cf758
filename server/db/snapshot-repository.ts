import type { Database } from "better-sqlite3";
import type { FirmwareRow } from "../../contract/firmware.ts";
import type { Inventory } from "../../contract/inventory.ts";
import type { FirmwareRepository, InventoryRepository } from "../run/ports.ts";
import {
  type Columns,
  insertSql,
  json,
  plain,
  rowReader,
  rowWriter,
  type SqlRow,
} from "./record-table.ts";

const FIRMWARE_COLUMNS: Columns<FirmwareRow> = {
  component: plain("component"),
  identifier: plain("identifier"),
  aliases: json("aliases"),
  vendor: plain("vendor"),
  model: plain("model"),
  version: plain("version"),
  date: plain("date"),
  problem: plain("problem"),
};
const STORED_COLUMNS: Columns<FirmwareRow & { runId: number; position: number }> = {
  runId: plain("run_id"),
  position: plain("position"),
  ...FIRMWARE_COLUMNS,
};

export function createFirmwareRepository(db: Database): FirmwareRepository {
  const insert = db.prepare<unknown[]>(insertSql("firmware_snapshots", STORED_COLUMNS));
  const write = rowWriter(STORED_COLUMNS);
  const clear = db.prepare<[number]>("DELETE FROM firmware_snapshots WHERE run_id = ?");
  const mark = db.prepare<[number]>("UPDATE runs SET firmware_posted = 1 WHERE id = ?");
  const posted = db
    .prepare<[number], number>("SELECT firmware_posted FROM runs WHERE id = ?")
    .pluck();
  const list = db.prepare<[number], SqlRow>(
    "SELECT * FROM firmware_snapshots WHERE run_id = ? ORDER BY position",
  );
  const replace = db.transaction((runId: number, rows: readonly FirmwareRow[]) => {
    clear.run(runId);
    for (const [position, row] of rows.entries()) insert.run(...write({ ...row, runId, position }));
    mark.run(runId);
  });
  const latestRun = db
    .prepare<[number], number>(
      "SELECT id FROM runs WHERE host_id = ? AND firmware_posted = 1 ORDER BY id DESC LIMIT 1",
    )
    .pluck();
  const read = rowReader(FIRMWARE_COLUMNS);
  return {
    replace: (runId, rows) => replace(runId, rows),
    get: (runId) => (posted.get(runId) === 1 ? list.all(runId).map(read) : null),
    latestOfHost(hostId) {
      const runId = latestRun.get(hostId);
      return runId === undefined ? null : { runId, rows: list.all(runId).map(read) };
    },
  };
}

export function createInventoryRepository(db: Database): InventoryRepository {
  const put = db.prepare<[number, number, string]>(
    `INSERT INTO inventories (run_id, stored_at, document) VALUES (?, ?, ?)
     ON CONFLICT (run_id) DO UPDATE SET stored_at = excluded.stored_at, document = excluded.document`,
  );
  const ofRun = db
    .prepare<[number], string>("SELECT document FROM inventories WHERE run_id = ?")
    .pluck();
  const ofHost = db
    .prepare<[number], string>(
      `SELECT i.document FROM runs r JOIN inventories i ON i.run_id = r.id
       WHERE r.host_id = ? ORDER BY r.id DESC LIMIT 1`,
    )
    .pluck();
  const timeOfHost = db
    .prepare<[number], number>(
      `SELECT i.stored_at FROM runs r JOIN inventories i ON i.run_id = r.id
       WHERE r.host_id = ? ORDER BY r.id DESC LIMIT 1`,
    )
    .pluck();
  const parsed = (document: string | undefined): Inventory | null =>
    document === undefined ? null : (JSON.parse(document) as Inventory);
  return {
    put: (runId, inventory, at) => void put.run(runId, at, JSON.stringify(inventory)),
    get: (runId) => parsed(ofRun.get(runId)),
    latestOfHost: (hostId) => parsed(ofHost.get(hostId)),
    latestTimeOfHost: (hostId) => timeOfHost.get(hostId) ?? null,
  };
}

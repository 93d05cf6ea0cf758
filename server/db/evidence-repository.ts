import type { Database } from "better-sqlite3";
import type { EvidenceRecord, EvidenceRepository } from "../run/ports.ts";
import { type Columns, flag, plain, rowReader, type SqlRow } from "./record-table.ts";

type Listed = Omit<EvidenceRecord, "text"> & { bytes: number };

const LISTED_COLUMNS: Columns<Listed> = {
  id: plain("id"),
  runId: plain("run_id"),
  stage: plain("stage"),
  kind: plain("kind"),
  name: plain("name"),
  truncated: flag("truncated"),
  receivedAt: plain("received_at"),
  bytes: plain("bytes"),
};

export function createEvidenceRepository(db: Database): EvidenceRepository {
  const insert = db.prepare<unknown[]>(
    `INSERT INTO evidence (run_id, sequence, stage, kind, name, truncated, received_at, bytes, text)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const list = db.prepare<[number], SqlRow>(
    `SELECT id, run_id, stage, kind, name, truncated, received_at, bytes
     FROM evidence WHERE run_id = ? ORDER BY id`,
  );
  const get = db.prepare<[number, number], SqlRow>(
    "SELECT * FROM evidence WHERE run_id = ? AND id = ?",
  );
  const readListed = rowReader(LISTED_COLUMNS);
  return {
    add(runId, { sequence, stage, kind, name, text, truncated }, receivedAt) {
      const bytes = Buffer.byteLength(text);
      insert.run(runId, sequence, stage, kind, name, truncated ? 1 : 0, receivedAt, bytes, text);
    },
    list: (runId) => list.all(runId).map(readListed),
    get(runId, id) {
      const row = get.get(runId, id);
      if (row === undefined) return null;
      const { bytes: _, ...record } = readListed(row);
      return { ...record, text: String(row.text) };
    },
  };
}

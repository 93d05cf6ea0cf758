import type { Database } from "better-sqlite3";
import type { HostRecord, HostRepository, NewHost } from "../run/ports.ts";
import { type Columns, flag, plain, RecordTable, type SqlRow } from "./record-table.ts";

type StoredHost = Omit<HostRecord, "macs">;

const COLUMNS: Columns<Omit<StoredHost, "id">> = {
  name: plain("name"),
  uuid: plain("uuid"),
  serial: plain("serial"),
  vendor: plain("vendor"),
  product: plain("product"),
  os: plain("os"),
  reporterVersion: plain("reporter_version"),
  reporterTokenHash: plain("reporter_token_hash"),
  secureBoot: plain("secure_boot"),
  netbootMethod: plain("netboot_method"),
  netbootNote: plain("netboot_note"),
  spec: plain("spec"),
  notes: plain("notes"),
  reporterSeenAt: plain("reporter_seen_at"),
  reporterBootId: plain("reporter_boot_id"),
  simulated: flag("simulated"),
  createdAt: plain("created_at"),
};

export function createHostRepository(db: Database): HostRepository {
  const hosts = new RecordTable<StoredHost>(db, "hosts", COLUMNS);
  const all = db.prepare<[], SqlRow>("SELECT * FROM hosts ORDER BY id");
  const byMac = db.prepare<[string], number>("SELECT host_id FROM host_macs WHERE mac = ?").pluck();
  const byToken = db.prepare<[string], SqlRow>("SELECT * FROM hosts WHERE reporter_token_hash = ?");
  const macsOf = db
    .prepare<[number], string>("SELECT mac FROM host_macs WHERE host_id = ? ORDER BY position")
    .pluck();
  const dropMacs = db.prepare<[number]>("DELETE FROM host_macs WHERE host_id = ?");
  const addMac = db.prepare<[string, number, number]>(
    "INSERT INTO host_macs (mac, host_id, position) VALUES (?, ?, ?)",
  );

  const withMacs = (host: StoredHost): HostRecord => ({ ...host, macs: macsOf.all(host.id) });
  const orNull = (host: StoredHost | null) => (host === null ? null : withMacs(host));
  const get = (id: number) => orNull(hosts.get(id));
  const existing = (id: number): HostRecord => {
    const host = get(id);
    if (host === null) throw new Error(`hosts has no row ${id}`);
    return host;
  };
  /** @throws SqliteError (unique) when another host has one of the addresses. */
  const setMacs = (id: number, macs: readonly string[]) => {
    dropMacs.run(id);
    for (const [position, mac] of [...new Set(macs)].entries()) addMac.run(mac, id, position);
  };
  const create = db.transaction((host: NewHost): HostRecord => {
    const id = hosts.insert(host);
    setMacs(id, host.macs);
    return existing(id);
  });
  const update = db.transaction((id: number, patch: Partial<NewHost>): HostRecord => {
    hosts.update(id, patch);
    const before = existing(id);
    if (patch.macs === undefined) return before;
    setMacs(id, patch.macs);
    return existing(id);
  });

  return {
    get,
    list: () => all.all().map((row) => withMacs(hosts.read(row))),
    findByMac: (mac) => {
      const id = byMac.get(mac);
      return id === undefined ? null : get(id);
    },
    findByReporterTokenHash: (hash) => orNull(hosts.readOrNull(byToken.get(hash))),
    create,
    update,
  };
}

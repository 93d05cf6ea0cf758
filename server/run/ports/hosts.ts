/** Hosts: those that are known, and machines that only asked for a boot script. */

export interface HostRecord {
  readonly id: number;
  readonly name: string;
  /** Lower case with colons. */
  readonly macs: readonly string[];
  readonly uuid: string | null;
  readonly serial: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly os: string | null;
  readonly reporterVersion: string | null;
  /** SHA-256 in hex of the reporter's token; null for a host that was never registered by a reporter. */
  readonly reporterTokenHash: string | null;
  readonly secureBoot: string | null;
  readonly netbootMethod: string | null;
  readonly netbootNote: string | null;
  /** Chosen by the operator; null: matched by product. */
  readonly spec: string | null;
  readonly notes: string;
  /** Last heartbeat of the reporter. */
  readonly reporterSeenAt: number | null;
  /** Boot id of the installed OS at that heartbeat. */
  readonly reporterBootId: string | null;
  readonly simulated: boolean;
  readonly createdAt: number;
}
export type NewHost = Omit<HostRecord, "id">;

export interface HostRepository {
  get(id: number): HostRecord | null;
  list(): HostRecord[];
  findByMac(mac: string): HostRecord | null;
  findByReporterTokenHash(hash: string): HostRecord | null;
  create(host: NewHost): HostRecord;
  /** Only the keys given change; `macs` replaces the whole set. */
  update(id: number, patch: Partial<NewHost>): HostRecord;
}

export interface DiscoveredRecord {
  readonly mac: string;
  readonly uuid: string | null;
  readonly platform: string | null;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface DiscoveredRepository {
  /** Adds or refreshes; keeps at most a few hundred, oldest dropped. */
  seen(mac: string, uuid: string | null, platform: string | null, at: number): void;
  remove(mac: string): void;
  list(): DiscoveredRecord[];
}

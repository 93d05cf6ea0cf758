import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { onTestFinished } from "vitest";
import type { Sample } from "../../../contract/agent-api.ts";
import { BUILT_IN_PROFILES } from "../../../contract/stage-params.ts";
import { openDatabase } from "../../../server/db/open.ts";
import { createStore } from "../../../server/db/store.ts";
import type { HostRecord, NewHost, NewRun, RunRecord, Store } from "../../../server/run/ports.ts";

/** A directory that is gone after the test. */
export function tempDir(): string {
  const directory = mkdtempSync(join(tmpdir(), "vetting-db-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface TempStore {
  readonly db: Database;
  readonly store: Store;
  readonly file: string;
}

/** A store over a real file. */
export function openStore(file = join(tempDir(), "vetting.db")): TempStore {
  const db = openDatabase(file);
  onTestFinished(() => void db.close());
  return { db, store: createStore(db), file };
}

export const T0 = Date.parse("2026-11-01T10:00:00.000Z");

let lastMac = 0;
export function freshMac(): string {
  lastMac += 1;
  return `52:54:00:00:00:${lastMac.toString(16).padStart(2, "0")}`;
}

export function newHost(patch: Partial<NewHost> = {}): NewHost {
  return {
    name: "orion",
    macs: [freshMac()],
    uuid: null,
    serial: null,
    vendor: null,
    product: null,
    os: null,
    reporterVersion: null,
    reporterTokenHash: null,
    secureBoot: null,
    netbootMethod: null,
    netbootNote: null,
    spec: null,
    notes: "",
    reporterSeenAt: null,
    reporterBootId: null,
    simulated: false,
    createdAt: T0,
    ...patch,
  };
}

export function newRun(hostId: number, patch: Partial<NewRun> = {}): NewRun {
  return {
    hostId,
    profile: "quick",
    nonDestructive: true,
    state: "Queued",
    failedStage: null,
    reason: null,
    resumeStage: null,
    verdict: null,
    start: "reporter",
    afterPass: "power_off",
    operator: null,
    ticket: null,
    params: BUILT_IN_PROFILES.quick,
    thresholds: [{ sensor: "cpu.package.temp", max: 90, forSeconds: 10, severity: "fail" }],
    spec: null,
    consoleVersion: "0.1.0",
    createdAt: T0,
    startedAt: null,
    endedAt: null,
    stateSince: T0,
    commandedBootId: null,
    agentBootId: null,
    runTokenHash: null,
    agentVersion: null,
    catalogue: null,
    lastSignAt: null,
    droppedSamples: 0,
    warnings: [],
    overridePending: false,
    collectResetEvidence: false,
    cancelAcknowledged: false,
    obeyedAt: null,
    access: null,
    hold: null,
    ...patch,
  };
}

export function addRun(
  store: Store,
  patch: Partial<NewRun> = {},
): { host: HostRecord; run: RunRecord } {
  const host = store.hosts.create(newHost());
  return { host, run: store.runs.createWithProfile(newRun(host.id, patch)) };
}

/** A sample of sequence n, n seconds after T0. */
export function sample(sequence: number, patch: Partial<Sample> = {}): Sample {
  return {
    sequence,
    stage: "CPUStress",
    t: new Date(T0 + sequence * 1000).toISOString(),
    sensor: "cpu.package.temp",
    value: 40 + sequence,
    unit: "Cel",
    ...patch,
  };
}

/** Samples with the sequences first … last. */
export function samples(first: number, last: number, patch: Partial<Sample> = {}): Sample[] {
  return Array.from({ length: last - first + 1 }, (_, index) => sample(first + index, patch));
}

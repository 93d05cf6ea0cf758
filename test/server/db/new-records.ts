import { BUILT_IN_PROFILES } from "../../../contract/stage-params.ts";
import type { HostRecord, NewHost, NewRun, RunRecord, Store } from "../../../server/run/ports.ts";

// Records as a console would make them, for tests and for benchmarks.

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

import { describe, expect, test } from "vitest";
import type { EvidenceRequest, LogLine } from "../../../contract/agent-api.ts";
import type { FirmwareRow } from "../../../contract/firmware.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import type { StageOutcome } from "../../../contract/stage-result.ts";
import { MOST_DISCOVERED, MOST_IDLE_BOOTS } from "../../../server/db/boot-repository.ts";
import { addRun, newRun, openStore, samples, T0 } from "./temp-store.ts";

const OUTCOME: StageOutcome = {
  stage: "CPUStress",
  status: "complete",
  result: "pass",
  startedAt: "2026-11-01T10:00:00.000Z",
  endedAt: "2026-11-01T10:06:00.000Z",
  summary: "4 cores for 3 min",
  proof: [{ what: "cpu", requestedS: 180, elapsedS: 180.4, work: 8.1e6, unit: "1" }],
  measurements: [],
  gaps: [],
  blame: [],
  toolVersions: { "stress-ng": "0.15.06" },
};

function line(sequence: number, patch: Partial<LogLine> = {}): LogLine {
  return {
    sequence,
    stage: "CPUStress",
    t: "2026-11-01T10:00:00.123456Z",
    level: "info",
    source: "stress-ng",
    text: `line ${sequence}`,
    ...patch,
  };
}

describe("attempts", () => {
  test("are numbered within run and stage, and one runs at a time", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    expect(store.attempts.running(run.id)).toBeNull();
    const first = store.attempts.start(run.id, "CPUStress", T0);
    expect(first).toMatchObject({ attempt: 1, status: "running", result: null, startedAt: T0 });
    expect(store.attempts.running(run.id)).toEqual(first);
    expect(() => store.attempts.start(run.id, "CPUStress", T0)).toThrow(/UNIQUE/);
    store.attempts.finish(first.id, {
      status: "complete",
      result: "fail",
      claimedResult: "pass",
      reason: "Too hot.",
      endedAt: T0 + 9,
      outcome: OUTCOME,
    });
    const second = store.attempts.start(run.id, "CPUStress", T0 + 10);
    expect(second.attempt).toBe(2);
    expect(store.attempts.list(run.id)).toEqual([
      {
        ...first,
        status: "complete",
        result: "fail",
        claimedResult: "pass",
        reason: "Too hot.",
        endedAt: T0 + 9,
        outcome: OUTCOME,
      },
      second,
    ]);
  });

  test("of other runs and stages count for themselves", () => {
    const { store } = openStore();
    const a = addRun(store).run;
    const b = addRun(store).run;
    store.attempts.start(a.id, "SMART", T0);
    expect(store.attempts.start(b.id, "SMART", T0).attempt).toBe(1);
    expect(store.attempts.list(a.id)).toHaveLength(1);
  });
});

describe("breaches and overrides", () => {
  test("come back in the order they were added, by run and by attempt", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    const attempt = store.attempts.start(run.id, "Burn", T0);
    const breach = {
      runId: run.id,
      attemptId: attempt.id,
      sensor: "cpu.package.temp[1]",
      value: 101.5,
      limit: 100,
      unit: "Cel",
      severity: "fail",
      t: T0 + 7,
    } as const;
    store.breaches.add(breach);
    store.breaches.add({ ...breach, severity: "warn" });
    expect(store.breaches.list(run.id)).toEqual([breach, { ...breach, severity: "warn" }]);
    expect(store.breaches.listForAttempt(attempt.id)).toHaveLength(2);
    expect(store.breaches.listForAttempt(attempt.id + 1)).toEqual([]);
    const override = {
      runId: run.id,
      stage: "Burn",
      reason: "fan replaced",
      operator: "kim",
      at: T0,
    } as const;
    store.overrides.add(override);
    expect(store.overrides.list(run.id)).toEqual([override]);
  });
});

describe("answers", () => {
  test("are found by the first sequence of their batch, bodies as they were", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    const answer = {
      kind: "sensor",
      first: 5,
      last: 9,
      status: 200,
      body: { accepted: 5, breaches: [] },
    } as const;
    store.answers.add(run.id, answer);
    expect(store.answers.find(run.id, 5)).toEqual(answer);
    expect(store.answers.find(run.id, 6)).toBeNull();
    expect(store.answers.find(run.id + 1, 5)).toBeNull();
    expect(() => store.answers.add(run.id, answer)).toThrow(/UNIQUE/);
  });

  test("the next sequence is one above the highest of samples, log lines and all else", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    const other = addRun(store).run;
    expect(store.answers.nextSequence(run.id)).toBe(1);
    store.samples.insert(run.id, null, samples(1, 4), T0);
    expect(store.answers.nextSequence(run.id)).toBe(5);
    store.logs.insert(run.id, [line(7)], T0);
    expect(store.answers.nextSequence(run.id)).toBe(8);
    store.answers.add(run.id, { kind: "result", first: 9, last: 12, status: 200, body: null });
    expect(store.answers.nextSequence(run.id)).toBe(13);
    expect(store.answers.nextSequence(other.id)).toBe(1);
  });
});

describe("log lines", () => {
  test("new ones are stored and returned, known sequences are ignored", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    expect(store.logs.insert(run.id, [line(1), line(2)], T0)).toEqual([line(1), line(2)]);
    const again = store.logs.insert(run.id, [line(2, { text: "other" }), line(3)], T0 + 1);
    expect(again).toEqual([line(3)]);
    expect(store.logs.list(run.id, { limit: 10 })).toEqual([
      { ...line(1), receivedAt: T0 },
      { ...line(2), receivedAt: T0 },
      { ...line(3), receivedAt: T0 + 1 },
    ]);
  });

  test("page on by sequence, and tail takes the newest, still oldest first", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    store.logs.insert(
      run.id,
      [4, 2, 3, 1].map((sequence) => line(sequence, { stage: null })),
      T0,
    );
    const sequences = (query: Parameters<typeof store.logs.list>[1]) =>
      store.logs.list(run.id, query).map(({ sequence }) => sequence);
    expect(sequences({ limit: 2 })).toEqual([1, 2]);
    expect(sequences({ limit: 2, afterSequence: 2 })).toEqual([3, 4]);
    expect(sequences({ limit: 2, tail: true })).toEqual([3, 4]);
    expect(sequences({ limit: 9, tail: true, afterSequence: 3 })).toEqual([4]);
  });

  test("any text survives: quotes, emoji, NUL", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    const text = `it's "hot" 🔥 \u0000 end`;
    store.logs.insert(run.id, [line(1, { text })], T0);
    expect(store.logs.list(run.id, { limit: 1 })[0]?.text).toBe(text);
  });
});

describe("evidence", () => {
  test("is listed without its text and read with it", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    const dmesg: EvidenceRequest = {
      sequence: 3,
      stage: "Burn",
      kind: "dmesg",
      name: "dmesg.txt",
      text: "Temperatur über 90 °C",
      truncated: true,
    };
    store.evidence.add(run.id, dmesg, T0);
    const [listed] = store.evidence.list(run.id);
    expect(listed).toEqual({
      id: listed?.id,
      runId: run.id,
      stage: "Burn",
      kind: "dmesg",
      name: "dmesg.txt",
      truncated: true,
      receivedAt: T0,
      bytes: Buffer.byteLength(dmesg.text),
    });
    expect(store.evidence.get(run.id, listed?.id ?? 0)?.text).toBe(dmesg.text);
    expect(store.evidence.get(run.id + 1, listed?.id ?? 0)).toBeNull();
  });
});

describe("firmware and inventory", () => {
  const row: FirmwareRow = {
    component: "nic",
    identifier: "0000:3b:00.0",
    aliases: ["eth0"],
    vendor: null,
    model: "E810",
    version: "22.31.6",
    date: null,
    problem: null,
  };

  test("a snapshot is one row a component, and replaced as a whole", () => {
    const { db, store } = openStore();
    const { run } = addRun(store);
    expect(store.firmware.get(run.id)).toBeNull();
    const bios: FirmwareRow = { ...row, component: "bios", identifier: "system", aliases: [] };
    store.firmware.replace(run.id, [bios, row]);
    expect(store.firmware.get(run.id)).toEqual([bios, row]);
    const count = db.prepare("SELECT count(*) FROM firmware_snapshots WHERE run_id = ?").pluck();
    expect(count.get(run.id)).toBe(2);
    store.firmware.replace(run.id, [row]);
    expect(store.firmware.get(run.id)).toEqual([row]);
  });

  test("an empty snapshot is not the same as none", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    store.firmware.replace(run.id, []);
    expect(store.firmware.get(run.id)).toEqual([]);
    expect(store.firmware.get(99)).toBeNull();
  });

  test("the last inventory of a host is that of its latest run that has one", () => {
    const { store } = openStore();
    const { host, run } = addRun(store, { state: "Passed" });
    const later = store.runs.createWithProfile(newRun(host.id, { state: "Passed" }));
    store.runs.createWithProfile(newRun(host.id));
    const inventory = (problem: string) => ({ problems: [problem] }) as unknown as Inventory;
    expect(store.inventories.latestOfHost(host.id)).toBeNull();
    store.inventories.put(later.id, inventory("later"), T0);
    store.inventories.put(run.id, inventory("first"), T0 + 1);
    store.inventories.put(run.id, inventory("first again"), T0 + 2);
    expect(store.inventories.get(run.id)).toEqual(inventory("first again"));
    expect(store.inventories.latestOfHost(host.id)).toEqual(inventory("later"));
  });
});

describe("boots", () => {
  test("a boot token is found by its hash, used, and the unused ones are revoked", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    const token = (hash: string) => ({
      hash,
      runId: run.id,
      mac: "aa:bb:cc:dd:ee:01",
      issuedAt: T0,
      usedAt: null,
      revokedAt: null,
    });
    store.boots.addToken(token("one"));
    store.boots.markUsed("one", T0 + 1);
    store.boots.addToken(token("two"));
    store.boots.addToken(token("three"));
    expect(store.boots.revokeUnused(run.id, T0 + 2)).toBe(2);
    expect(store.boots.revokeUnused(run.id, T0 + 3)).toBe(0);
    expect(store.boots.findToken("one")).toEqual({ ...token("one"), usedAt: T0 + 1 });
    expect(store.boots.findToken("two")).toEqual({ ...token("two"), revokedAt: T0 + 2 });
    expect(store.boots.findToken("four")).toBeNull();
  });

  test("a boot's events keep their order; boots come newest first, and those of a run oldest first", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    const events = (["commanded", "script", "claim"] as const).map((step) => ({
      at: T0,
      step,
      detail: step,
    }));
    const idle = store.boots.addAttempt(run.hostId, null, T0);
    const [first, second] = [1, 2].map((n) =>
      store.boots.addAttempt(run.hostId, run.id, T0 + n),
    ) as [typeof idle, typeof idle];
    for (const event of events) store.boots.addEvent(second.id, event);
    expect(store.boots.latestAttempt(run.hostId)).toEqual({ ...second, events });
    expect(store.boots.listAttempts(run.hostId, 2)).toEqual([{ ...second, events }, first]);
    expect(store.boots.listAttemptsOfRun(run.id)).toEqual([first, { ...second, events }]);
  });

  test("of boots without a run only the latest are kept; those of runs stay", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    const kept = store.boots.addAttempt(run.hostId, run.id, T0);
    store.boots.addEvent(kept.id, { at: T0, step: "script", detail: "" });
    for (let n = 0; n < MOST_IDLE_BOOTS + 5; n += 1) {
      const idle = store.boots.addAttempt(run.hostId, null, T0 + n);
      store.boots.addEvent(idle.id, { at: T0 + n, step: "local_disk", detail: "" });
    }
    const all = store.boots.listAttempts(run.hostId, 100);
    expect(all).toHaveLength(MOST_IDLE_BOOTS + 1);
    expect(all.at(-1)).toMatchObject({ id: kept.id, events: [{ step: "script" }] });
  });

  test("discovered machines are refreshed, removed, and bounded: the oldest go", () => {
    const { store } = openStore();
    store.discovered.seen("aa:00:00:00:00:01", "uuid-1", null, T0);
    store.discovered.seen("aa:00:00:00:00:01", null, "efi", T0 + 5);
    expect(store.discovered.list()).toEqual([
      {
        mac: "aa:00:00:00:00:01",
        uuid: "uuid-1",
        platform: "efi",
        firstSeen: T0,
        lastSeen: T0 + 5,
      },
    ]);
    store.transaction(() => {
      for (let n = 0; n < MOST_DISCOVERED; n += 1) {
        store.discovered.seen(`bb:${n}`, null, null, T0 + 10 + n);
      }
    });
    const macs = store.discovered.list().map(({ mac }) => mac);
    expect(macs).toHaveLength(MOST_DISCOVERED);
    expect(macs).not.toContain("aa:00:00:00:00:01");
    expect(macs[0]).toBe(`bb:${MOST_DISCOVERED - 1}`);
    store.discovered.remove("bb:5");
    expect(store.discovered.list()).toHaveLength(MOST_DISCOVERED - 1);
  });
});

import { describe, expect, test } from "vitest";
import { occupiesHost, RUN_STATES } from "../../../contract/run-state.ts";
import { BUILT_IN_PROFILES } from "../../../contract/stage-params.ts";
import { addRun, newHost, newRun, openStore, T0 } from "./temp-store.ts";

describe("hosts", () => {
  test("are stored and found by id, MAC and reporter token", () => {
    const { store } = openStore();
    const macs = ["aa:bb:cc:dd:ee:02", "aa:bb:cc:dd:ee:01"];
    const host = store.hosts.create(
      newHost({ macs, reporterTokenHash: "abc", spec: "r640", simulated: true }),
    );
    expect(host).toEqual({
      ...newHost({ macs, reporterTokenHash: "abc", spec: "r640", simulated: true }),
      id: host.id,
    });
    expect(store.hosts.get(host.id)).toEqual(host);
    expect(store.hosts.findByMac("aa:bb:cc:dd:ee:01")).toEqual(host);
    expect(store.hosts.findByReporterTokenHash("abc")).toEqual(host);
    expect(store.hosts.list()).toEqual([host]);
  });

  test("that are unknown give null", () => {
    const { store } = openStore();
    expect(store.hosts.get(7)).toBeNull();
    expect(store.hosts.findByMac("aa:bb:cc:dd:ee:ff")).toBeNull();
    expect(store.hosts.findByReporterTokenHash("abc")).toBeNull();
  });

  test("change only in the fields given; macs replaces the whole set", () => {
    const { store } = openStore();
    const host = store.hosts.create(newHost({ macs: ["aa:bb:cc:dd:ee:01"], notes: "rack 4" }));
    expect(store.hosts.update(host.id, { reporterSeenAt: T0 })).toEqual({
      ...host,
      reporterSeenAt: T0,
    });
    const moved = store.hosts.update(host.id, { macs: ["aa:bb:cc:dd:ee:02"], notes: "" });
    expect(moved.macs).toEqual(["aa:bb:cc:dd:ee:02"]);
    expect(moved.notes).toBe("");
    expect(store.hosts.findByMac("aa:bb:cc:dd:ee:01")).toBeNull();
    expect(store.hosts.update(host.id, {})).toEqual(moved);
  });

  test("a field can be set back to null", () => {
    const { store } = openStore();
    const host = store.hosts.create(newHost({ spec: "r640" }));
    expect(store.hosts.update(host.id, { spec: null }).spec).toBeNull();
  });

  test("a MAC names one host: a second host with it is refused and leaves nothing behind", () => {
    const { store } = openStore();
    store.hosts.create(newHost({ macs: ["aa:bb:cc:dd:ee:01"] }));
    expect(() =>
      store.hosts.create(newHost({ macs: ["aa:bb:cc:dd:ee:09", "aa:bb:cc:dd:ee:01"] })),
    ).toThrow(/UNIQUE/);
    expect(store.hosts.list()).toHaveLength(1);
    expect(store.hosts.findByMac("aa:bb:cc:dd:ee:09")).toBeNull();
  });

  test("a host that is not there cannot be updated", () => {
    const { store } = openStore();
    expect(() => store.hosts.update(9, { notes: "x" })).toThrow(/no row 9/);
  });
});

describe("runs", () => {
  test("are stored whole: parameters, thresholds, spec and catalogue come back as they were", () => {
    const { store } = openStore();
    const host = store.hosts.create(newHost());
    const run = newRun(host.id, {
      spec: { name: "r640", expect: { cpuCores: 32 }, firmware: [] },
      catalogue: { stages: [] },
      warnings: ["a", "b"],
      overridePending: true,
      verdict: "pass_with_gaps",
      resumeStage: "Burn",
    });
    const stored = store.runs.createWithProfile(run);
    expect(stored).toEqual({ ...run, id: stored.id });
    expect(store.runs.get(stored.id)).toEqual(stored);
    expect(store.runs.get(99)).toBeNull();
  });

  test("keep their parameters when the profile is edited later", () => {
    const { store } = openStore();
    const params = structuredClone(BUILT_IN_PROFILES.quick);
    const { run } = addRun(store, { params });
    params.CPUStress.cpuSeconds = 1;
    expect(store.runs.get(run.id)?.params.CPUStress.cpuSeconds).toBe(180);
  });

  test("the columns that users' queries rely on are there", () => {
    const { db, store } = openStore();
    const { run } = addRun(store, { state: "FailedHolding", failedStage: "Burn (expected PSU)" });
    expect(
      db
        .prepare("SELECT profile, non_destructive, state, failed_stage FROM runs WHERE id = ?")
        .get(run.id),
    ).toEqual({
      profile: "quick",
      non_destructive: 1,
      state: "FailedHolding",
      failed_stage: "Burn (expected PSU)",
    });
  });

  test("change only in the fields given", () => {
    const { store } = openStore();
    const { run } = addRun(store);
    const updated = store.runs.update(run.id, { state: "WaitingReboot", stateSince: T0 + 5 });
    expect(updated).toEqual({ ...run, state: "WaitingReboot", stateSince: T0 + 5 });
    expect(store.runs.update(run.id, { warnings: ["w"] }).warnings).toEqual(["w"]);
    expect(() => store.runs.update(99, { reason: "x" })).toThrow(/no row 99/);
  });

  test("are listed newest first, by host and state, up to a limit", () => {
    const { store } = openStore();
    const a = addRun(store, { state: "Passed" });
    const b = addRun(store, { state: "Failed" });
    const a2 = store.runs.createWithProfile(newRun(a.host.id, { state: "Passed" }));
    const ids = (filter: Parameters<typeof store.runs.list>[0]) =>
      store.runs.list(filter).map(({ id }) => id);
    expect(ids({})).toEqual([a2.id, b.run.id, a.run.id]);
    expect(ids({ limit: 1 })).toEqual([a2.id]);
    expect(ids({ hostId: a.host.id })).toEqual([a2.id, a.run.id]);
    expect(ids({ state: "Failed" })).toEqual([b.run.id]);
    expect(ids({ hostId: a.host.id, state: "Failed" })).toEqual([]);
    expect(store.runs.latest(a.host.id)?.id).toBe(a2.id);
    expect(store.runs.latest(99)).toBeNull();
  });

  test("are listed by profile, verdict, time and age", () => {
    const { store } = openStore();
    const { host, run } = addRun(store, { state: "Passed", verdict: "pass", createdAt: T0 });
    const add = (patch: Parameters<typeof newRun>[1]) =>
      store.runs.createWithProfile(newRun(host.id, { state: "Cancelled", ...patch })).id;
    const deep = add({ profile: "deep", verdict: "fail", createdAt: T0 + 1000 });
    const late = add({ verdict: "fail", createdAt: T0 + 2000 });
    const ids = (filter: Parameters<typeof store.runs.list>[0]) =>
      store.runs.list(filter).map(({ id }) => id);
    expect(ids({ profile: "deep" })).toEqual([deep]);
    expect(ids({ verdict: "fail" })).toEqual([late, deep]);
    expect(ids({ verdict: "fail", profile: "quick" })).toEqual([late]);
    expect(ids({ createdFromMs: T0 + 1000 })).toEqual([late, deep]);
    expect(ids({ createdFromMs: T0, createdToMs: T0 + 1000 })).toEqual([deep, run.id]);
    expect(ids({ beforeId: late, limit: 1 })).toEqual([deep]);
    expect(ids({ beforeId: run.id })).toEqual([]);
  });

  test("are found by part of the host's name or serial, of operator or ticket, in any case", () => {
    const { store } = openStore();
    const lab = store.hosts.create(newHost({ name: "Löwe-7", serial: "7XK2P33" }));
    const other = store.hosts.create(newHost({ name: "rigel", serial: null }));
    const add = (hostId: number, patch: Parameters<typeof newRun>[1] = {}) =>
      store.runs.createWithProfile(newRun(hostId, { state: "Passed", ...patch })).id;
    const plain = add(lab.id);
    const named = add(other.id, { operator: "Änne Ortiz", ticket: "LAB-311" });
    const ids = (text: string) => store.runs.list({ text }).map(({ id }) => id);
    expect(ids("LÖWE")).toEqual([plain]);
    expect(ids("xk2")).toEqual([plain]);
    expect(ids("änne")).toEqual([named]);
    expect(ids("lab-3")).toEqual([named]);
    expect(ids("e")).toEqual([named, plain]);
    expect(ids("%")).toEqual([]);
    expect(store.runs.list({ text: "e", hostId: lab.id }).map(({ id }) => id)).toEqual([plain]);
  });

  test("no filter reads through the documents of all runs", () => {
    const { db } = openStore();
    const plan = (where: string) =>
      db
        .prepare<[], { detail: string }>(
          `EXPLAIN QUERY PLAN SELECT * FROM runs WHERE ${where} ORDER BY id DESC LIMIT 5`,
        )
        .all()
        .map(({ detail }) => detail)
        .join("; ");
    expect(plan("verdict = 'fail'")).toContain("runs_by_verdict");
    expect(plan("profile = 'deep'")).toContain("runs_by_profile");
    expect(plan("state = 'Passed'")).toContain("runs_by_state");
    expect(plan("host_id = 1")).toContain("runs_by_host");
  });

  test("that were walked to the end tell how long: not those of other kinds, nor overridden ones", () => {
    const { store } = openStore();
    const host = store.hosts.create(newHost());
    const add = (seconds: number | null, patch: Parameters<typeof newRun>[1] = {}) =>
      store.runs.createWithProfile(
        newRun(host.id, {
          state: "Passed",
          startedAt: T0,
          endedAt: seconds === null ? null : T0 + seconds * 1000,
          ...patch,
        }),
      ).id;
    add(100);
    add(300, { profile: "deep" });
    add(50, { nonDestructive: false });
    add(60, { state: "Cancelled" });
    add(null, { startedAt: null });
    const held = add(9000);
    store.overrides.add({
      runId: held,
      stage: "Burn",
      reason: "fan replaced",
      operator: null,
      at: T0,
    });
    const walked = store.runs.walkedToEnd(host.id, true, 10);
    expect(walked.map(({ profile, seconds }) => [profile, seconds])).toEqual([
      ["deep", 300],
      ["quick", 100],
    ]);
    expect(walked[1]?.params).toEqual(newRun(host.id).params);
    expect(store.runs.walkedToEnd(host.id, true, 1)).toHaveLength(1);
    expect(store.runs.walkedToEnd(host.id, false, 10)).toHaveLength(1);
  });

  test("are found by the hash of their token", () => {
    const { store } = openStore();
    const { run } = addRun(store, { runTokenHash: "feed" });
    expect(store.runs.findByRunTokenHash("feed")?.id).toBe(run.id);
    expect(store.runs.findByRunTokenHash("dead")).toBeNull();
  });
});

describe("a run occupies its host", () => {
  test.each(RUN_STATES)("in %s exactly when the state table says so", (state) => {
    const { store } = openStore();
    const { host, run } = addRun(store, { state });
    const expected = occupiesHost(state);
    expect(store.runs.occupying(host.id)?.id ?? null).toBe(expected ? run.id : null);
    expect(store.runs.listOccupying().map(({ id }) => id)).toEqual(expected ? [run.id] : []);
    const second = () => store.runs.createWithProfile(newRun(host.id));
    if (expected) expect(second).toThrow(/UNIQUE/);
    else expect(second().state).toBe("Queued");
  });

  test("and the occupying ones are listed oldest first", () => {
    const { store } = openStore();
    const first = addRun(store, { state: "FailedHolding" });
    addRun(store, { state: "Passed" });
    const last = addRun(store, { state: "Queued" });
    expect(store.runs.listOccupying().map(({ id }) => id)).toEqual([first.run.id, last.run.id]);
  });

  test("an ended run cannot come back over one that took the host", () => {
    const { store } = openStore();
    const { host, run } = addRun(store, { state: "Passed" });
    store.runs.createWithProfile(newRun(host.id));
    expect(() => store.runs.update(run.id, { state: "Burn" })).toThrow(/UNIQUE/);
    expect(store.runs.get(run.id)?.state).toBe("Passed");
  });
});

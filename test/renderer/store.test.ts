import { beforeEach, describe, expect, test } from "vitest";
import type { LogLine } from "../../contract/agent-api.ts";
import { attentionOf, sortedHosts } from "../../renderer/store/hosts-slice.ts";
import { MAX_LOG_LINES, mergeLog } from "../../renderer/store/run-slice.ts";
import { useStore } from "../../renderer/store/store.ts";
import { detail, holdingRun, host, runningRun, summary, summaryOf } from "../fakes/console-data.ts";

const initial = useStore.getInitialState();
beforeEach(() => useStore.setState(initial, true));
const store = () => useStore.getState();

describe("hosts", () => {
  test("an event about a run shows on its host at once", () => {
    store().setHosts([host()]);
    store().putRun(summary({ id: 3, hostId: 1, state: "Booting", verdict: null }));
    expect(store().hosts?.get(1)?.run?.state).toBe("Booting");
  });

  test("an older run that is over does not cover a newer one", () => {
    store().setHosts([host({ run: summary({ id: 9, state: "SMART", verdict: null }) })]);
    store().putRun(summary({ id: 3, hostId: 1, state: "Passed" }));
    expect(store().hosts?.get(1)?.run?.id).toBe(9);
  });

  test("an event before the first snapshot is left to the snapshot", () => {
    store().putRun(summary());
    expect(store().hosts).toBeNull();
  });

  test("a host's event before the first snapshot too: one host would look like all", () => {
    store().putHost(host());
    expect(store().hosts).toBeNull();
  });

  test("a snapshot keeps the objects of the hosts that did not change", () => {
    store().setHosts([host(), host({ id: 2, name: "rigel" })]);
    const [first, second] = [...(store().hosts?.values() ?? [])];
    store().setHosts([host(), host({ id: 2, name: "deneb" })]);
    expect(store().hosts?.get(1)).toBe(first);
    expect(store().hosts?.get(2)).not.toBe(second);
    expect(store().hosts?.get(2)?.name).toBe("deneb");
  });

  test("what came together is one change, in its order", () => {
    store().setHosts([host(), host({ id: 2, name: "rigel" })]);
    let changes = 0;
    const stop = useStore.subscribe(() => {
      changes += 1;
    });
    store().putAll([
      { type: "run", run: summary({ id: 3, hostId: 2, state: "SMART", verdict: null }) },
      { type: "host", host: host({ notes: "moved" }) },
      { type: "run", run: summary({ id: 3, hostId: 2, state: "Burn", verdict: null }) },
      { type: "run", run: summary({ id: 4, hostId: 99 }) },
    ]);
    stop();
    expect(changes).toBe(1);
    expect(store().hosts?.get(1)?.notes).toBe("moved");
    expect(store().hosts?.get(2)?.run?.state).toBe("Burn");
    expect(store().hosts?.size).toBe(2);
  });

  test("come by attention: holding, failed, silent, running, queued, ready, offline", () => {
    const under = (state: "SMART" | "Queued", silentSince: string | null = null) =>
      summary({ state, verdict: null, endedAt: null, silentSince });
    const hosts = [
      host({ id: 1, name: "offline", online: false }),
      host({ id: 2, name: "ready" }),
      host({ id: 3, name: "queued", run: under("Queued") }),
      host({ id: 4, name: "running", run: under("SMART") }),
      host({ id: 5, name: "silent", run: under("SMART", "2026-03-02T09:00:00.000Z") }),
      host({ id: 6, name: "failed", run: summary({ state: "Failed", verdict: "incomplete" }) }),
      host({ id: 7, name: "holding", run: summaryOf(holdingRun()) }),
      host({
        id: 8,
        name: "cancelled hold",
        run: summary({ state: "Cancelled", verdict: "fail" }),
      }),
    ];
    expect(sortedHosts(hosts).map(({ name }) => name)).toEqual([
      "holding",
      "cancelled hold",
      "failed",
      "silent",
      "running",
      "queued",
      "ready",
      "offline",
    ]);
    expect(attentionOf(host({ run: summary() }))).toBe("ready");
  });

  test("of equal attention come by name, node2 before node10", () => {
    const hosts = [host({ id: 1, name: "node10" }), host({ id: 2, name: "node2" })];
    expect(sortedHosts(hosts).map(({ name }) => name)).toEqual(["node2", "node10"]);
  });
});

describe("the open run", () => {
  test("takes its own detail and no other's", () => {
    store().openRun(8);
    store().setDetail(detail({ id: 7 }));
    expect(store().detail).toBeNull();
    store().setDetail(holdingRun());
    expect(store().detail?.id).toBe(8);
  });

  test("an event updates what a summary knows and keeps the rest", () => {
    store().openRun(9);
    store().setDetail(runningRun());
    store().updateDetail(summary({ id: 9, state: "Network", verdict: null }));
    expect(store().detail?.state).toBe("Network");
    expect(store().detail?.stages.length).toBe(6);
  });

  test("opening another run leaves nothing of the last", () => {
    store().openRun(8);
    store().setDetail(holdingRun());
    store().addLog(8, [line(1)]);
    store().openRun(9);
    expect(store().detail).toBeNull();
    expect(store().logLines).toEqual([]);
    store().addLog(8, [line(2)]);
    expect(store().logLines).toEqual([]);
  });
});

function line(sequence: number): LogLine {
  return {
    sequence,
    stage: "SMART",
    t: "2026-03-02T09:00:00.000Z",
    level: "info",
    source: "agent",
    text: `line ${sequence}`,
  };
}

describe("the log", () => {
  test("joins stored and live lines, each once and in order", () => {
    const live = mergeLog([], [line(5), line(6)]);
    const joined = mergeLog(live, [line(3), line(4), line(5)]);
    expect(joined.map(({ sequence }) => sequence)).toEqual([3, 4, 5, 6]);
    expect(mergeLog(joined, [line(6), line(9)]).map(({ sequence }) => sequence)).toEqual([
      3, 4, 5, 6, 9,
    ]);
  });

  test("keeps the newest lines within its bound, and then knows that older ones are not there", () => {
    const many = Array.from({ length: MAX_LOG_LINES }, (_, index) => line(index + 1));
    store().openRun(7);
    store().resetLog(7, many, true);
    expect(store().logComplete).toBe(true);
    store().addLog(7, [line(MAX_LOG_LINES + 1)]);
    expect(store().logLines.length).toBe(MAX_LOG_LINES);
    expect(store().logLines.at(-1)?.sequence).toBe(MAX_LOG_LINES + 1);
    expect(store().logComplete).toBe(false);
  });

  test("older lines come before the known ones", () => {
    store().openRun(7);
    store().resetLog(7, [line(5), line(6)], false);
    store().prependLog(7, [line(3), line(4)], true);
    expect(store().logLines.map(({ sequence }) => sequence)).toEqual([3, 4, 5, 6]);
    expect(store().logComplete).toBe(true);
  });

  test("is begun anew behind a gap, so that no line is missing between two that are shown", () => {
    store().openRun(7);
    store().resetLog(7, [line(1), line(2)], true);
    // 3 to 6 were missed; 9 came live while the end was fetched.
    store().addLog(7, [line(9)]);
    store().resetLog(7, [line(7), line(8)], false);
    expect(store().logLines.map(({ sequence }) => sequence)).toEqual([7, 8, 9]);
    expect(store().logComplete).toBe(false);
  });
});

describe("the connection", () => {
  test("remembers since when what is shown is stale", () => {
    store().setConnection("lost", 500);
    expect(store().liveUntil).toBeNull();
    store().setConnection("live", 1000);
    store().setConnection("lost", 9000);
    store().setConnection("lost", 12_000);
    expect(store().connection).toBe("lost");
    expect(store().liveUntil).toBe(9000);
  });
});

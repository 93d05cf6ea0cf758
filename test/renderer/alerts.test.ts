import { describe, expect, test } from "vitest";
import type { HostSummary, RunSummary } from "../../contract/console-api.ts";
import { alertKind, alertsOf, holdingCount } from "../../renderer/shell/alerts-of.ts";
import { at, host, summary } from "../fakes/console-data.ts";

const hosts = (...runs: (RunSummary | null)[]): ReadonlyMap<number, HostSummary> =>
  new Map(runs.map((run, index) => [index + 1, host({ id: index + 1, run })]));
const running = summary({ state: "Burn", verdict: null, stateSince: at(100) });
const holding = summary({ state: "FailedHolding", verdict: "fail", stateSince: at(200) });
const passed = summary({ stateSince: at(300) });

/** Kinds of the alerts between two views. */
const kinds = (...views: Parameters<typeof alertsOf>) =>
  alertsOf(...views).map(({ kind, run }) => `${kind} ${run.id}`);

describe("what a run calls for", () => {
  test.each([
    ["FailedHolding", "fail", "hold"],
    ["Failed", "incomplete", "failed"],
    ["Passed", "pass", "pass"],
    ["Passed", "pass_with_gaps", "gaps"],
    ["Passed", "incomplete", "gaps"],
    ["Passed", "fail", "failed"],
    ["Passed", null, null],
    ["Cancelled", "fail", null],
    ["Queued", null, null],
    ["SMART", null, null],
  ] as const)("%s with verdict %s: %s", (state, verdict, kind) => {
    expect(alertKind({ state, verdict })).toBe(kind);
  });
});

describe("alerts between two views of the hosts", () => {
  test("a run that comes to hold, fails or passes is told, once a change", () => {
    expect(kinds(hosts(running), hosts(holding))).toEqual(["hold 7"]);
    expect(kinds(hosts(running), hosts(passed))).toEqual(["pass 7"]);
    const failed = summary({ state: "Failed", verdict: "incomplete" });
    expect(kinds(hosts(summary({ state: "Booting", verdict: null })), hosts(failed))).toEqual([
      "failed 7",
    ]);
  });

  test("what already was when the page opened is no news", () => {
    expect(kinds(null, hosts(holding, passed))).toEqual([]);
  });

  test("a snapshot after a lost connection tells nothing again", () => {
    const again = hosts({ ...holding, warnings: ["A boot token was issued anew."] });
    expect(kinds(hosts(holding), again)).toEqual([]);
  });

  test("what came about while the connection was lost is told when it is back", () => {
    const next = summary({ id: 12, state: "FailedHolding", verdict: "fail", stateSince: at(900) });
    expect(kinds(hosts(passed, running), hosts(next, holding))).toEqual(["hold 12", "hold 7"]);
  });

  test("a run that was overridden and holds again is told again, even if its resumption was missed", () => {
    const again = { ...holding, stateSince: at(500) };
    expect(kinds(hosts(holding), hosts(running))).toEqual([]);
    expect(kinds(hosts(running), hosts(again))).toEqual(["hold 7"]);
    expect(kinds(hosts(holding), hosts(again))).toEqual(["hold 7"]);
  });

  test("a run that ends is told when its verdict is in, not before", () => {
    const noVerdict = { ...passed, verdict: null };
    expect(kinds(hosts(running), hosts(noVerdict))).toEqual([]);
    expect(kinds(hosts(noVerdict), hosts(passed))).toEqual(["pass 7"]);
  });

  test("an operator's cancel, an older run and a host without a run tell nothing", () => {
    const cancelled = summary({ state: "Cancelled", verdict: "fail", stateSince: at(400) });
    expect(kinds(hosts(holding), hosts(cancelled))).toEqual([]);
    expect(kinds(hosts(running), hosts({ ...passed, id: 3 }))).toEqual([]);
    expect(kinds(hosts(running), hosts(null))).toEqual([]);
  });

  test("of many hosts only those that changed are told", () => {
    const before = hosts(holding, running, passed, null);
    const after = hosts(holding, { ...holding, id: 8 }, passed, { ...passed, id: 9 });
    expect(kinds(before, after)).toEqual(["hold 8", "pass 9"]);
  });
});

test("hosts that wait for somebody are those that hold", () => {
  expect(holdingCount(hosts(holding, running, null, holding))).toBe(2);
  expect(holdingCount(null)).toBe(0);
});

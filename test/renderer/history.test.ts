import { describe, expect, test } from "vitest";
import type { RunSummary } from "../../contract/console-api.ts";
import { overlayRows } from "../../renderer/charts/overlay-chart.tsx";
import {
  cautions,
  compareMeasurements,
  compareStages,
} from "../../renderer/history/compare-runs.ts";
import {
  ALL_RUNS,
  fitsFilter,
  type RunsFilter,
  readRunsFilter,
  runsHref,
  runsPath,
} from "../../renderer/history/runs-filter.ts";
import { signed } from "../../renderer/history/signed.ts";
import { useStore } from "../../renderer/store/store.ts";
import {
  attempt,
  detail,
  gappyRun,
  goodStages,
  holdingRun,
  host,
  runningRun,
  series,
  summary,
  T0,
} from "../fakes/console-data.ts";

const read = (query: string) => readRunsFilter(new URLSearchParams(query));

describe("the filter of the list", () => {
  test("is in the address, and comes back from it", () => {
    const filter: RunsFilter = {
      hostId: 3,
      profile: "deep & long",
      verdict: "pass_with_gaps",
      state: "FailedHolding",
      from: "2026-03-01",
      to: "2026-03-02",
      text: "LAB 311",
    };
    expect(read(runsHref(filter).split("?")[1] ?? "")).toEqual(filter);
    expect(runsHref(ALL_RUNS)).toBe("#/runs");
    expect(read("")).toEqual(ALL_RUNS);
  });

  test("leaves out what an address says wrongly", () => {
    expect(read("host=x&verdict=good&state=Hot&from=yesterday&to=2026-13-45")).toEqual(ALL_RUNS);
  });

  test("asks the console with whole days of the reader's own calendar", () => {
    const path = new URLSearchParams(
      runsPath({ ...ALL_RUNS, from: "2026-03-01", to: "2026-03-01" }, 50, 70).split("?")[1],
    );
    expect(Number(path.get("from"))).toBe(new Date(2026, 2, 1).getTime());
    expect(Number(path.get("to"))).toBe(new Date(2026, 2, 2).getTime() - 1);
    expect([path.get("limit"), path.get("before")]).toEqual(["50", "70"]);
  });

  test.each<[Partial<RunsFilter>, boolean]>([
    [{}, true],
    [{ hostId: 1 }, true],
    [{ hostId: 2 }, false],
    [{ verdict: "pass" }, true],
    [{ verdict: "fail" }, false],
    [{ state: "Passed", profile: "quick" }, true],
    [{ profile: "deep" }, false],
    [{ text: "ORION" }, true],
    [{ text: "xk2" }, true],
    [{ text: "lab-3" }, true],
    [{ text: "rigel" }, false],
    [{ from: "2026-03-04" }, false],
    [{ to: "2026-02-27" }, false],
  ])("%o fits a run of the live stream: %s", (part, fits) => {
    expect(fitsFilter({ ...ALL_RUNS, ...part }, summary(), host())).toBe(fits);
  });
});

describe("the open list", () => {
  const put = (run: RunSummary) => useStore.getState().putListedRun(run);
  const ids = () => useStore.getState().runList?.runs?.map(({ id }) => id);
  const opened = (filter: RunsFilter, runs: RunSummary[], more = false) => {
    useStore.getState().openRunList(filter);
    useStore.getState().addRuns(filter, runs, more, false);
  };

  test("takes a new run on top, changes a known one, and lets one go that fits no more", () => {
    const filter = { ...ALL_RUNS, verdict: "pass" } as const;
    opened(filter, [summary({ id: 5 })]);
    put(summary({ id: 6 }));
    expect(ids()).toEqual([6, 5]);
    put(summary({ id: 5, ticket: "new" }));
    expect(useStore.getState().runList?.runs?.at(-1)?.ticket).toBe("new");
    put(summary({ id: 6, verdict: "fail" }));
    put(summary({ id: 7, verdict: "fail" }));
    expect(ids()).toEqual([5]);
  });

  test("does not show a run that is older than all shown before it is asked for", () => {
    opened(ALL_RUNS, [summary({ id: 50 })], true);
    put(summary({ id: 3 }));
    expect(ids()).toEqual([50]);
    useStore
      .getState()
      .addRuns(useStore.getState().runList!.filter, [summary({ id: 3 })], false, true);
    expect(ids()).toEqual([50, 3]);
  });

  test("does not take an answer to another filter", () => {
    opened(ALL_RUNS, [summary({ id: 5 })]);
    useStore.getState().addRuns({ ...ALL_RUNS }, [summary({ id: 9 })], false, false);
    expect(ids()).toEqual([5]);
    useStore.getState().closeRunList();
    put(summary({ id: 9 }));
    expect(useStore.getState().runList).toBeNull();
  });
});

describe("two runs compared", () => {
  test("stages: their standing, the time of the last attempt, and whether they differ", () => {
    const stages = compareStages(gappyRun(), holdingRun());
    expect(stages).toHaveLength(11);
    const of = (name: string) => stages.find(({ stage }) => stage === name);
    expect(of("SMART")).toMatchObject({
      standings: ["pass", "pass"],
      seconds: [131, 131],
      differs: false,
    });
    expect(of("CPUStress")).toMatchObject({
      standings: ["pass", "fail"],
      seconds: [372, 130],
      differs: true,
    });
    expect(of("Burn")).toMatchObject({ standings: ["pass", "pending"], seconds: [311, null] });
  });

  test("a stage that needed another attempt differs, though both passed", () => {
    const twice = [attempt("Inventory", 1, { result: "fail" }), ...goodStages()];
    const [inventory] = compareStages(detail(), detail({ stages: twice }));
    expect(inventory).toMatchObject({
      attempts: [1, 2],
      standings: ["pass", "pass"],
      differs: true,
    });
  });

  const measured = (measurements: ReturnType<typeof attempt>["measurements"]) =>
    detail({ stages: [attempt("SMART", 1, { measurements })] });

  test("measurements are joined by stage, name and item, with difference and percent", () => {
    const a = measured([
      { name: "spare", item: "nvme0", value: 80, unit: "%" },
      { name: "spare", item: "nvme1", value: 50, unit: "%" },
    ]);
    const b = measured([
      { name: "spare", item: "nvme1", value: 50, unit: "%" },
      { name: "spare", item: "nvme0", value: 60, unit: "%" },
    ]);
    expect(compareMeasurements(a, b)).toMatchObject([
      { item: "nvme0", difference: -20, percent: -25 },
      { item: "nvme1", difference: 0, percent: 0 },
    ]);
  });

  test("what is beyond a limit comes first, then what one of them lacks, then what differs most", () => {
    const a = measured([
      { name: "little", value: 100, unit: "1" },
      { name: "much", value: 100, unit: "1" },
      { name: "lost", value: 1, unit: "1" },
      { name: "limit", value: 1, unit: "1", max: 5 },
      { name: "zero", value: 0, unit: "1" },
    ]);
    const b = measured([
      { name: "little", value: 101, unit: "1" },
      { name: "much", value: 200, unit: "1" },
      { name: "limit", value: 9, unit: "1", max: 5 },
      { name: "zero", value: 3, unit: "1" },
    ]);
    const rows = compareMeasurements(a, b);
    expect(rows.map(({ name }) => name)).toEqual(["limit", "lost", "zero", "much", "little"]);
    expect(rows[0]?.standings).toEqual(["within", "beyond"]);
    expect(rows[1]).toMatchObject({ standings: ["unlimited", "absent"], difference: null });
    expect(rows[2]).toMatchObject({ difference: 3, percent: null });
  });

  test("values of different units have no difference, and no two rows have one key", () => {
    const twice = { name: "x", value: 1, unit: "W" };
    const rows = compareMeasurements(
      measured([twice, twice]),
      measured([{ ...twice, unit: "Cel" }, twice]),
    );
    expect(rows.map(({ difference }) => difference).sort()).toEqual([0, null]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(2);
  });

  test("what makes them hard to compare is said", () => {
    expect(cautions(detail(), detail())).toEqual([]);
    const other = runningRun({ profile: "deep", nonDestructive: false });
    expect(cautions(detail(), other)).toEqual([
      "The profiles differ (quick, deep): work and durations differ with them.",
      "One of them wrote to the disks and the other only read them.",
      "Run 9 is under way: what it has not come to is not there yet.",
    ]);
  });

  test("differences carry a sign", () => {
    const words = (size: number) => `${size} s`;
    expect([12, -3, 0].map((value) => signed(value, words))).toEqual(["+12 s", "−3 s", "0 s"]);
  });
});

test("graphs share the time since each run began, in at most 300 points, and keep the spike", () => {
  const temps = series("cpu.package.temp[1]", "Cel", 40, 76.5);
  const later = temps.points.map(
    ([t, ...rest]) => [t + 86_400_000, ...rest] as [number, number, number, number],
  );
  const { rows, to } = overlayRows([
    { title: "A", originMs: T0, series: temps },
    { title: "B", originMs: T0 + 86_400_000, series: { ...temps, points: later } },
    { title: "C", originMs: T0, series: null },
  ]);
  expect(rows.length).toBeLessThanOrEqual(300);
  expect(to).toBe((temps.points.at(-1)?.[0] ?? 0) - T0);
  for (const row of rows) expect(row.mean1).toEqual(row.mean0);
  const most = Math.max(...rows.map((row) => (row.range0 as [number, number])[1]));
  expect(most).toBeCloseTo(76.5 * 1.32);
  expect(rows[0]?.mean2).toBeNull();
});

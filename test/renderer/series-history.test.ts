import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RunSeriesResponse } from "../../contract/console-api.ts";
import { loadSeries, loadSeriesSpan } from "../../renderer/live/series-history.ts";
import { seriesStore } from "../../renderer/store/series-store.ts";

const ANSWER: RunSeriesResponse = {
  series: [
    { sensor: "cpu.package.temp", unit: "Cel", points: [[1000, 40, 44, 42]] },
    { sensor: "fan.speed[1]", unit: "{rpm}", points: [] },
  ],
};

let asked: string[] = [];
let answers: (() => Response)[] = [];
beforeEach(() => {
  asked = [];
  answers = [];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return (answers.shift() ?? (() => Response.json(ANSWER)))();
  });
});
afterEach(() => vi.unstubAllGlobals());

const problem = (status: number) => () =>
  Response.json({ type: "urn:x", title: "x", status, detail: "Why not." }, { status });

describe("the history of a run", () => {
  test("comes with one request for all sensors; one without samples begins no chart", async () => {
    expect(await loadSeries(31)).toBeNull();
    expect(asked).toEqual(["/api/v1/runs/31/series/all?points=300"]);
    expect(seriesStore.sensorsOf(31)).toEqual([{ sensor: "cpu.package.temp", unit: "Cel" }]);
    expect([...(seriesStore.get(31, "cpu.package.temp")?.points() ?? [])]).toEqual([
      [1000, 40, 44, 42],
    ]);
  });

  test("is asked for once more when the reading thread was started anew", async () => {
    answers = [problem(503)];
    expect(await loadSeries(32)).toBeNull();
    expect(asked).toHaveLength(2);
    answers = [problem(503), problem(503)];
    expect((await loadSeries(32))?.detail).toBe("Why not.");
    answers = [problem(404)];
    expect((await loadSeries(33))?.status).toBe(404);
    expect(asked).toHaveLength(5);
  });
});

describe("a span that is zoomed into", () => {
  test("is fetched at full points, in whole milliseconds, and leaves the run's history alone", async () => {
    const loaded = await loadSeriesSpan(7, { from: 999.7, to: 5000.2 });
    expect(asked).toEqual(["/api/v1/runs/7/series/all?from=999&to=5001&points=300"]);
    const span = loaded.ok ? loaded.value : new Map();
    expect([...(span.get("cpu.package.temp")?.points() ?? [])]).toEqual([[1000, 40, 44, 42]]);
    expect(span.get("fan.speed[1]")?.latest).toBeNull();
    expect(seriesStore.sensorsOf(7)).toEqual([]);
  });

  test("that cannot be fetched says why", async () => {
    answers = [problem(500)];
    const loaded = await loadSeriesSpan(9, { from: 0, to: 10 });
    expect(loaded).toMatchObject({ ok: false, failure: { status: 500, detail: "Why not." } });
  });
});

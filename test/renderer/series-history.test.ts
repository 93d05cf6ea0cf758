import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RunSeriesResponse } from "../../contract/console-api.ts";
import { loadSeries, loadSeriesSpan } from "../../renderer/live/series-history.ts";
import { seriesStore } from "../../renderer/store/series-store.ts";
import { SpanStore, spanStore } from "../../renderer/store/span-store.ts";

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
  test("is fetched at full points, whole milliseconds, and stands in the span store", async () => {
    const loaded = await loadSeriesSpan(7, 999.7, 5000.2);
    expect(asked).toEqual(["/api/v1/runs/7/series/all?from=999&to=5001&points=300"]);
    const span = spanStore.get(7, 999, 5001);
    expect(loaded).toEqual({ ok: true, value: span });
    expect([...(span?.series.get("cpu.package.temp")?.points() ?? [])]).toHaveLength(1);
    expect(span?.series.get("fan.speed[1]")?.latest).toBeNull();
    // The whole run's history is another thing.
    expect(seriesStore.sensorsOf(7)).toEqual([]);
  });

  test("is one request for all who ask at once, and a new one afterwards", async () => {
    const [a, b] = await Promise.all([loadSeriesSpan(8, 0, 10), loadSeriesSpan(8, 0, 10)]);
    expect(a).toBe(b);
    expect(asked).toHaveLength(1);
    await loadSeriesSpan(8, 0, 10);
    expect(asked).toHaveLength(2);
  });

  test("that cannot be fetched leaves what was there", async () => {
    await loadSeriesSpan(9, 0, 10);
    answers = [problem(500)];
    expect(await loadSeriesSpan(9, 0, 10)).toMatchObject({ ok: false });
    expect(spanStore.get(9, 0, 10)).not.toBeNull();
  });

  test("is let go of when others came after it, and who draws hears of each", () => {
    const store = new SpanStore();
    let told = 0;
    const stop = store.subscribe(() => {
      told += 1;
    });
    for (let n = 0; n < 20; n += 1) store.put({ runId: 1, from: n, to: n + 1, series: new Map() });
    stop();
    store.put({ runId: 1, from: 12, to: 13, series: new Map() });
    expect(told).toBe(20);
    expect(store.get(1, 11, 12)).toBeNull();
    expect(store.get(1, 12, 13)).not.toBeNull();
    expect(store.get(1, 19, 20)).not.toBeNull();
  });
});

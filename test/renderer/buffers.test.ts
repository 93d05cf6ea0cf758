import { describe, expect, test } from "vitest";
import { decimate, halve, MAX_CHART_POINTS } from "../../renderer/store/decimate.ts";
import { type Point, RingBuffer } from "../../renderer/store/ring-buffer.ts";
import { Series } from "../../renderer/store/series.ts";
import { SeriesStore } from "../../renderer/store/series-store.ts";

const single = (t: number, value: number): Point => [t, value, value, value];
const greatest = (points: Iterable<Point | null>) =>
  Math.max(...[...points].flatMap((point) => (point === null ? [] : [point[2]])));
const least = (points: Iterable<Point | null>) =>
  Math.min(...[...points].flatMap((point) => (point === null ? [] : [point[1]])));

describe("a ring buffer", () => {
  test("keeps the newest points in order and hands back what it drops", () => {
    const ring = new RingBuffer(3);
    expect([1, 2, 3].map((t) => ring.push(single(t, t * 10)))).toEqual([null, null, null]);
    expect(ring.push(single(4, 40))).toEqual(single(1, 10));
    expect(ring.push(single(5, 50))).toEqual(single(2, 20));
    expect([...ring].map(([t]) => t)).toEqual([3, 4, 5]);
    expect(ring.length).toBe(3);
    ring.clear();
    expect([...ring]).toEqual([]);
    expect(ring.push(single(9, 9))).toBeNull();
  });

  test("grows with its points and can be given another bound, the newest stay", () => {
    const ring = new RingBuffer(1000);
    for (let t = 0; t < 1500; t += 1) ring.pushSample(t, t);
    expect([...ring].map(([t]) => t)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 500));
    ring.resize(3);
    expect([...ring].map(([t]) => t)).toEqual([1497, 1498, 1499]);
    ring.resize(5);
    for (let t = 1500; t < 1504; t += 1) ring.pushSample(t, t);
    expect([...ring].map(([t]) => t)).toEqual([1499, 1500, 1501, 1502, 1503]);
    const seen: number[] = [];
    ring.each((t) => seen.push(t));
    expect(seen).toEqual([1499, 1500, 1501, 1502, 1503]);
  });
});

describe("decimation", () => {
  test("keeps the least and the greatest value of a day in at most 300 points", () => {
    const points = Array.from({ length: 86_400 }, (_, t) => single(t, 50 + (t % 7)));
    points[40_000] = single(40_000, 104);
    points[70_001] = single(70_001, -3);
    const drawn = decimate(points, 0, 86_399);
    expect(drawn.length).toBe(MAX_CHART_POINTS);
    expect(greatest(drawn)).toBe(104);
    expect(least(drawn)).toBe(-3);
  });

  test("leaves a part without samples empty, and takes the mean of the others", () => {
    const drawn = decimate([single(0, 1), single(1, 3), single(9, 5)], 0, 10, 5);
    expect(drawn).toEqual([[1, 1, 3, 2], null, null, null, [9, 5, 5, 5]]);
  });

  test("leaves out what is not in the window, and takes its two ends", () => {
    const drawn = decimate([single(-1, 9), single(0, 1), single(10, 2), single(11, 9)], 0, 10, 2);
    expect(drawn.map((point) => point?.[3])).toEqual([1, 2]);
  });

  test("of an empty window is empty", () => {
    expect(decimate([single(5, 1)], 5, 5, 3)).toEqual([null, null, null]);
  });

  test("halving keeps the extremes, of an odd count too", () => {
    const points = [single(0, 1), single(1, 9), single(2, -4)];
    expect(halve(points)).toEqual([
      [0, 1, 9, 5],
      [2, -4, -4, -4],
    ]);
  });
});

describe("a series", () => {
  test("goes on from the stored past, each sample once", () => {
    const series = new Series("Cel");
    series.append(1500, 50);
    series.append(2500, 51);
    series.setHistory([
      [1000, 40, 44, 42],
      [2000, 45, 50, 47],
    ]);
    series.append(2000, 47);
    series.append(3000, 52);
    expect([...series.points()].map(([t]) => t)).toEqual([1000, 2000, 2500, 3000]);
    expect(series.latest).toEqual([3000, 52, 52, 52]);
  });

  test("stays bounded over days and forgets no extreme", () => {
    const series = new Series("Cel");
    for (let t = 0; t < 200_000; t += 1) series.append(t, t === 1234 ? 120 : 60);
    expect([...series.points()].length).toBeLessThanOrEqual(1800 + 600);
    expect(greatest(series.points())).toBe(120);
  });

  test("a late sample does not become the newest", () => {
    const series = new Series("W");
    series.append(2000, 300);
    series.append(1000, 250);
    expect(series.latest?.[3]).toBe(300);
  });
});

describe("the series store", () => {
  test("tells a chart of its own series alone, once a flush however many samples came", () => {
    const store = new SeriesStore();
    let told = 0;
    store.subscribe(SeriesStore.key(1, "a"), () => {
      told += 1;
    });
    store.append(1, [["b", "W", 1, 1]]);
    store.flush();
    expect(told).toBe(0);
    store.append(1, [
      ["a", "W", 1, 1],
      ["a", "W", 2, 1],
    ]);
    store.append(1, [["a", "W", 3, 1]]);
    expect(told).toBe(0);
    store.flush();
    expect(told).toBe(1);
    expect(store.version(SeriesStore.key(1, "a"))).toBe(1);
    store.flush();
    expect(told).toBe(1);
  });

  test("tells who lists a run's sensors of a new one", () => {
    const store = new SeriesStore();
    const heard: string[] = [];
    store.subscribe(SeriesStore.key(1, ""), () => {
      heard.push(...store.sensorsOf(1).map(({ sensor }) => sensor));
    });
    store.append(1, [["fan.speed[1]", "{rpm}", 1, 4000]]);
    store.flush();
    store.append(1, [["fan.speed[1]", "{rpm}", 2, 4000]]);
    store.flush();
    expect(heard).toEqual(["fan.speed[1]"]);
  });

  test("stops telling who left, and forgets runs that nobody looks at", () => {
    const store = new SeriesStore();
    let told = 0;
    const stop = store.subscribe(SeriesStore.key(1, "a"), () => {
      told += 1;
    });
    stop();
    store.append(1, [["a", "W", 1, 1]]);
    store.append(12, [["a", "W", 1, 1]]);
    store.flush();
    expect(told).toBe(0);
    store.keepOnly(new Set([12]));
    expect(store.sensorsOf(1)).toEqual([]);
    expect(store.sensorsOf(12)).toHaveLength(1);
  });
});

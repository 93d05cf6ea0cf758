import { describe, expect, test } from "vitest";
import { SPARK_HEIGHT, SPARK_WIDTH, sparkPath } from "../../renderer/charts/spark-model.ts";
import { Series } from "../../renderer/store/series.ts";
import { isTileSensor, SeriesStore } from "../../renderer/store/series-store.ts";

/** The corners of a path. */
const corners = (path: string) =>
  [...path.matchAll(/[ML](\d+) (\d+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));

describe("a sparkline", () => {
  test("has no line without samples", () => {
    expect(sparkPath(new Series("W"))).toBe("");
  });

  test("stays within its box and loses no spike of a single sample", () => {
    const series = new Series("Cel", "spark");
    for (let s = 0; s < 300; s += 1) series.append(s * 1000, s === 137 ? 104 : 60 + (s % 3));
    const drawn = corners(sparkPath(series));
    expect(
      drawn.every(({ x, y }) => x >= 0 && x <= SPARK_WIDTH && y >= 0 && y <= SPARK_HEIGHT),
    ).toBe(true);
    const top = Math.min(...drawn.map(({ y }) => y));
    expect(drawn.filter(({ y }) => y === top)).toHaveLength(1);
    expect(drawn.length).toBeLessThanOrEqual(120);
  });

  test("shows the last five minutes, the newest at its right", () => {
    const series = new Series("W", "spark");
    for (let s = 0; s < 900; s += 1) series.append(s * 1000, s < 500 ? 999 : 100 + (s % 2));
    const drawn = corners(sparkPath(series));
    const heights = new Set(drawn.map(({ y }) => y));
    expect(heights.size).toBe(2);
    expect(drawn.at(-1)!.x).toBeGreaterThan(SPARK_WIDTH * 0.97);
  });

  test("of an unchanging value is one level line", () => {
    const series = new Series("W");
    for (let s = 0; s < 60; s += 1) series.append(s * 1000, 42);
    expect(new Set(corners(sparkPath(series)).map(({ y }) => y)).size).toBe(1);
  });
});

describe("what is kept of runs that are not open", () => {
  const feed = (store: SeriesStore, seconds: number, fromS = 0) => {
    for (let s = fromS; s < fromS + seconds; s += 1) {
      store.append(1, [
        ["cpu.package.temp[0]", "Cel", s * 1000, s],
        ["psu.power", "W", s * 1000, s],
        ["fan.speed[1]", "{rpm}", s * 1000, s],
      ]);
    }
  };
  const points = (store: SeriesStore, sensor: string) => [...store.get(1, sensor)!.points()].length;

  test("five minutes of what a tile shows, the newest value of the rest", () => {
    const store = new SeriesStore({ allDeep: false });
    feed(store, 1000);
    expect(points(store, "cpu.package.temp[0]")).toBe(300);
    expect(points(store, "psu.power")).toBe(300);
    expect(points(store, "fan.speed[1]")).toBe(0);
    expect(store.get(1, "fan.speed[1]")?.latest?.[3]).toBe(999);
  });

  test("everything from when a run is opened, and again little when it is closed", () => {
    const store = new SeriesStore({ allDeep: false });
    feed(store, 10);
    store.open(1);
    store.setHistory(1, { sensor: "fan.speed[1]", unit: "{rpm}", points: [[5000, 1, 2, 1.5]] });
    feed(store, 1000, 10);
    expect(points(store, "fan.speed[1]")).toBe(1001);
    expect(points(store, "psu.power")).toBe(1010);
    store.open(null);
    expect(points(store, "psu.power")).toBe(300);
    expect(points(store, "fan.speed[1]")).toBe(0);
    expect(store.get(1, "psu.power")?.latest?.[3]).toBe(1009);
  });

  test("a tile's sensors are the processors' temperatures and the watts", () => {
    expect(isTileSensor("cpu.package.temp[1]", "Cel")).toBe(true);
    expect(isTileSensor("psu.power", "W")).toBe(true);
    expect(isTileSensor("disk.temp[sda]", "Cel")).toBe(false);
    expect(isTileSensor("cpu.clock[0]", "Hz")).toBe(false);
  });

  test("who follows a run hears once a flush, whatever changed in it", () => {
    const store = new SeriesStore({ allDeep: false });
    let told = 0;
    const stop = store.subscribeRun(1, () => {
      told += 1;
    });
    feed(store, 5);
    store.append(2, [["psu.power", "W", 1, 1]]);
    expect(told).toBe(0);
    store.flush();
    store.flush();
    expect(told).toBe(1);
    stop();
    feed(store, 1);
    store.flush();
    expect(told).toBe(1);
  });
});

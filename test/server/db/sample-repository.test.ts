import { describe, expect, test } from "vitest";
import type { Sample } from "../../../contract/agent-api.ts";
import { addRun, openStore, sample, samples, T0, type TempStore } from "./temp-store.ts";

function attemptOf({ store }: TempStore) {
  const { run } = addRun(store, { state: "CPUStress" });
  return { run, attempt: store.attempts.start(run.id, "CPUStress", T0) };
}

/** Every sample of the run as it lies in the table. */
function stored({ db }: TempStore, runId: number): unknown[] {
  return db
    .prepare("SELECT sequence, value FROM samples WHERE run_id = ? ORDER BY sequence")
    .raw()
    .all(runId);
}

describe("inserting samples", () => {
  test("returns those that are new, and leaves a known sequence as it was", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    const { samples: repository } = temp.store;
    expect(repository.insert(run.id, attempt.id, samples(1, 3), T0)).toEqual(samples(1, 3));
    expect(repository.insert(run.id, attempt.id, samples(1, 3), T0)).toEqual([]);
    const mixed = [sample(3, { value: -1 }), sample(4)];
    expect(repository.insert(run.id, attempt.id, mixed, T0)).toEqual([sample(4)]);
    expect(stored(temp, run.id)).toEqual([
      [1, 41],
      [2, 42],
      [3, 43],
      [4, 44],
    ]);
  });

  test("a sequence twice in one batch counts once", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    const batch = [sample(1), sample(1, { value: 0 })];
    expect(temp.store.samples.insert(run.id, attempt.id, batch, T0)).toEqual([sample(1)]);
  });

  test("runs have sequences of their own", () => {
    const temp = openStore();
    const a = attemptOf(temp);
    const b = attemptOf(temp);
    temp.store.samples.insert(a.run.id, a.attempt.id, [sample(1)], T0);
    expect(temp.store.samples.insert(b.run.id, b.attempt.id, [sample(1)], T0)).toHaveLength(1);
  });

  test("a mistake is an error, never taken for a known sequence", () => {
    const temp = openStore();
    const { run } = attemptOf(temp);
    const bad = sample(1, { value: null as unknown as number });
    expect(() => temp.store.samples.insert(run.id, null, [bad], T0)).toThrow(/NOT NULL/);
    expect(() => temp.store.samples.insert(run.id, 999, [sample(1)], T0)).toThrow(/FOREIGN KEY/);
    expect(stored(temp, run.id)).toEqual([]);
  });

  test("a sensor that was new in a batch that was rolled back is written again with the next", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    const batch = [sample(1, { sensor: "fan" }), sample(2, { sensor: "fan" })];
    expect(() =>
      temp.store.transaction(() => {
        temp.store.samples.insert(run.id, attempt.id, batch, T0);
        throw new Error("changed my mind");
      }),
    ).toThrow("changed my mind");
    expect(temp.store.samples.sensors(run.id)).toEqual([]);
    expect(temp.store.samples.newest(run.id, attempt.id)).toBeNull();
    expect(temp.store.samples.insert(run.id, attempt.id, batch, T0)).toHaveLength(2);
    expect(temp.store.samples.sensors(run.id)).toEqual([
      { sensor: "fan", unit: "Cel", samples: 2 },
    ]);
  });
});

describe("what a restart needs of an attempt", () => {
  test("its samples from a time on, oldest first, whole, with the sensor's own critical limit", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    const hot = sample(5, { sensor: "cpu.package.temp[1]", critical: 100, value: 99.25 });
    const batch = [sample(6), hot, sample(2), sample(4, { sensor: "fan", unit: "{rpm}" })];
    temp.store.samples.insert(run.id, attempt.id, batch, T0);
    temp.store.samples.insert(run.id, null, [sample(7, { stage: "Storage" })], T0);
    expect(temp.store.samples.since(run.id, attempt.id, T0 + 4000)).toEqual([
      sample(4, { sensor: "fan", unit: "{rpm}" }),
      hot,
      sample(6),
    ]);
    expect(temp.store.samples.since(run.id, attempt.id + 1, T0)).toEqual([]);
  });

  test("the time of its newest sample, whatever order they came in", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    expect(temp.store.samples.newest(run.id, attempt.id)).toBeNull();
    temp.store.samples.insert(run.id, attempt.id, [sample(9), sample(3)], T0);
    temp.store.samples.insert(run.id, attempt.id, [sample(4)], T0);
    temp.store.samples.insert(run.id, null, [sample(20)], T0);
    expect(temp.store.samples.newest(run.id, attempt.id)).toBe(T0 + 9000);
    expect(temp.store.samples.newest(run.id + 1, attempt.id)).toBeNull();
  });
});

describe("the sensors of a run", () => {
  test("with unit and count", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    const watts: Partial<Sample> = { sensor: "psu.power", unit: "W" };
    temp.store.samples.insert(run.id, attempt.id, [...samples(1, 3), sample(4, watts)], T0);
    temp.store.samples.insert(run.id, attempt.id, [sample(4, watts), sample(5, watts)], T0);
    expect(temp.store.samples.sensors(run.id)).toEqual([
      { sensor: "cpu.package.temp", unit: "Cel", samples: 3 },
      { sensor: "psu.power", unit: "W", samples: 2 },
    ]);
  });
});

describe("a series", () => {
  const all = { fromMs: null, toMs: null };

  test("of an unknown sensor is null, also when another run has it", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    const other = attemptOf(temp);
    temp.store.samples.insert(run.id, attempt.id, [sample(1)], T0);
    const series = (runId: number, sensor: string) =>
      temp.store.samples.series(runId, { sensor, ...all, points: 10 });
    expect(series(run.id, "nope")).toBeNull();
    expect(series(other.run.id, "cpu.package.temp")).toBeNull();
    expect(series(run.id, "cpu.package.temp")?.unit).toBe("Cel");
  });

  test("with room for every sample gives each as it is", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    temp.store.samples.insert(run.id, attempt.id, samples(1, 3), T0);
    const series = temp.store.samples.series(run.id, {
      sensor: "cpu.package.temp",
      ...all,
      points: 3,
    });
    expect(series).toEqual({
      sensor: "cpu.package.temp",
      unit: "Cel",
      points: [1, 2, 3].map((n) => [T0 + n * 1000, 40 + n, 40 + n, 40 + n]),
    });
  });

  test("keeps to the time asked for, both ends included", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    temp.store.samples.insert(run.id, attempt.id, samples(1, 9), T0);
    const times = (fromMs: number | null, toMs: number | null) =>
      temp.store.samples
        .series(run.id, { sensor: "cpu.package.temp", fromMs, toMs, points: 50 })
        ?.points.map(([t]) => (t - T0) / 1000);
    expect(times(T0 + 3000, T0 + 5000)).toEqual([3, 4, 5]);
    expect(times(T0 + 8000, null)).toEqual([8, 9]);
    expect(times(null, T0 + 1500.5)).toEqual([1]);
    expect(times(T0 + 60_000, null)).toEqual([]);
  });

  test.each([
    [1000, 300],
    [1000, 7],
    [1000, 1],
    [301, 300],
  ])("of %i samples in at most %i buckets loses no spike and no dip", (count, points) => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    const batch = samples(1, count, { value: 50 });
    const spike = { ...batch[Math.floor(count / 3)]!, value: 104.5 };
    const dip = { ...batch[Math.floor(count / 2)]!, value: -7 };
    const all1000 = batch.map((it) =>
      it.sequence === spike.sequence ? spike : it.sequence === dip.sequence ? dip : it,
    );
    temp.store.samples.insert(run.id, attempt.id, all1000, T0);
    const series = temp.store.samples.series(run.id, {
      sensor: "cpu.package.temp",
      ...all,
      points,
    })!;
    expect(series.points.length).toBeLessThanOrEqual(points);
    expect(series.points.length).toBeGreaterThan(points / 2);
    expect(Math.max(...series.points.map(([, , max]) => max))).toBe(104.5);
    expect(Math.min(...series.points.map(([, min]) => min))).toBe(-7);
    const times = series.points.map(([t]) => t);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const [, min, max, mean] of series.points) {
      expect(mean).toBeGreaterThanOrEqual(min);
      expect(mean).toBeLessThanOrEqual(max);
    }
    if (points === 1) {
      const mean = all1000.reduce((sum, { value }) => sum + value, 0) / count;
      expect(series.points[0]?.[3]).toBeCloseTo(mean, 9);
    }
  });

  test("many samples at one moment are one bucket", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    const t = new Date(T0).toISOString();
    temp.store.samples.insert(run.id, attempt.id, samples(1, 5, { t }), T0);
    const series = temp.store.samples.series(run.id, {
      sensor: "cpu.package.temp",
      ...all,
      points: 2,
    });
    expect(series?.points).toEqual([[T0, 41, 45, 43]]);
  });

  test("of a sensor that changed its unit is drawn in the unit it used most", () => {
    const temp = openStore();
    const { run, attempt } = attemptOf(temp);
    temp.store.samples.insert(run.id, attempt.id, samples(1, 3, { unit: "[degF]" }), T0);
    temp.store.samples.insert(run.id, attempt.id, samples(4, 9), T0);
    const series = temp.store.samples.series(run.id, {
      sensor: "cpu.package.temp",
      ...all,
      points: 50,
    });
    expect(series?.unit).toBe("Cel");
    expect(series?.points).toHaveLength(6);
  });
});

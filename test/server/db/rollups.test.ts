/** Graphs from rollups, held against the samples themselves: the same least, greatest and count, whatever came how. */
import { describe, expect, test } from "vitest";
import type { Sample } from "../../../contract/agent-api.ts";
import { ROLLUP_WIDTHS_MS } from "../../../server/db/rollups.ts";
import { cellOf, gridFor } from "../../../server/db/time-grid.ts";
import { Chance } from "../netboot/chance.ts";
import { addRun, openStore, sample, samples, T0, type TempStore } from "./temp-store.ts";

const SENSORS = ["cpu.package.temp", "fan.speed[1]", "psu.power"] as const;

interface Truth {
  readonly t: number;
  readonly value: number;
}

/** What `series` must give: every sample put into its cell by hand. */
function bruteForce(
  all: readonly Truth[],
  { fromMs, toMs, points }: { fromMs: number | null; toMs: number | null; points: number },
): [number, number, number, number][] {
  const within = all
    .filter(({ t }) => (fromMs === null || t >= fromMs) && (toMs === null || t <= toMs))
    .sort((a, b) => a.t - b.t || a.value - b.value);
  if (within.length <= points) return within.map(({ t, value }) => [t, value, value, value]);
  const grid = gridFor(within[0]!.t, within.at(-1)!.t, points, ROLLUP_WIDTHS_MS);
  const cells = Map.groupBy(within, ({ t }) => cellOf(grid, t));
  return [...cells.values()].map((members) => {
    const values = members.map(({ value }) => value);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [members[0]!.t, Math.min(...values), Math.max(...values), mean];
  });
}

function expectSame(
  points: readonly (readonly number[])[] | undefined,
  truth: readonly (readonly number[])[],
): void {
  const exact = (rows: readonly (readonly number[])[]) =>
    rows.map(([t, min, max]) => [t, min, max]);
  expect(exact(points ?? [])).toEqual(exact(truth));
  for (const [index, row] of truth.entries()) {
    expect(points?.[index]?.[3]).toBeCloseTo(row[3] ?? Number.NaN, 6);
  }
}

/** Samples of some hours in no order: late ones, gaps, bursts, repeats, two sensors at different rates. */
function chanceSamples(chance: Chance, count: number, startMs: number, spanMs: number): Sample[] {
  const gapAt = chance.below(spanMs);
  return Array.from({ length: count }, (_, index) => {
    const at = chance.below(10) === 0 ? gapAt : chance.below(spanMs);
    const sensor = chance.oneOf(SENSORS);
    const spike = chance.below(200) === 0;
    return sample(index + 1, {
      t: new Date(startMs + at).toISOString(),
      sensor,
      unit: sensor === "psu.power" ? "W" : "Cel",
      value: spike ? chance.oneOf([-273, 1e6]) : chance.below(1000) / 10,
    });
  }).filter(
    ({ t }) => Math.abs(Date.parse(t) - startMs - gapAt) > spanMs / 20 || chance.below(3) > 0,
  );
}

function insertInBatches({ store }: TempStore, runId: number, all: Sample[], chance: Chance): void {
  for (let at = 0; at < all.length; ) {
    const size = 1 + chance.below(300);
    // Every batch repeats the end of the one before, as after a lost answer.
    const batch = all.slice(Math.max(0, at - chance.below(20)), at + size);
    store.samples.insert(runId, null, batch, T0);
    at += size;
  }
}

describe("a series of random samples is what the samples themselves give", () => {
  test.each([
    ["three days", 1, T0, 72 * 3600_000],
    ["five hours", 2, T0 + 1, 5 * 3600_000],
    ["half an hour", 3, T0 + 59_999, 1800_000],
    ["a minute", 4, T0 - 1, 60_000],
    ["a host whose clock stands before 1970", 5, -3600_000, 2 * 3600_000],
  ])("%s", (_, seed, startMs, spanMs) => {
    const chance = new Chance(seed * 7919);
    const temp = openStore();
    const { run } = addRun(temp.store, { state: "CPUStress" });
    const other = addRun(temp.store, { state: "CPUStress" }).run;
    const all = chanceSamples(chance, 4000, startMs, spanMs);
    insertInBatches(temp, run.id, all, chance);
    // Another run at the same time is none of its business.
    temp.store.samples.insert(other.id, null, all.slice(0, 50), T0);
    const truthOf = (sensor: string) =>
      all
        .filter((one) => one.sensor === sensor)
        .map(({ t, value }) => ({ t: Date.parse(t), value }));

    const edges = () => {
      const width = chance.oneOf([1, 1000, ...ROLLUP_WIDTHS_MS]);
      const at = startMs + chance.below(spanMs);
      // On a bucket's edge, just before it, and just after it.
      return chance.below(6) === 0
        ? null
        : Math.floor(at / width) * width + chance.oneOf([-1, 0, 0, 1]);
    };
    for (let round = 0; round < 60; round += 1) {
      const [a, b] = [edges(), edges()];
      const fromMs = a === null || b === null ? a : Math.min(a, b);
      const toMs = a === null || b === null ? b : Math.max(a, b);
      const query = { fromMs, toMs, points: chance.oneOf([1, 2, 7, 50, 300, 1000]) };
      const whole = temp.store.samples.runSeries(run.id, query);
      expect(whole.map(({ sensor }) => sensor)).toEqual([...SENSORS].sort());
      for (const { sensor, unit, points } of whole) {
        const truth = bruteForce(truthOf(sensor), query);
        expect(truth.length).toBeLessThanOrEqual(query.points);
        expectSame(points, truth);
        expect(temp.store.samples.series(run.id, { sensor, ...query })).toEqual({
          sensor,
          unit,
          points,
        });
      }
    }
  });
});

describe("a spike of one sample", () => {
  test.each([
    ["on the first moment of a bucket", 600_000],
    ["on the last moment of a bucket", 599_999],
    ["in the middle", 305_123],
  ])("%s is in every zoom that holds it, and in none that does not", (_, offset) => {
    const temp = openStore();
    const { run } = addRun(temp.store);
    const at = T0 + 7 * 600_000 + offset;
    const calm = samples(1, 7200, { value: 50 });
    const spike = sample(9999, { t: new Date(at).toISOString(), value: 104.5 });
    temp.store.samples.insert(run.id, null, [...calm, spike], T0);
    const greatest = (fromMs: number, toMs: number, points: number) =>
      Math.max(
        ...(temp.store.samples
          .series(run.id, { sensor: spike.sensor, fromMs, toMs, points })
          ?.points.map(([, , max]) => max) ?? []),
      );
    for (const width of [1000, 15_000, 70_000, 1_000_000, 3_000_000]) {
      for (const points of [1, 3, 10, 300]) {
        expect(greatest(at - width, at, points)).toBe(104.5);
        expect(greatest(at, at + width, points)).toBe(104.5);
        expect(greatest(at - width, at - 1, points)).toBe(50);
        expect(greatest(at + 1, at + width, points)).toBe(50);
      }
    }
  });

  test("that comes hours late is in the buckets that were there already", () => {
    const temp = openStore();
    const { run } = addRun(temp.store);
    temp.store.samples.insert(run.id, null, samples(1, 7200, { value: 50 }), T0);
    const late = sample(8000, { t: new Date(T0 + 3_333_000).toISOString(), value: -40 });
    temp.store.samples.insert(run.id, null, [late], T0 + 9_000_000);
    const [, least] = temp.store.samples
      .series(run.id, { sensor: late.sensor, fromMs: null, toMs: null, points: 10 })!
      .points.reduce((least, point) => (point[1] < least[1] ? point : least));
    expect(least).toBe(-40);
  });
});

describe("rollups", () => {
  const rows = ({ db }: TempStore) =>
    db
      .prepare(
        `SELECT width_ms, sum(samples) AS samples, min(least) AS least, max(greatest) AS greatest,
           min(first_ms) AS first FROM sample_rollups GROUP BY width_ms ORDER BY width_ms`,
      )
      .all();

  test("count every stored sample once at each width, however often it was sent", () => {
    const temp = openStore();
    const { run } = addRun(temp.store);
    for (let times = 0; times < 3; times += 1) {
      temp.store.samples.insert(run.id, null, samples(1, 100), T0);
    }
    expect(rows(temp)).toEqual(
      ROLLUP_WIDTHS_MS.map((width_ms) => ({
        width_ms,
        samples: 100,
        least: 41,
        greatest: 140,
        first: T0 + 1000,
      })),
    );
  });

  test("never part from the samples: a batch that is rolled back leaves neither", () => {
    const temp = openStore();
    const { run } = addRun(temp.store);
    expect(() =>
      temp.store.transaction(() => {
        temp.store.samples.insert(run.id, null, samples(1, 5), T0);
        throw new Error("changed my mind");
      }),
    ).toThrow("changed my mind");
    const bad = sample(6, { value: null as unknown as number });
    expect(() => temp.store.samples.insert(run.id, null, [sample(5), bad], T0)).toThrow(/NOT NULL/);
    expect(rows(temp)).toEqual([]);
  });

  test("take the greatest numbers there are without choking on their sum", () => {
    const temp = openStore();
    const { run } = addRun(temp.store);
    const huge = [1, 1, -1, -1, -1, -1].map((sign, index) =>
      sample(index + 1, { value: sign * Number.MAX_VALUE, t: new Date(T0).toISOString() }),
    );
    for (const one of huge) temp.store.samples.insert(run.id, null, [one], T0);
    temp.store.samples.insert(run.id, null, samples(10, 700), T0);
    const { points } = temp.store.samples.series(run.id, {
      sensor: huge[0]!.sensor,
      fromMs: null,
      toMs: null,
      points: 1,
    })!;
    expect(points[0]?.slice(1, 3)).toEqual([-Number.MAX_VALUE, Number.MAX_VALUE]);
    expect(points[0]?.[3]).toBeTypeOf("number");
    expect(Number.isFinite(points[0]?.[3])).toBe(true);
  });
});

describe("a run's sensors at once", () => {
  test("one that worked for ten minutes of three days is drawn as finely as one alone", () => {
    const temp = openStore();
    const { run } = addRun(temp.store);
    const day = Array.from({ length: 4000 }, (_, n) =>
      sample(n + 1, { t: new Date(T0 + n * 64_800).toISOString() }),
    );
    const brief = Array.from({ length: 600 }, (_, n) =>
      sample(n + 5000, { t: new Date(T0 + 1e8 + n * 1000).toISOString(), sensor: "gpu.temp[0]" }),
    );
    temp.store.samples.insert(run.id, null, [...day, ...brief], T0);
    const [cpu, gpu] = temp.store.samples.runSeries(run.id, {
      fromMs: null,
      toMs: null,
      points: 300,
    });
    expect(cpu?.points.length).toBeGreaterThan(150);
    expect(gpu?.points.length).toBeGreaterThan(150);
  });

  test("one that changed its unit comes once, in the unit it used most", () => {
    const temp = openStore();
    const { run } = addRun(temp.store);
    temp.store.samples.insert(run.id, null, samples(1, 3, { unit: "[degF]", value: 120 }), T0);
    temp.store.samples.insert(run.id, null, samples(4, 900), T0);
    const query = { fromMs: null, toMs: null, points: 10 };
    const all = temp.store.samples.runSeries(run.id, query);
    expect(all).toEqual([
      temp.store.samples.series(run.id, { sensor: sample(1).sensor, ...query }),
    ]);
    expect(all[0]?.unit).toBe("Cel");
    expect(all[0]?.points[0]?.[0]).toBe(T0 + 4000);
  });

  test("of a run without samples are none, and a span without samples has no points", () => {
    const temp = openStore();
    const { run } = addRun(temp.store);
    const query = { fromMs: null, toMs: null, points: 10 };
    expect(temp.store.samples.runSeries(run.id, query)).toEqual([]);
    temp.store.samples.insert(run.id, null, samples(1, 3), T0);
    expect(temp.store.samples.runSeries(run.id, { ...query, fromMs: T0 + 1e6 })).toEqual([
      { sensor: sample(1).sensor, unit: "Cel", points: [] },
    ]);
  });
});

describe("pages of samples", () => {
  test("hold every sample once, by time, late and equal ones too, both ends of the span included", () => {
    const temp = openStore();
    const { run } = addRun(temp.store);
    const chance = new Chance(11);
    const all = Array.from({ length: 500 }, (_, n) =>
      sample(n + 1, {
        t: new Date(T0 + chance.below(60) * 1000).toISOString(),
        value: chance.below(3),
      }),
    );
    temp.store.samples.insert(run.id, null, all, T0);
    const query = { sensor: sample(1).sensor, unit: "Cel", fromMs: T0 + 5000, toMs: T0 + 50_000 };
    const read = [];
    for (let after = null; ; ) {
      const page = temp.store.samples.page(run.id, { ...query, after, limit: 7 });
      read.push(...page);
      if (page.length < 7) break;
      after = page.at(-1)!;
    }
    const times = read.map(({ tMs }) => tMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const expected = all.filter(
      ({ t }) => Date.parse(t) >= query.fromMs && Date.parse(t) <= query.toMs,
    );
    expect(read.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(
      expected.map(({ sequence }) => sequence),
    );
    expect(read[0]).toMatchObject({ stage: "CPUStress" });
    expect(temp.store.samples.page(run.id, { ...query, unit: "W", after: null, limit: 7 })).toEqual(
      [],
    );
  });
});

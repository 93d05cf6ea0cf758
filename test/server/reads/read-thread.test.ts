/** The reading thread: real threads over a real database, and threads that break. */
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { runSeriesResponseSchema, seriesResponseSchema } from "../../../contract/console-api.ts";
import { type ReadThreadOptions, startReadThread } from "../../../server/reads/read-thread.ts";
import type { Read, ReadResult } from "../../../server/reads/reads.ts";
import { detail, host } from "../../fakes/console-data.ts";
import { addRun, openStore, sample, samples, T0 } from "../db/temp-store.ts";

const whole = { fromMs: null, toMs: null };
const series = (runId: number, sensor: string): Read => ({
  kind: "series",
  runId,
  sensor,
  points: 300,
  ...whole,
});

async function textOf(result: ReadResult): Promise<string | null> {
  if (!result.ok) throw new Error(`${result.kind}: ${result.detail}`);
  if (result.body instanceof Readable) return text(result.body);
  return result.body?.toString() ?? null;
}

function threadOver(databaseFile: string, more: Partial<ReadThreadOptions> = {}) {
  const faults: string[] = [];
  const thread = startReadThread({
    databaseFile,
    onFault: (error) => faults.push(error),
    ...more,
  });
  onTestFinished(() => thread.close());
  return { ...thread, faults };
}

describe("over a database", () => {
  test("gives what the store itself gives, as JSON of the contract", async () => {
    const { store, file } = openStore();
    const { run } = addRun(store);
    const { read } = threadOver(file);
    store.samples.insert(run.id, null, samples(1, 1000), T0);
    const { sensor } = sample(1);
    const one = await textOf(await read(series(run.id, sensor)));
    expect(seriesResponseSchema.parse(JSON.parse(one ?? ""))).toEqual(
      store.samples.series(run.id, { sensor, ...whole, points: 300 }),
    );
    const all = await textOf(
      await read({ kind: "run-series", runId: run.id, ...whole, points: 20 }),
    );
    expect(runSeriesResponseSchema.parse(JSON.parse(all ?? ""))).toEqual({
      series: store.samples.runSeries(run.id, { ...whole, points: 20 }),
    });
    expect(await textOf(await read(series(run.id, "nope")))).toBeNull();
  });

  test("sees every commit at once", async () => {
    const { store, file } = openStore();
    const { run } = addRun(store);
    const { read } = threadOver(file);
    for (let n = 1; n <= 20; n += 1) {
      store.samples.insert(run.id, null, [sample(n)], T0);
      const answer = await textOf(await read(series(run.id, sample(1).sensor)));
      expect(JSON.parse(answer ?? "").points).toHaveLength(n);
    }
  });

  test("renders the report of a run with its graphs", async () => {
    const { store, file } = openStore();
    const { run } = addRun(store);
    const { read } = threadOver(file);
    store.samples.insert(run.id, null, samples(1, 400), T0);
    const shown = detail({ id: run.id, hostName: "orion" });
    const report: Read = { kind: "report", name: "html", run: shown, host: host() };
    const html = await textOf(await read(report));
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain("orion");
    expect(html).toContain('class="plot"');
  });

  test("sends a long CSV in pieces, whole, while other reads have their turn", async () => {
    const { store, file } = openStore();
    const { run } = addRun(store);
    const { read } = threadOver(file);
    store.transaction(() => store.samples.insert(run.id, null, samples(1, 30_000), T0));
    const { sensor } = sample(1);
    const long = await read({ kind: "series-csv", runId: run.id, sensor, ...whole });
    if (!long.ok || !(long.body instanceof Readable)) throw new Error("expected a stream");
    const between = await textOf(await read(series(run.id, sensor)));
    expect(JSON.parse(between ?? "").points.length).toBeGreaterThan(100);
    const lines = (await text(long.body)).split("\r\n");
    expect(lines).toHaveLength(30_002);
    expect(lines.slice(0, 2)).toEqual(["time,value,unit,stage", `${sample(1).t},41,Cel,CPUStress`]);
    expect(lines.at(-2)).toBe(`${sample(30_000).t},30040,Cel,CPUStress`);
  });

  test("holds up neither the writer nor its checkpoint while somebody downloads slowly", async () => {
    const { db, store, file } = openStore();
    const { run } = addRun(store);
    const { read } = threadOver(file);
    store.transaction(() => store.samples.insert(run.id, null, samples(1, 30_000), T0));
    const { sensor } = sample(1);
    const long = await read({ kind: "series-csv", runId: run.id, sensor, ...whole });
    if (!long.ok || !(long.body instanceof Readable)) throw new Error("expected a stream");
    store.samples.insert(run.id, null, samples(30_001, 30_100), T0);
    const [checkpoint] = db.pragma("wal_checkpoint(TRUNCATE)") as { busy: number; log: number }[];
    expect(checkpoint).toMatchObject({ busy: 0, log: 0 });
    expect((await buffer(long.body)).length).toBeGreaterThan(30_000 * 20);
  });

  test("a download that nobody takes to its end makes room for the next", async () => {
    const { store, file } = openStore();
    const { run } = addRun(store);
    const { read } = threadOver(file);
    store.transaction(() => store.samples.insert(run.id, null, samples(1, 8000), T0));
    const csv: Read = { kind: "series-csv", runId: run.id, sensor: sample(1).sensor, ...whole };
    const open: Readable[] = [];
    for (;;) {
      const result = await read(csv);
      if (!result.ok) {
        expect(result.kind).toBe("reads-busy");
        break;
      }
      open.push(result.body as Readable);
      expect(open.length).toBeLessThan(100);
    }
    open[0]?.destroy();
    await expect.poll(async () => (await read(csv)).ok).toBe(true);
    // Short reads have their turn all the while.
    expect((await read(series(run.id, sample(1).sensor))).ok).toBe(true);
    for (const body of open) body.destroy();
  });

  test("an exception inside is a failure with words, is logged, and ends nothing", async () => {
    const { store, file } = openStore();
    const { run } = addRun(store);
    const { read, faults } = threadOver(file);
    const nonsense = { kind: "report", name: "nonsense", run: detail({ id: run.id }) } as never;
    const failure = await read(nonsense);
    expect(failure).toMatchObject({ ok: false, kind: "read-failed" });
    expect(faults.join()).toContain("TypeError");
    expect(await textOf(await read(series(run.id, "nope")))).toBeNull();
    expect(faults).toHaveLength(1);
  });

  test("cannot write", async () => {
    const { db, file } = openStore();
    const { openReadOnly } = await import("../../../server/db/open.ts");
    const second = openReadOnly(file);
    expect(() => second.exec("DELETE FROM samples")).toThrow(/readonly/);
    second.close();
    expect(db.open).toBe(true);
  });
});

describe("a thread that breaks", () => {
  const workerUrl = new URL("./broken-worker.ts", import.meta.url);
  const broken = (more: Partial<ReadThreadOptions> = {}) =>
    threadOver("/nonexistent/vetting.db", { workerUrl, ...more });

  test.each([
    ["throws", "die"],
    ["exits", "exit"],
  ])(
    "and %s fails what it was asked with a sentence; the next read has a new one",
    async (_, how) => {
      const { read } = broken();
      expect(await textOf(await read(series(1, "fine")))).toBe("fine");
      const [first, second] = await Promise.all([read(series(1, how)), read(series(1, "behind"))]);
      expect(first).toMatchObject({ ok: false, kind: "read-interrupted" });
      expect(second).toMatchObject({ ok: false, kind: "read-interrupted" });
      expect(first.ok ? "" : first.detail).toMatch(/Ask again/);
      expect(await textOf(await read(series(1, "fine again")))).toBe("fine again");
    },
  );

  test("and throws is logged with what it said", async () => {
    const { read, faults } = broken();
    await read(series(1, "die"));
    expect(faults.join()).toContain("out of luck");
  });

  test("by taking all the memory it may ends itself and not the console", async () => {
    const { read, faults } = broken({ heapMib: 24 });
    expect(await read(series(1, "grow"))).toMatchObject({ kind: "read-interrupted" });
    expect(faults.join()).toMatch(/memory/i);
    expect(await textOf(await read(series(1, "fine")))).toBe("fine");
  });

  test("by never answering is given up after its time", async () => {
    const { read, faults } = broken({ timeoutMs: 1500 });
    expect(await textOf(await read(series(1, "fine")))).toBe("fine");
    const [stuck, behind] = await Promise.all([read(series(1, "hang")), read(series(1, "x"))]);
    expect(stuck).toMatchObject({ ok: false, kind: "read-too-long" });
    expect(behind).toMatchObject({ ok: false, kind: "read-interrupted" });
    expect(faults.join()).toContain("given up");
    expect(await textOf(await read(series(1, "fine")))).toBe("fine");
  });

  test("in the middle of a long answer fails it: half is never taken for the whole", async () => {
    const { read } = broken();
    const half = await read(series(1, "break-off"));
    if (!half.ok || !(half.body instanceof Readable)) throw new Error("expected a stream");
    await expect(text(half.body)).rejects.toThrow(/reading thread ended/);
    expect(await textOf(await read(series(1, "fine")))).toBe("fine");
  });

  test("cannot be found at all: every read says so, none hangs", async () => {
    const { read, faults } = broken({ workerUrl: new URL("./no-such-worker.ts", import.meta.url) });
    expect(await read(series(1, "fine"))).toMatchObject({ kind: "read-interrupted" });
    expect(faults.join()).toContain("no-such-worker");
  });
});

test("more reads than may wait are refused at once", async () => {
  const workerUrl = new URL("./broken-worker.ts", import.meta.url);
  const { read } = threadOver("/nonexistent/vetting.db", { workerUrl, mostWaiting: 3 });
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, n) => read(series(1, `read ${n}`))),
  );
  const kinds = results.map((result) => (result.ok ? "read" : result.kind));
  expect(kinds.filter((kind) => kind === "read")).toHaveLength(4);
  expect(kinds.filter((kind) => kind === "reads-busy")).toHaveLength(6);
});

test("after close nothing is read, and whoever waited is told", async () => {
  const workerUrl = new URL("./broken-worker.ts", import.meta.url);
  const { read, close } = threadOver("/nonexistent/vetting.db", { workerUrl });
  const waiting = read(series(1, "hang"));
  await close();
  expect(await waiting).toMatchObject({ kind: "read-interrupted" });
  expect(await read(series(1, "fine"))).toMatchObject({ kind: "read-interrupted" });
});

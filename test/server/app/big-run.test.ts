/** The running console with a long run in its database: graphs, CSV and report go through the reading thread. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runDetailSchema, runSeriesResponseSchema } from "../../../contract/console-api.ts";
import { openDatabase } from "../../../server/db/open.ts";
import { createStore } from "../../../server/db/store.ts";
import { readOptions } from "../../../server/options.ts";
import { type RunningConsole, startConsole } from "../../../server/start-console.ts";
import { addRun, samples, T0 } from "../db/temp-store.ts";

const ROWS = 20_000;
let directory = "";
let console_: RunningConsole | null = null;
let runId = 0;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "vetting-big-"));
  const db = openDatabase(join(directory, "vetting.db"));
  const store = createStore(db);
  const { run } = addRun(store, { state: "Passed", verdict: "pass", endedAt: T0 });
  runId = run.id;
  store.transaction(() => store.samples.insert(runId, null, samples(1, ROWS), T0));
  db.close();
  const args = ["--data-dir", directory, "--console-port", "0"];
  console_ = await startConsole(readOptions(args, {}));
});
afterEach(async () => {
  await console_?.close();
  rmSync(directory, { recursive: true, force: true });
});

function get(path: string): Promise<Response> {
  const url = new URL(console_?.consoleUrl ?? "");
  return fetch(new URL(`/api/v1/runs/${runId}${path}`, url), {
    headers: { authorization: `Bearer ${url.searchParams.get("token")}` },
  });
}

test("opens with its detail and one request for all graphs", async () => {
  const run = runDetailSchema.parse(await (await get("")).json());
  expect(run.sensors).toEqual([{ sensor: "cpu.package.temp", unit: "Cel", samples: ROWS }]);
  const { series } = runSeriesResponseSchema.parse(await (await get("/series/all")).json());
  expect(series[0]?.points.length).toBeGreaterThan(150);
  expect(Math.max(...(series[0]?.points.map(([, , max]) => max) ?? []))).toBe(40 + ROWS);
});

test("hands out every sample as CSV, and breaks off a report or a download cleanly when it stops", async () => {
  const csv = await get("/series.csv?sensor=cpu.package.temp");
  expect(csv.headers.get("transfer-encoding")).toBe("chunked");
  expect((await csv.text()).trimEnd().split("\r\n")).toHaveLength(ROWS + 1);
  expect(await (await get("/report.html")).text()).toContain('class="plot"');
  const begun = await get("/series.csv?sensor=cpu.package.temp");
  await begun.body?.cancel();
  await console_?.close();
});

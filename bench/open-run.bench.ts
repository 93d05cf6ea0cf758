import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type Database from "better-sqlite3";
import { chromium, type Page } from "playwright";
import type { Sample } from "../contract/agent-api.ts";
import type { RunSeriesResponse } from "../contract/console-api.ts";
import { STAGES } from "../contract/stages.ts";
import { openDatabase, openReadOnly } from "../server/db/open.ts";
import { createStore } from "../server/db/store.ts";
import type { Store } from "../server/run/ports.ts";
import { CHROMIUM } from "../test/chromium.ts";
import { ConsoleProcess } from "../test/e2e/console-process.ts";
import { addRun } from "../test/server/db/new-records.ts";
import { Chance } from "../test/server/netboot/chance.ts";
import { median, report } from "./harness.ts";

/**
 * Opening a soak of 72 h with 2.6 million stored samples, against the same run asked as graphs were asked before
 * there were rollups, and against a run of five minutes: the same database, the same console, the same moment.
 */
const SENSORS = 10;
const SOAK_SECONDS = 260_000;
const SHORT_SECONDS = 300;
const LOG_LINES = 20_000;
const POINTS = 300;
const ROUNDS = 15;
const PAGE_ROUNDS = 5;
/** As an agent posts them, and so many posts a commit. */
const BATCH = 500;
const BATCHES_A_COMMIT = 40;
const START = Date.parse("2026-01-01T00:00:00Z");
const SPIKE = 104.5;

const sensorName = (sensor: number) =>
  sensor < 6
    ? `cpu.core[${sensor}].temp`
    : sensor < 8
      ? `fan[${sensor}].speed`
      : `psu[${sensor}].power`;
const unitOf = (sensor: number) => (sensor < 6 ? "Cel" : sensor < 8 ? "{rpm}" : "W");

/** A finished run with one sample a second of every sensor, stored as the console stores them, and one spike. */
function fill(store: Store, seconds: number, logLines: number): number {
  const ended = { state: "Passed", verdict: "pass", startedAt: START } as const;
  const endedAt = START + seconds * 1000;
  const { run } = addRun(store, { ...ended, profile: "soak", endedAt, stateSince: endedAt });
  const stageMs = Math.floor((seconds * 1000) / STAGES.length);
  STAGES.forEach((stage, index) => {
    const startedAt = START + index * stageMs;
    const { id } = store.attempts.start(run.id, stage, startedAt);
    const end = { status: "complete", result: "pass", claimedResult: "pass" } as const;
    store.attempts.finish(id, {
      ...end,
      reason: null,
      endedAt: startedAt + stageMs,
      outcome: null,
    });
  });
  const chance = new Chance(72);
  const rows = seconds * SENSORS;
  const sampleAt = (row: number): Sample => {
    const sensor = row % SENSORS;
    const second = Math.floor(row / SENSORS);
    return {
      sequence: row + 1,
      stage: "Burn",
      t: new Date(START + second * 1000).toISOString(),
      sensor: sensorName(sensor),
      unit: unitOf(sensor),
      value: row === SENSORS * Math.floor(seconds / 3) ? SPIKE : 40 + chance.below(300) / 10,
    };
  };
  for (let row = 0; row < rows; ) {
    store.transaction(() => {
      for (let batch = 0; batch < BATCHES_A_COMMIT && row < rows; batch += 1) {
        const size = Math.min(BATCH, rows - row);
        const samples = Array.from({ length: size }, (_, index) => sampleAt(row + index));
        store.samples.insert(run.id, null, samples, START);
        row += size;
      }
    });
  }
  store.logs.insert(
    run.id,
    Array.from({ length: logLines }, (_, line) => ({
      sequence: rows + 1 + line,
      stage: "Burn" as const,
      t: new Date(START + line * 1000).toISOString(),
      level: "info" as const,
      source: "stress-ng",
      text: `pass ${line}: every worker is at its work, and nothing is out of the ordinary`,
    })),
    START,
  );
  return run.id;
}

/** The graphs as they were asked before: every bucket from the samples themselves, a sensor a request. */
function oldQuery(db: Database.Database, runId: number): number {
  const buckets = db
    .prepare(
      `SELECT min(t_ms), min(value), max(value), avg(value) FROM samples
       WHERE run_id = @runId AND sensor_id = @id AND t_ms >= @from AND t_ms <= @to
       GROUP BY CAST((t_ms - @from) * CAST(@points AS INTEGER) AS INTEGER)
                / CAST(@to - @from + 1 AS INTEGER)
       ORDER BY min(t_ms)`,
    )
    .raw();
  const to = START + (SOAK_SECONDS - 1) * 1000;
  const ids = db.prepare("SELECT sensor_id FROM run_sensors WHERE run_id = ?").pluck().all(runId);
  const began = performance.now();
  for (const id of ids) JSON.stringify(buckets.all({ runId, id, from: START, to, points: POINTS }));
  return performance.now() - began;
}

interface Opened {
  readonly ms: number;
  readonly series: RunSeriesResponse;
}
/** What the page asks for, all at once. */
async function open(console_: ConsoleProcess, runId: number): Promise<Opened> {
  const began = performance.now();
  const [, graphs] = await Promise.all([
    console_.api("GET", `runs/${runId}`),
    console_.api<RunSeriesResponse>("GET", `runs/${runId}/series/all?points=${POINTS}`),
    console_.api("GET", `runs/${runId}/logs?tail=1&limit=1000`),
  ]);
  return { ms: performance.now() - began, series: graphs.body };
}

/** The event loop's delay since the last call, as the console itself measures it: the timer's own 10 ms included. */
async function loopDelay(console_: ConsoleProcess): Promise<{ p99: number; max: number }> {
  const url = new URL("/metrics", console_.ready.consoleUrl);
  const headers = { authorization: `Bearer ${console_.token}` };
  const text = await (await fetch(url, { headers })).text();
  const quantile = (q: string) =>
    1000 * Number(text.match(new RegExp(`delay_seconds\\{quantile="${q}"\\} (\\S+)`))?.[1]);
  return { p99: quantile("0.99"), max: quantile("1") };
}

/** The longest that a short question waited while the work was done. */
async function slowestPing(
  console_: ConsoleProcess,
  work: () => Promise<unknown>,
): Promise<number> {
  let over = false;
  let slowest = 0;
  const pings = (async () => {
    while (!over) {
      const began = performance.now();
      await console_.api("GET", "profiles");
      slowest = Math.max(slowest, performance.now() - began);
    }
  })();
  await work();
  over = true;
  await pings;
  return slowest;
}

/** From the step into the run, inside the page, until every graph that it shows has a line. */
async function drawn(page: Page, runId: number): Promise<number> {
  await page.evaluate(() => {
    window.location.hash = "#/";
  });
  await page.locator(".recharts-line-curve").first().waitFor({ state: "detached" });
  return page.evaluate(
    (hash) =>
      new Promise<number>((resolve, reject) => {
        const began = performance.now();
        setTimeout(() => reject(new Error("The graphs were not drawn within 30 s.")), 30_000);
        const look = () => {
          const charts = [...document.querySelectorAll("main figure")];
          const all =
            charts.length > 0 &&
            charts.every((chart) => chart.querySelector(".recharts-line-curve[d]") !== null);
          if (!all) return;
          watch.disconnect();
          // Two frames on, it is on the screen.
          requestAnimationFrame(() =>
            requestAnimationFrame(() => resolve(performance.now() - began)),
          );
        };
        const watch = new MutationObserver(look);
        watch.observe(document.body, { childList: true, subtree: true, attributes: true });
        window.location.hash = hash;
      }),
    `#/runs/${runId}/graphs`,
  );
}

const console_ = new ConsoleProcess("127.0.0.1");
const databaseFile = join(console_.dataDir, "data/vetting.db");
mkdirSync(join(console_.dataDir, "data"), { recursive: true });
try {
  const db = openDatabase(databaseFile);
  const store = createStore(db);
  const fillBegan = performance.now();
  const soak = fill(store, SOAK_SECONDS, LOG_LINES);
  const fillS = (performance.now() - fillBegan) / 1000;
  const short = fill(store, SHORT_SECONDS, 200);
  db.close();

  await console_.start();
  const first = await open(console_, soak);
  const found = first.series.series.find(({ sensor }) => sensor === sensorName(0));
  const greatest = Math.max(...(found?.points.map(([, , max]) => max) ?? []));
  if (greatest !== SPIKE) throw new Error(`The spike of ${SPIKE} is lost: ${greatest} is left.`);
  if (first.series.series.length !== SENSORS) throw new Error("Sensors are missing.");
  const raw = openReadOnly(databaseFile);
  const soakMs: number[] = [];
  const shortMs: number[] = [];
  const oldMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    soakMs.push((await open(console_, soak)).ms);
    shortMs.push((await open(console_, short)).ms);
    if (round < 5) oldMs.push(oldQuery(raw, soak));
  }
  raw.close();
  await loopDelay(console_);
  const ping = await slowestPing(console_, async () => {
    for (let round = 0; round < ROUNDS; round += 1) await open(console_, soak);
  });
  const opening = await loopDelay(console_);
  const csvBegan = performance.now();
  const csvPing = await slowestPing(console_, async () => {
    const csv = await console_.api<string>(
      "GET",
      `runs/${soak}/series.csv?sensor=${sensorName(0)}`,
    );
    if (csv.body.trimEnd().split("\r\n").length !== SOAK_SECONDS + 1)
      throw new Error("CSV is short.");
  });
  const csvS = (performance.now() - csvBegan) / 1000;
  const csv = await loopDelay(console_);

  const browser = await chromium.launch(CHROMIUM);
  const pageSoak: number[] = [];
  const pageShort: number[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(console_.ready.consoleUrl);
    await page.locator("main").waitFor();
    // Once each, unmeasured: the browser compiles what it runs for the first time.
    await drawn(page, short);
    for (let round = 0; round < PAGE_ROUNDS; round += 1) {
      pageSoak.push(await drawn(page, soak));
      pageShort.push(await drawn(page, short));
    }
  } finally {
    await browser.close();
  }

  const soakRows = SOAK_SECONDS * SENSORS;
  report("open-run", [
    { what: "samples of the soak, stored in", value: fillS, unit: "s" },
    { what: "samples stored a second", value: soakRows / fillS, unit: "samples/s" },
    { what: "five-minute run: detail, graphs and log", value: median(shortMs), unit: "ms" },
    {
      what: "2.6 M samples: the first opening after the start",
      value: first.ms,
      unit: "ms",
      aim: "under 300 ms",
    },
    {
      what: "2.6 M samples: detail, graphs and log, against five minutes",
      value: median(soakMs),
      unit: "ms",
      ratio: median(soakMs) / median(shortMs),
      aim: "under 300 ms",
    },
    { what: "2.6 M samples: the slowest of them", value: Math.max(...soakMs), unit: "ms" },
    {
      what: "graphs from the samples themselves (the old query)",
      value: median(oldMs),
      unit: "ms",
    },
    {
      what: "2.6 M samples: opening against the old query alone",
      value: median(soakMs),
      unit: "ms",
      ratio: median(soakMs) / median(oldMs),
    },
    { what: "another request meanwhile, slowest", value: ping, unit: "ms" },
    { what: "event loop meanwhile, p99 (10 ms are the timer's)", value: opening.p99, unit: "ms" },
    { what: "event loop meanwhile, longest", value: opening.max, unit: "ms" },
    { what: `CSV of ${SOAK_SECONDS} samples`, value: csvS, unit: "s" },
    { what: "another request meanwhile, slowest", value: csvPing, unit: "ms" },
    { what: "event loop meanwhile, longest", value: csv.max, unit: "ms" },
    {
      what: "page: step into the five-minute run to its graphs",
      value: median(pageShort),
      unit: "ms",
    },
    {
      what: "page: step into the soak to its graphs, against five minutes",
      value: median(pageSoak),
      unit: "ms",
      ratio: median(pageSoak) / median(pageShort),
      aim: "under 300 ms",
    },
    { what: "page: the slowest of them", value: Math.max(...pageSoak), unit: "ms" },
  ]);
} finally {
  await console_.end();
}

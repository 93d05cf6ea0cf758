import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Browser, type CDPSession, chromium, type Page } from "playwright";
import { buildPage } from "../test/browser/build-page.ts";
import { CHROMIUM } from "../test/chromium.ts";
import { median, report } from "./harness.ts";
import { type ManyHosts, SENSOR_COUNT, startManyHosts } from "./many-hosts.ts";

/**
 * The hosts screen under the load of a large lab: 200 hosts, each with 20 live sensors at 1 Hz. What the page's main
 * thread spends in a second, whether it grows over half an hour, and how soon a cold page is usable.
 * `--minutes N` for another length than 30.
 */
const HOSTS = 200;
const LOADS = 5;
const VIEWPORT = { width: 1920, height: 1080 };
const { values } = parseArgs({ options: { minutes: { type: "string", default: "30" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: expected a number above 0`);
/** A sparkline holds five minutes; before it is full, growth is no leak. */
const warmUpS = Math.min(6 * 60, (minutes * 60) / 3);

await buildPage();
const lab = await startManyHosts(join(import.meta.dirname, "../dist/renderer"), HOSTS);
const browser = await chromium.launch(CHROMIUM);
try {
  const loads = await coldLoads(browser, lab);
  const { ticks, before, after } = await watched(browser, lab);
  const total = ticks.map(({ script, layout, style }) => script + layout + style);
  const growth = (of: keyof Heap) => (after[of] / before[of] - 1) * 100;
  const what = `${HOSTS} hosts × ${SENSOR_COUNT} sensors at 1 Hz`;
  report("renderer", [
    {
      what: `${what}: script + style + layout a second, p95`,
      value: percentile(total, 0.95),
      unit: "ms",
      aim: "under 8 ms",
    },
    { what: "the same, median", value: median(total), unit: "ms" },
    { what: "of it script, median", value: median(ticks.map(({ script }) => script)), unit: "ms" },
    {
      what: "everything on the main thread a second, with parsing, collecting and painting, p95",
      value: percentile(
        ticks.map(({ task }) => task),
        0.95,
      ),
      unit: "ms",
    },
    {
      what: `JS heap from minute ${(warmUpS / 60).toFixed(1)} to minute ${minutes}`,
      value: growth("used"),
      unit: "%",
      aim: "under 5 %",
    },
    { what: "JS heap at the end", value: after.used / 1e6, unit: "MB" },
    { what: "arrays behind it, growth", value: growth("arrays"), unit: "%" },
    { what: "arrays behind it, at the end", value: after.arrays / 1e6, unit: "MB" },
    {
      what: "cold load to first paint, median",
      value: median(loads.map(({ paintMs }) => paintMs)),
      unit: "ms",
    },
    {
      what: `cold load to ${HOSTS} hosts on the screen, median`,
      value: median(loads.map(({ usableMs }) => usableMs)),
      unit: "ms",
      aim: "under 1000 ms",
    },
    {
      what: `first paint to ${HOSTS} hosts on the screen, median`,
      value: median(loads.map(({ paintMs, usableMs }) => usableMs - paintMs)),
      unit: "ms",
    },
  ]);
} finally {
  await browser.close();
  await lab.stop();
}

interface Heap {
  readonly used: number;
  /** Backing stores of typed arrays, outside of the JS heap. */
  readonly arrays: number;
}

interface Tick {
  readonly script: number;
  readonly layout: number;
  readonly style: number;
  readonly task: number;
}

/** Each in a profile of its own, with nothing cached. From the start of the navigation, in ms. */
async function coldLoads(
  opened: Browser,
  { console: fake }: ManyHosts,
): Promise<{ paintMs: number; usableMs: number }[]> {
  const loads = [];
  for (let load = 0; load < LOADS; load += 1) {
    const page = await opened.newPage({ viewport: VIEWPORT });
    await page.goto(fake.url, { waitUntil: "commit" });
    const usable = await page.waitForFunction(
      (count) => document.querySelectorAll(".tile .state").length === count && performance.now(),
      HOSTS,
      { polling: "raf" },
    );
    const usableMs = Number(await usable.jsonValue());
    const paintMs = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    );
    loads.push({ paintMs, usableMs });
    await page.close();
  }
  return loads;
}

async function watched(
  opened: Browser,
  { console: fake, begin }: ManyHosts,
): Promise<{ ticks: Tick[]; before: Heap; after: Heap }> {
  const page = await opened.newPage({ viewport: VIEWPORT });
  await page.goto(fake.url);
  await page
    .locator(".tile")
    .nth(HOSTS - 1)
    .waitFor({ state: "attached" });
  begin();
  const session = await page.context().newCDPSession(page);
  // Time of the thread, not of the clock: what else the machine does is not the page's work.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await sleep(warmUpS * 1000);
  await sparksAreDrawn(page);
  const before = await heap(session);
  const ticks: Tick[] = [];
  const endMs = performance.now() + (minutes * 60 - warmUpS) * 1000;
  let last = await metrics(session);
  while (performance.now() < endMs) {
    const began = performance.now();
    await sleep(1000);
    const now = await metrics(session);
    // To one second each, however late this process woke up.
    const scale = (1000 * 1000) / (performance.now() - began);
    const spent = (name: string) => ((now.get(name) ?? 0) - (last.get(name) ?? 0)) * scale;
    ticks.push({
      script: spent("ScriptDuration"),
      layout: spent("LayoutDuration"),
      style: spent("RecalcStyleDuration"),
      task: spent("TaskDuration"),
    });
    last = now;
  }
  const after = await heap(session);
  await sparksAreDrawn(page);
  await page.close();
  return { ticks, before, after };
}

/** A page that draws nothing would be fast: what is in sight has its lines. */
async function sparksAreDrawn(page: Page): Promise<void> {
  const drawn = await page.locator(".spark path[d^=M]").count();
  if (drawn < 20) throw new Error(`Only ${drawn} sparklines are drawn; expected those in sight.`);
}

async function metrics(session: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics: list } = await session.send("Performance.getMetrics");
  return new Map(list.map(({ name, value }) => [name, value]));
}

async function heap(session: CDPSession): Promise<Heap> {
  await session.send("HeapProfiler.collectGarbage");
  const usage = await session.send("Runtime.getHeapUsage");
  return { used: usage.usedSize, arrays: usage.backingStorageSize };
}

function percentile(list: readonly number[], part: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

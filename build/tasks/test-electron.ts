import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { haveRuntime } from "../electron-runtime.ts";
import { hasCommand, installTools } from "../install-tools.ts";
import { AGENT_OUTPUT, DESKTOP_OUTPUT, ensureBuilt, RENDERER_OUTPUT } from "../outputs.ts";
import { packageBin } from "../package-bin.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";
import { commandStep, type FailedStep, runSteps, type Step } from "../steps.ts";
import {
  closingLine,
  countListed,
  countPlaywright,
  isGreen,
  NO_TESTS,
  playwrightFailures,
  readReport,
  type TestCounts,
} from "../test-summary.ts";
import { missingOf, type TestTool } from "../test-tools.ts";
import { startVirtualDisplay } from "../virtual-display.ts";

// `npm run test:electron [-- FILTER…]`: Playwright drives the built app in a real Electron, through the specs over the
// real console that npm test runs in Chromium.

/** Nothing was tested: neither a pass nor a failure. The number that automake's tests end with then. */
const EXIT_NOT_RUN = 77;
const OUT_DIR = inRoot("dist/test-electron");

const filters = process.argv.slice(2);
const say = (line: string) => console.log(line);
const needsDisplay =
  process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
const tools: TestTool[] = [
  { command: "chromium", debianPackage: "chromium" },
  ...(needsDisplay ? [{ command: "Xvfb", debianPackage: "xvfb" }] : []),
];
const playwright = [
  ...[process.execPath, packageBin("@playwright/test", "playwright"), "test"],
  "--project=electron",
  ...filters,
] as const;

let counts: TestCounts = NO_TESTS;
let failures: readonly string[] = [];

const preparations: Step[] = [
  {
    name: "test tools",
    run: () => installTools(() => missingOf(tools, [], hasCommand, () => true), say),
  },
  {
    name: "build agent, renderer and desktop shell",
    run: async () => {
      await ensureBuilt(ROOT_DIR, [AGENT_OUTPUT, RENDERER_OUTPUT, DESKTOP_OUTPUT], say);
      return null;
    },
  },
];

/** @param display null: the one that is there */
const specs = (display: string | null): Step =>
  commandStep("the app in Electron (playwright)", playwright, {
    cwd: ROOT_DIR,
    env: { VETTING_ELECTRON: "1", ...(display === null ? {} : { DISPLAY: display }) },
    judge: (why) => {
      const report = readReport<Parameters<typeof countPlaywright>[0]>(
        `${OUT_DIR}/playwright.json`,
      );
      if (report === null) return why ?? "playwright wrote no report";
      counts = countPlaywright(report);
      failures = playwrightFailures(report);
      return why;
    },
  });

async function runSpecs(): Promise<FailedStep[]> {
  if (!needsDisplay) return runSteps([specs(null)], say);
  const display = await startVirtualDisplay();
  try {
    return await runSteps([specs(display.name)], say);
  } finally {
    await display.stop();
  }
}

/** How many specs there are to run, from Playwright itself. */
function listed(): number {
  const [program, ...args] = playwright;
  const { stdout } = spawnSync(program, [...args, "--list", "--reporter=json"], {
    cwd: ROOT_DIR,
    env: { ...process.env, VETTING_ELECTRON: "1" },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return countListed(JSON.parse(stdout) as Parameters<typeof countListed>[0]);
}

async function main(): Promise<number> {
  rmSync(OUT_DIR, { recursive: true, force: true });
  mkdirSync(OUT_DIR, { recursive: true });
  const packageDir = inRoot("node_modules/electron");
  const runtime = await haveRuntime({ packageDir, env: process.env, say });
  if (!runtime.ok) {
    const count = listed();
    say(`\nNOT RUN: ${count} specs of the desktop app in Electron.`);
    say(`The Electron runtime could not be fetched (${runtime.why}).`);
    say(
      "ELECTRON_MIRROR names another place for it, ELECTRON_OVERRIDE_DIST_PATH a folder with it.",
    );
    say(closingLine({ ...NO_TESTS, skipped: count }));
    return EXIT_NOT_RUN;
  }
  let failed = await runSteps(preparations, say);
  if (failed.length === 0) failed = await runSpecs();
  say("");
  for (const one of failures) say(one);
  for (const { name, why } of failed) say(`failed step: ${name}: ${why}`);
  say(closingLine(counts));
  const names = failed.map(({ name }) => name);
  return isGreen(counts, names) ? 0 : 1;
}

process.exitCode = await main();

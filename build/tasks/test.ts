import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { filesUnder } from "../content-hash.ts";
import { hasCommand, installTools } from "../install-tools.ts";
import {
  AGENT_OUTPUT,
  CONSOLE_OUTPUT,
  DESKTOP_OUTPUT,
  ensureBuilt,
  RENDERER_OUTPUT,
} from "../outputs.ts";
import { packageBin } from "../package-bin.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";
import { shellScripts } from "../shell-scripts.ts";
import { commandStep, runCommandLine, runSteps, type Step } from "../steps.ts";
import {
  addCounts,
  closingLine,
  countPlaywright,
  countVitest,
  isGreen,
  NO_TESTS,
  playwrightFailures,
  readReport,
  type TestCounts,
  vitestFailures,
} from "../test-summary.ts";
import { missingTools } from "../test-tools.ts";

// `npm test [-- FILTER…]`: the whole check, or with a filter only the tests whose file matches.

const VITEST_REPORT = inRoot("dist/test/vitest.json");
const PLAYWRIGHT_REPORT = inRoot("dist/test/playwright.json");

const filters = process.argv.slice(2);
const say = (line: string) => console.log(line);
const node = (packageName: string, command: string, ...args: string[]) =>
  [process.execPath, packageBin(packageName, command), ...args] as const;

let counts: TestCounts = NO_TESTS;
let failures: readonly string[] = [];

const toolsStep: Step = {
  name: "test tools",
  run: () => installTools(() => missingTools(hasCommand), say),
};

const checks: Step[] = [
  commandStep("format and lint (biome)", node("@biomejs/biome", "biome", "ci", "."), {
    cwd: ROOT_DIR,
  }),
  commandStep("lint with types (eslint)", node("eslint", "eslint", "--max-warnings", "0", "."), {
    cwd: ROOT_DIR,
  }),
  commandStep("types (tsc)", node("typescript", "tsc", "--noEmit", "-p", "."), { cwd: ROOT_DIR }),
  {
    name: "shell scripts (shellcheck)",
    run: async () => {
      const scripts = shellScripts(ROOT_DIR);
      say(`${scripts.length} scripts: ${scripts.join(", ")}`);
      if (scripts.length === 0) return "no shell script was found";
      return runCommandLine(["shellcheck", ...scripts], ROOT_DIR);
    },
  },
  commandStep("layers", [process.execPath, inRoot("build/tasks/layers.ts")], { cwd: ROOT_DIR }),
  ...["state-graph", "fault-doc"].map((task) =>
    commandStep(
      `generated docs (${task})`,
      [process.execPath, inRoot(`build/tasks/${task}.ts`), "--check"],
      { cwd: ROOT_DIR },
    ),
  ),
];

const outputs = [AGENT_OUTPUT, RENDERER_OUTPUT, DESKTOP_OUTPUT, CONSOLE_OUTPUT];
const buildSteps: Step[] = outputs.map((output) => ({
  name: `build the ${output.name}`,
  run: async () => {
    await ensureBuilt(ROOT_DIR, [output], say);
    return null;
  },
}));

const vitestStep = commandStep(
  filters.length === 0 ? "unit, integration and end-to-end tests (vitest)" : "tests (vitest)",
  node(
    "vitest",
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${VITEST_REPORT}`,
    ...(filters.length === 0 ? ["--coverage"] : ["--passWithNoTests", ...filters]),
  ),
  {
    cwd: ROOT_DIR,
    judge: (why) => {
      const report = readReport<Parameters<typeof countVitest>[0]>(VITEST_REPORT);
      if (report === null) return why ?? "vitest wrote no report";
      counts = addCounts(counts, countVitest(report));
      failures = [...failures, ...vitestFailures(report, ROOT_DIR)];
      return why;
    },
  },
);

const browserSpecs = filesUnder(inRoot("test/browser")).filter((file) => file.endsWith(".spec.ts"));
const wantedSpecs = browserSpecs.filter(
  (file) => filters.length === 0 || filters.some((filter) => file.includes(filter)),
);
const browserStep: Step =
  wantedSpecs.length > 0
    ? commandStep(
        "browser tests (playwright)",
        node("@playwright/test", "playwright", "test", "--project=web", ...filters),
        {
          cwd: ROOT_DIR,
          judge: (why) => {
            const report = readReport<Parameters<typeof countPlaywright>[0]>(PLAYWRIGHT_REPORT);
            if (report === null) return why ?? "playwright wrote no report";
            counts = addCounts(counts, countPlaywright(report));
            failures = [...failures, ...playwrightFailures(report)];
            return why;
          },
        },
      )
    : {
        name: "browser tests (playwright)",
        run: async () => {
          if (existsSync(inRoot("test/browser"))) return "test/browser holds no spec";
          say("There are no browser specs in this checkout; none ran.");
          return null;
        },
      };

// What is left of an earlier run must not be taken for this one's.
rmSync(inRoot("dist/test"), { recursive: true, force: true });
if (filters.length === 0) rmSync(inRoot("coverage"), { recursive: true, force: true });
mkdirSync(inRoot("dist/test"), { recursive: true });

const tests =
  filters.length === 0
    ? [...checks, ...buildSteps, vitestStep, browserStep]
    : [...buildSteps, vitestStep, ...(wantedSpecs.length > 0 ? [browserStep] : [])];
if (filters.length > 0)
  say(`Only tests that match ${filters.join(", ")}; no lint, types or layers.`);

let failed = await runSteps([toolsStep], say);
// Without the tools most tests would fail for that one reason: say it once.
if (failed.length === 0) failed = await runSteps(tests, say);

say("");
for (const one of failures) say(one);
writeFileSync(inRoot("dist/test/failures.txt"), failures.map((one) => `${one}\n`).join(""));
for (const { name, why } of failed) say(`failed step: ${name}: ${why.split("\n", 1)[0]}`);
if (failed.length === 0 && counts.passed === 0) say("No test passed: nothing was shown.");
say(closingLine(counts));
const names = failed.map(({ name }) => name);
process.exitCode = isGreen(counts, names) ? 0 : 1;

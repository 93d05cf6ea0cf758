import { existsSync, readdirSync, rmSync } from "node:fs";
import { bootTimesTable } from "../../test/netboot/rig/boot-times.ts";
import { runInLab } from "../../test/netboot/rig/lab-run.ts";
import { LAB_FILES, LAB_TOOLS } from "../../test/netboot/rig/needed-tools.ts";
import { hasCommand, installTools } from "../install-tools.ts";
import { AGENT_OUTPUT, ensureBuilt, RENDERER_OUTPUT } from "../outputs.ts";
import { packageBin } from "../package-bin.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";
import { commandStep, runSteps, type Step } from "../steps.ts";
import {
  closingLine,
  countVitest,
  isGreen,
  NO_TESTS,
  readReport,
  type TestCounts,
} from "../test-summary.ts";
import { missingOf } from "../test-tools.ts";

// `npm run test:netboot [-- --all | FILTER…]`: boots real firmware in QEMU against the console.

/** One firmware through a whole run, and another into a hold: what fits into a quarter of an hour with the image. */
const SHORT_FORM = ["uefi-pxe", "hold"];
const OUT_DIR = inRoot("dist/netboot");
const REPORT = inRoot("dist/netboot/vitest.json");

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg.startsWith("-") && arg !== "--all");
if (unknown !== undefined) {
  console.error(`"${unknown}" is not an option: npm run test:netboot [-- --all | WORD…]`);
  process.exit(2);
}
const named = args.filter((arg) => arg !== "--all");
const filters = args.includes("--all") ? [] : named.length > 0 ? named : SHORT_FORM;
const say = (line: string) => console.log(line);

let counts: TestCounts = NO_TESTS;

const toolsStep: Step = {
  name: "programs of the lab",
  run: async () => {
    if (process.platform !== "linux" || process.getuid?.() !== 0) {
      return "the lab is made of Linux network namespaces, which wants root: run it as root on Linux";
    }
    return installTools(() => missingOf(LAB_TOOLS, LAB_FILES, hasCommand, existsSync), say);
  },
};

const preparations: Step[] = [
  toolsStep,
  {
    name: "build agent and renderer",
    run: async () => {
      await ensureBuilt(ROOT_DIR, [AGENT_OUTPUT, RENDERER_OUTPUT], say);
      return null;
    },
  },
  commandStep("live image", [process.execPath, inRoot("build/tasks/image.ts")], { cwd: ROOT_DIR }),
];

const testStep: Step = {
  name: `real firmware (${filters.length === 0 ? "all" : filters.join(", ")})`,
  run: async () => {
    const vitest = [process.execPath, packageBin("vitest", "vitest"), "run"];
    const options = [
      `--config=${inRoot("test/netboot/vitest.config.ts")}`,
      "--reporter=verbose",
      "--reporter=json",
      `--outputFile.json=${REPORT}`,
    ];
    const exitCode = await runInLab([...vitest, ...options, ...filters], OUT_DIR);
    const report = readReport<Parameters<typeof countVitest>[0]>(REPORT);
    if (report === null) return `vitest wrote no report (exit ${exitCode})`;
    counts = countVitest(report);
    return exitCode === 0 ? null : `exit ${exitCode}`;
  },
};

// What is left of an earlier run must not be taken for this one's.
rmSync(REPORT, { force: true });
let failed = await runSteps(preparations, say);
// A machine without an image has nothing to boot.
if (failed.length === 0) failed = await runSteps([testStep], say);

say("");
for (const line of bootTimesTable(`${OUT_DIR}/logs`)) say(line);
for (const { name, why } of failed) say(`failed step: ${name}: ${why}`);
if (failed.length > 0 && existsSync(`${OUT_DIR}/logs`)) {
  say(`logs in dist/netboot/logs: ${readdirSync(`${OUT_DIR}/logs`).join(", ")}`);
}
if (failed.length === 0 && counts.passed === 0) say("No test passed: nothing was shown.");
if (filters.length > 0) say(`Only ${filters.join(", ")}; all of them with --all.`);
say(closingLine(counts));
process.exitCode = isGreen(
  counts,
  failed.map(({ name }) => name),
)
  ? 0
  : 1;

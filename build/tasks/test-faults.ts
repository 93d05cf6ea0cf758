import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FaultOutcome } from "../../test/faults/fault-row.ts";
import { runInLab } from "../../test/netboot/rig/lab-run.ts";
import {
  allCaught,
  faultClosingLine,
  faultOutcomes,
  faultTable,
  readFaultReport,
} from "../fault-table.ts";
import { AGENT_OUTPUT, ensureBuilt, RENDERER_OUTPUT } from "../outputs.ts";
import { packageBin } from "../package-bin.ts";
import { inRoot, ROOT_DIR } from "../root-dir.ts";
import { commandStep, runCommandLine, runSteps, type Step } from "../steps.ts";

// `npm run test:faults [-- --fast | --virtual-bench] [WORD…]`: every fault of the catalogue, caught or not, by which
// stage and in which words. A WORD chooses the rows whose id and fault contain it.

const OUT_DIR = inRoot("dist/faults");
const VIRTUAL_BENCH = "test/faults/virtual-bench/vitest.config.ts";
const HALVES = ["--fast", "--virtual-bench"] as const;

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg.startsWith("-") && !HALVES.some((half) => half === arg));
if (unknown !== undefined) {
  console.error(
    `"${unknown}" is not an option: npm run test:faults [-- --fast | --virtual-bench] [WORD…]`,
  );
  process.exit(2);
}
const words = args.filter((arg) => !arg.startsWith("-"));
const half = HALVES.find((one) => args.includes(one));
const say = (line: string) => console.log(line);
const reports: string[] = [];

function vitest(name: string, ...options: readonly string[]): [string, ...string[]] {
  const report = join(OUT_DIR, `${name}.json`);
  reports.push(report);
  const chosen = words.length === 0 ? [] : ["--testNamePattern", words.map(plain).join("|")];
  const output = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return [
    process.execPath,
    packageBin("vitest", "vitest"),
    "run",
    ...options,
    ...output,
    ...chosen,
  ];
}

function plain(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const fast: Step = {
  name: "fake tools, sensors and firmware",
  run: () =>
    runCommandLine(vitest("fast", "--project=unit", "test/faults/fast-faults.test.ts"), ROOT_DIR),
};

const virtualBench: Step[] = [
  {
    name: "build agent and renderer",
    run: async () => {
      if (process.platform !== "linux" || process.getuid?.() !== 0) {
        return "the virtual bench is made of Linux network namespaces, which wants root; --fast leaves it out";
      }
      await ensureBuilt(ROOT_DIR, [AGENT_OUTPUT, RENDERER_OUTPUT], say);
      return null;
    },
  },
  commandStep("live image", [process.execPath, inRoot("build/tasks/image.ts")], { cwd: ROOT_DIR }),
  {
    name: "virtual bench (QEMU)",
    run: async () => {
      const code = await runInLab(
        vitest("virtual-bench", `--config=${inRoot(VIRTUAL_BENCH)}`),
        OUT_DIR,
      );
      return code === 0 ? null : `exit ${code}`;
    },
  },
];

for (const name of ["fast", "virtual-bench"])
  rmSync(join(OUT_DIR, `${name}.json`), { force: true });
mkdirSync(OUT_DIR, { recursive: true });
const failed = half === "--virtual-bench" ? [] : await runSteps([fast], say);
if (half !== "--fast" && existsSync(inRoot(VIRTUAL_BENCH))) {
  for (const step of virtualBench) {
    const broke = await runSteps([step], say);
    failed.push(...broke);
    // Without an image there is nothing to boot.
    if (broke.length > 0) break;
  }
}

const outcomes: FaultOutcome[] = faultOutcomes(
  reports.map((report) => readFaultReport(report)).filter((report) => report !== null),
);
say("");
for (const line of faultTable(outcomes)) say(line);
say("");
for (const { name, why } of failed) say(`failed step: ${name}: ${why.split("\n", 1)[0]}`);
if (words.length > 0) say(`Only the rows with ${words.join(", ")}.`);
say(faultClosingLine(outcomes));
process.exitCode = failed.length === 0 && allCaught(outcomes) ? 0 : 1;

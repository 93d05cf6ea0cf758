import { z } from "zod";
import {
  exitFailure,
  ok,
  outcomeFailure,
  parseJson,
  readTool,
  runTool,
  type ToolContext,
  type ToolReading,
  unreadable,
} from "./tool-result.ts";

const TOOL = "rocm-smi";
const VALIDATION_SUITE = "rvs";
/** The stress configuration that the suite installs. */
const STRESS_CONFIG = "/opt/rocm/share/rocm-validation-suite/conf/gst_single.conf";

export interface RocmGpu {
  /** `card0`. */
  readonly card: string;
  readonly name: string | null;
  readonly serial: string | null;
  readonly tempC: number | null;
  readonly powerW: number | null;
  readonly utilisationPercent: number | null;
}

export function readRocmGpus(ctx: ToolContext): Promise<ToolReading<readonly RocmGpu[]>> {
  const show = ["productname", "serial", "uniqueid", "temp", "power", "use"];
  return readTool(ctx, TOOL, [...show.map((what) => `--show${what}`), "--json"], parseRocmSmi);
}

/** Parses `--json`; the keys differ between versions and cards, so they are found by their words. */
export function parseRocmSmi(stdout: string): ToolReading<readonly RocmGpu[]> {
  const json = parseJson(TOOL, stdout);
  if (json.kind !== "ok") return json;
  const parsed = z.record(z.string(), z.record(z.string(), z.unknown())).safeParse(json.value);
  if (!parsed.success) return unreadable(TOOL, "JSON without cards");
  const cards = Object.entries(parsed.data).filter(([card]) => /^card\d+$/.test(card));
  return ok(
    cards.map(([card, keys]): RocmGpu => {
      const text = (wanted: RegExp) => {
        const value = Object.entries(keys).find(([key]) => wanted.test(key))?.[1];
        return typeof value === "string" && value !== "N/A" && value !== "" ? value : null;
      };
      const number = (wanted: RegExp) => {
        const value = text(wanted);
        return value === null || !/^-?\d+(\.\d+)?$/.test(value) ? null : Number(value);
      };
      return {
        card,
        name: text(/^Card Series/i) ?? text(/^Card model/i),
        serial: text(/^Serial Number/i) ?? text(/^Unique ID/i),
        // The hottest spot is what the card throttles by; older cards have only the edge.
        tempC: number(/Sensor junction/i) ?? number(/Sensor edge/i),
        powerW: number(/(Average|Current).*(Graphics Package|Socket).*Power/i),
        utilisationPercent: number(/^GPU use/i),
      };
    }),
  );
}

export interface RvsReport {
  readonly passed: number;
  readonly failed: number;
  readonly gflops: number;
  readonly elapsedS: number;
}

/** ROCm Validation Suite, GPU stress test. */
export async function runRvs(ctx: ToolContext, timeoutS: number): Promise<ToolReading<RvsReport>> {
  const result = await runTool(ctx, VALIDATION_SUITE, ["-c", STRESS_CONFIG], { timeoutS });
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const report = parseRvs(`${result.stdout}\n${result.stderr}`);
  const judged = report !== null && (result.exitCode === 0 || report.failed > 0);
  return judged ? ok({ ...report, elapsedS: result.elapsedS }) : exitFailure(result);
}

/** Counts `pass: TRUE` and `pass: FALSE`; null when it printed neither. */
export function parseRvs(text: string): Omit<RvsReport, "elapsedS"> | null {
  const passed = [...text.matchAll(/\bpass: TRUE\b/gi)].length;
  const failed = [...text.matchAll(/\bpass: FALSE\b|\[ERROR ?\]/gi)].length;
  if (passed + failed === 0) return null;
  const rates = [...text.matchAll(/GFLOPS ([\d.]+)/gi)].map((match) => Number(match[1]));
  return { passed, failed, gflops: Math.max(0, ...rates) };
}

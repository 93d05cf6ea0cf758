import {
  exitFailure,
  ok,
  outcomeFailure,
  runTool,
  type ToolContext,
  type ToolReading,
} from "./tool-result.ts";

const TOOL = "gpu_burn";

export interface GpuBurnCard {
  readonly index: number;
  /** gpu_burn prints FAULTY and exits 0. */
  readonly faulty: boolean;
  /** The highest rate shown; 0 when it never computed anything. */
  readonly gflops: number;
  /** The most errors in any one report; -1 when the card's worker died. */
  readonly errors: number;
  readonly maxTempC: number | null;
}

export interface GpuBurnReport {
  readonly cards: readonly GpuBurnCard[];
  readonly elapsedS: number;
}

/** Compiling kernels and filling memory come before the clock starts, in seconds. */
const OVERRUN_S = 120;

export async function runGpuBurn(
  ctx: ToolContext,
  seconds: number,
): Promise<ToolReading<GpuBurnReport>> {
  const result = await runTool(ctx, TOOL, [String(Math.ceil(seconds))], {
    timeoutS: seconds + OVERRUN_S,
  });
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const cards = parseGpuBurn(`${result.stdout}\n${result.stderr}`);
  const judged = cards.length > 0 && (result.exitCode === 0 || cards.some(({ faulty }) => faulty));
  return judged ? ok({ cards, elapsedS: result.elapsedS }) : exitFailure(result);
}

/** Reads the last table (`GPU 0: OK`) and the progress lines; empty when it printed no verdict. */
export function parseGpuBurn(text: string): readonly GpuBurnCard[] {
  const verdicts = [...text.matchAll(/^\s*GPU (\d+): (OK|FAULTY)\s*$/gm)];
  const rates: number[] = [];
  const errors: number[] = [];
  const temps: number[] = [];
  for (const line of text.split(/[\r\n]+/)) {
    const match =
      /proc'd: (.*?)\s+errors: (.*?)(?:\s+\(WARNING!\)| \(DIED!\))?\s+temps: (.*)$/.exec(line);
    if (match === null) continue;
    raise(rates, [...(match[1] ?? "").matchAll(/\(([\d.]+) Gflop\/s\)/g)].map(numberAt1));
    raise(errors, [...(match[2] ?? "").matchAll(/(-?\d+)/g)].map(numberAt1), -1);
    raise(temps, [...(match[3] ?? "").matchAll(/(\d+) C/g)].map(numberAt1));
  }
  const died = /DIED!/.test(text);
  return verdicts.map((verdict): GpuBurnCard => {
    const index = Number(verdict[1]);
    const count = errors[index] ?? 0;
    return {
      index,
      faulty: verdict[2] === "FAULTY" || count !== 0 || (died && (rates[index] ?? 0) === 0),
      gflops: rates[index] ?? 0,
      errors: count,
      maxTempC: temps[index] ?? null,
    };
  });
}

/** Keeps the greatest of each position; a `worst` value, once seen, stays. */
function raise(kept: number[], values: readonly number[], worst?: number): void {
  values.forEach((value, index) => {
    const before = kept[index];
    if (before !== undefined && before === worst) return;
    kept[index] = value === worst ? value : Math.max(before ?? value, value);
  });
}

function numberAt1(match: RegExpMatchArray): number {
  return Number(match[1]);
}

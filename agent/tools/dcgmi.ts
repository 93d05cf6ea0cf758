import { z } from "zod";
import {
  exitFailure,
  ok,
  outcomeFailure,
  parseJson,
  runTool,
  type ToolContext,
  type ToolReading,
  unreadable,
} from "./tool-result.ts";

const TOOL = "dcgmi";

export interface DcgmTest {
  /** `Deployment` tests look at software only; all others exercise the card. */
  readonly category: string;
  readonly name: string;
  readonly status: "pass" | "fail" | "skip" | "warn";
  readonly gpu: number | null;
  readonly messages: readonly string[];
}

export interface DcgmReport {
  readonly version: string | null;
  readonly tests: readonly DcgmTest[];
  readonly elapsedS: number;
}

/** `dcgmi diag`: level 1 seconds, 2 about 2 min, 3 about 30 min, 4 up to 2 h. */
export async function runDcgmDiag(
  ctx: ToolContext,
  level: number,
  timeoutS: number,
): Promise<ToolReading<DcgmReport>> {
  const result = await runTool(ctx, TOOL, ["diag", "-r", String(level), "--json"], { timeoutS });
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const parsed = parseDcgmDiag(result.stdout);
  // dcgmi exits 226 when a test fails: what the tests say counts, unless there are none.
  if (parsed.kind !== "ok") return result.exitCode === 0 ? parsed : exitFailure(result);
  if (result.exitCode !== 0 && parsed.value.tests.every(({ status }) => status !== "fail")) {
    return { kind: "tool-failed", tool: TOOL, message: `exit code ${result.exitCode}` };
  }
  return ok({ ...parsed.value, elapsedS: result.elapsedS });
}

const messages = z
  .union([
    z.string().transform((one) => [one]),
    z.array(
      z.union([z.string(), z.object({ warning: z.string() }).transform(({ warning }) => warning)]),
    ),
  ])
  .optional()
  .catch(undefined);
const diagSchema = z.object({
  test_categories: z.array(
    z.object({
      category: z.string(),
      tests: z.array(
        z.object({
          name: z.string(),
          results: z
            .array(
              z.object({
                status: z.string(),
                entity_id: z.number().optional(),
                gpu_id: z.coerce.number().optional().catch(undefined),
                gpu_ids: z.string().optional(),
                warnings: messages,
                info: messages,
              }),
            )
            .default([]),
        }),
      ),
    }),
  ),
});
const reportSchema = z.object({
  "DCGM Diagnostic": diagSchema.optional(),
  "DCGM GPU Diagnostic": diagSchema.optional(),
  metadata: z.object({ version: z.string().optional() }).optional().catch(undefined),
});

/** Parses the JSON of DCGM 3 and 4, which name and nest it differently. */
export function parseDcgmDiag(stdout: string): ToolReading<Omit<DcgmReport, "elapsedS">> {
  const start = stdout.indexOf("{");
  const json = parseJson(TOOL, start < 0 ? stdout : stdout.slice(start));
  if (json.kind !== "ok") return json;
  const parsed = reportSchema.safeParse(json.value);
  const diag = parsed.data?.["DCGM Diagnostic"] ?? parsed.data?.["DCGM GPU Diagnostic"];
  if (diag === undefined) return unreadable(TOOL, "JSON without a diagnostic");
  const tests = diag.test_categories.flatMap(({ category, tests: inCategory }) =>
    inCategory.flatMap(({ name, results }) =>
      results.flatMap((result): DcgmTest[] => {
        const said = [...(result.warnings ?? []), ...(result.info ?? [])];
        const status = statusOf(result.status, said);
        const gpu = result.entity_id ?? result.gpu_id;
        // DCGM 3 gives one result to several cards: `0,1`.
        const gpus = gpu === undefined ? numbersIn(result.gpu_ids) : [gpu];
        return (gpus.length === 0 ? [null] : gpus).map((one) => ({
          category,
          name,
          status,
          gpu: one,
          messages: said,
        }));
      }),
    ),
  );
  return ok({ version: parsed.data?.metadata?.version ?? null, tests });
}

/** DCGM has passed runs in which it could not allocate memory on the card, and so tested nothing. */
function statusOf(status: string, said: readonly string[]): DcgmTest["status"] {
  const word = status.toLowerCase();
  if (word === "pass" && said.some((text) => /(fail|unable|error).{0,40}alloc/i.test(text))) {
    return "fail";
  }
  return word === "pass" || word === "skip" || word === "warn" ? word : "fail";
}

function numbersIn(text: string | undefined): number[] {
  return [...(text ?? "").matchAll(/\d+/g)].map((match) => Number(match[0]));
}

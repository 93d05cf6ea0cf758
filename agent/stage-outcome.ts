import { isLegalOutcome, type StageOutcome, stageOutcomeSchema } from "../contract/stage-result.ts";
import type { StageName } from "../contract/stages.ts";
import { STAGE_TITLES } from "../contract/wording/status-table.ts";
import type { AbortReason } from "./control.ts";
import type { StageReport } from "./stages/stage.ts";

/** Why an attempt was ended from outside the stage. */
export type Abort = AbortReason | { readonly kind: "budget"; readonly seconds: number };

/** What came of the stage's own function. */
export type Ended =
  | { readonly kind: "reported"; readonly report: StageReport }
  | { readonly kind: "threw"; readonly message: string }
  | { readonly kind: "stuck" };

/** The report that says in one sentence why nothing can be said about the host. */
export function errorReport(reason: string): StageReport {
  return { status: "error", result: "not_applicable", summary: reason, reason };
}

export function cancelledOutcome(stage: StageName, at: Date): StageOutcome {
  const time = at.toISOString();
  return checked({ ...cancelledReport(), stage, startedAt: time, endedAt: time });
}

function cancelledReport(): StageReport {
  const reason = "The operator cancelled the run.";
  return { status: "cancelled", result: "not_applicable", summary: reason, reason };
}

/** The report of the attempt, by what ended it; null when the agent ends. */
export function judgeEnd(stage: StageName, ended: Ended, why: Abort | null): StageReport | null {
  if (why?.kind === "ending") return null;
  if (why?.kind === "cancelled") return cancelledReport();
  const partial = ended.kind === "reported" ? ended.report : null;
  if (why?.kind === "breach") {
    const found = partial?.result === "fail" ? (partial.reason ?? "") : "";
    const reason = `${why.reason} ${found}`.trim();
    return {
      ...partial,
      status: "complete",
      result: "fail",
      summary: `Aborted: ${reason}`,
      reason,
    };
  }
  if (why?.kind === "budget") {
    const reason = `${STAGE_TITLES[stage]} did not end within its budget of ${Math.round(why.seconds)} s and was ended.`;
    return { ...partial, ...errorReport(reason) };
  }
  if (ended.kind === "threw")
    return errorReport(`${STAGE_TITLES[stage]} broke off: ${ended.message}`);
  return partial ?? errorReport(`${STAGE_TITLES[stage]} did not come back.`);
}

const MAX_SENTENCE_CHARS = 2000;

/** A report that the contract would refuse becomes an error that says so: a stage's mistake never stops the run. */
export function checked(
  outcome: StageReport & Pick<StageOutcome, "stage" | "startedAt" | "endedAt">,
): StageOutcome {
  const clip = (text: string) => text.slice(0, MAX_SENTENCE_CHARS);
  const clipped = {
    ...outcome,
    summary: clip(outcome.summary),
    ...(outcome.reason === undefined ? {} : { reason: clip(outcome.reason) }),
  };
  const parsed = stageOutcomeSchema.safeParse(clipped);
  if (parsed.success && isLegalOutcome(parsed.data)) return parsed.data as StageOutcome;
  const issues = parsed.success
    ? [`${outcome.status} with ${outcome.result} is no legal pair`]
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  const { stage, startedAt, endedAt } = outcome;
  const reason = clip(
    `${STAGE_TITLES[stage]} handed back a report that is none: ${issues.join("; ")}.`,
  );
  return stageOutcomeSchema.parse({
    ...errorReport(reason),
    stage,
    startedAt,
    endedAt,
  }) as StageOutcome;
}

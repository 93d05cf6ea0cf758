import type { Gap } from "../../contract/stage-result.ts";
import type { StageReport } from "./stage.ts";

/** What a stage found, whatever its outcome. */
export type Findings = Pick<
  StageReport,
  "proof" | "measurements" | "gaps" | "blame" | "toolVersions"
>;

const MAX_SENTENCE_CHARS = 2000;

export function passed(summary: string, findings: Findings = {}): StageReport {
  return { status: "complete", result: "pass", summary: clip(summary), ...findings };
}

/** @param reasons one sentence each, the gravest first. */
export function failed(
  reasons: readonly string[],
  summary: string,
  findings: Findings = {},
): StageReport {
  const reason = clip(reasons.join(" "));
  return { status: "complete", result: "fail", reason, summary: clip(summary), ...findings };
}

/** Nothing can be claimed: a tool is missing or broke. It holds the run just as a failure does. */
export function erred(reason: string, findings: Findings = {}): StageReport {
  const text = clip(reason);
  return {
    status: "error",
    result: "not_applicable",
    reason: text,
    summary: text,
    ...findings,
  };
}

export function skipped(
  reason: string,
  gaps: readonly Gap[],
  findings: Findings = {},
): StageReport {
  const text = clip(reason);
  return {
    status: "skipped",
    result: "not_applicable",
    reason: text,
    summary: text,
    ...findings,
    gaps: [...gaps].slice(0, 256),
  };
}

export function cancelled(findings: Findings = {}): StageReport {
  const reason = "The stage was ended before it was done.";
  return { status: "cancelled", result: "not_applicable", reason, summary: reason, ...findings };
}

/**
 * The stage was ended from outside, by a breached limit say. What the host showed until then stands: it says more of
 * the part than the limit does.
 */
export function endedEarly(hostFailures: readonly string[], findings: Findings): StageReport {
  if (hostFailures.length === 0) return cancelled(findings);
  return failed(hostFailures, "The stage was ended before it was done.", findings);
}

function clip(text: string): string {
  return text.length <= MAX_SENTENCE_CHARS ? text : `${text.slice(0, MAX_SENTENCE_CHARS - 1)}…`;
}

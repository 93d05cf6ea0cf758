import type { NewRun, RunRecord } from "./ports.ts";

const MOST_WARNINGS = 50;

/** Adds a warning to a run, once; the operator sees it and nothing ends by it. */
export function withWarning(run: RunRecord, warning: string): Partial<NewRun> {
  if (run.warnings.includes(warning) || run.warnings.length >= MOST_WARNINGS) return {};
  return { warnings: [...run.warnings, warning] };
}

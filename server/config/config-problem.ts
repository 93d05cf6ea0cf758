import type { z } from "zod";

export interface ConfigProblem {
  /** From 1; null when the problem is of the whole file. */
  readonly line: number | null;
  readonly column: number | null;
  /** `vetting.thresholds[0].max`; empty when the problem is of the whole file. */
  readonly key: string;
  /** What was expected and what was found. */
  readonly detail: string;
}

/** What a check beyond the schema found, or an issue of the schema itself. */
export type Issue = Pick<z.core.$ZodIssue, "path" | "message"> & { readonly keys?: string[] };

import { z } from "zod";
import { STAGES } from "./stages.ts";

/** A MAC address with colons or hyphens in any case; normalised to lower-case colons. */
export const macSchema = z
  .string()
  .regex(/^[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}$/, {
    error: "expected a MAC address such as 52:54:00:12:34:56",
  })
  .transform((mac) => mac.toLowerCase().replaceAll("-", ":"));

export const stageNameSchema = z.enum(STAGES);

/** ISO 8601 in UTC, such as 2026-01-01T00:00:00.000Z. */
export const timeSchema = z.iso.datetime();

/** Position of an artifact in its run: 1, 2, 3 … Every artifact has its own. */
export const sequenceSchema = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER - 1, { error: "expected a sequence that leaves room for the next" });

export const bootIdSchema = z.string().min(1).max(128);

/** A UCUM unit code: `Cel`, `W`, `V`, `By/s`, `%`, `s`, `1`, `{rpm}`. */
export const unitSchema = z.string().min(1).max(32);

/** A finite number: JSON has no NaN, and no measurement of ours is infinite. */
export const valueSchema = z.number();

/** One line of free text as shown to an operator. */
export const sentenceSchema = z.string().max(2000);

/** A mistake in vetting.yaml, where it stands. `line` and `column` count from 1; null: the whole file. */
export const configProblemSchema = z.object({
  line: z.int().nullable(),
  column: z.int().nullable(),
  /** `vetting.thresholds[0].max`; empty for a mistake of the file as a whole. */
  key: z.string(),
  /** What was expected and what was found. */
  detail: z.string(),
});
export type ConfigProblem = z.infer<typeof configProblemSchema>;

/**
 * The problem document of every error answer (RFC 9457). `type` is stable and meant for programs,
 * `detail` is the sentence that a technician reads.
 */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** The fields that were wrong, each with its path in the payload. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** On 410: what the host of a dead run should do. */
  do: z.enum(["power_off", "reboot"]).optional(),
  /** On 422: every mistake that vetting.yaml would have. */
  problems: z.array(configProblemSchema).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

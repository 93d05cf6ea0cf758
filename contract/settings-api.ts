import { z } from "zod";
import { vettingConfigSchema } from "./vetting-config.ts";

/** A mistake in vetting.yaml, where it stands. `line` and `column` count from 1; null: the whole file. */
export const configProblemSchema = z.object({
  line: z.int().nullable(),
  column: z.int().nullable(),
  /** `vetting.thresholds[0].max`; empty for a mistake of the file as a whole. */
  key: z.string(),
  /** What was expected and what was found. */
  detail: z.string(),
});

/** GET settings: vetting.yaml as it stands, and what counts. */
export const settingsResponseSchema = z.object({
  /** Where it lies, or would be made by the first change. */
  file: z.string(),
  exists: z.boolean(),
  /** Null: it can be changed here; else why not. */
  readOnly: z.string().nullable(),
  text: z.string(),
  /** Names this text; a change must bring the one that it was made from. */
  revision: z.string(),
  /** Of the text as it lies on disk: somebody may have edited it by hand. */
  problems: z.array(configProblemSchema),
  /** What counts now: the file, and above it the command line and the environment. */
  effective: vettingConfigSchema.shape.vetting,
  /** Keys that the command line or the environment sets, with what set them: a change of the file is not seen there. */
  overridden: z.array(z.object({ key: z.string(), from: z.string() })),
  /** Keys whose value in the file counts only from the next start. */
  restartNeeded: z.array(z.string()),
});
export type SettingsResponse = z.infer<typeof settingsResponseSchema>;

/** POST settings/check: the mistakes of a text that is not saved. */
export const settingsCheckRequestSchema = z.strictObject({ text: z.string().max(1_000_000) });
export const settingsCheckResponseSchema = z.object({ problems: z.array(configProblemSchema) });

/** PUT settings: the whole text. 409 when the file changed since `revision`, 422 with its mistakes. */
export const settingsPutRequestSchema = z.strictObject({
  text: z.string().max(1_000_000),
  revision: z.string(),
});

/** PATCH settings: single values, all else and every comment stays. `value` left out removes the key or list item. */
export const settingsPatchRequestSchema = z.strictObject({
  revision: z.string(),
  edits: z
    .array(
      z.strictObject({
        /** From the root: `["vetting", "thresholds", 0, "max"]`. */
        path: z.array(z.union([z.string(), z.int().min(0)])).min(1),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(200),
});
export type SettingsPatch = z.infer<typeof settingsPatchRequestSchema>;

/** PUT lab: the interface that the lab is on. Written to vetting.yaml, and opened at once. */
export const labRequestSchema = z.strictObject({ address: z.ipv4() });

/** POST runs/:id/firmware/pin: the versions that this run found become the pins of a spec, made when there is none. */
export const pinFirmwareRequestSchema = z.strictObject({ spec: z.string().trim().min(1).max(100) });
export const pinFirmwareResponseSchema = z.object({ spec: z.string(), pins: z.int() });

import { z } from "zod";
import { configProblemSchema } from "./common.ts";
import { vettingConfigSchema } from "./vetting-config.ts";

/** GET settings: vetting.yaml as it stands, and what counts. */
export const settingsResponseSchema = z.object({
  /** Where it lies, or would be made by the first change. */
  file: z.string(),
  /** False: `text` is what the first change begins with. */
  exists: z.boolean(),
  /** Null: it can be changed here; else why not. */
  readOnly: z.string().nullable(),
  text: z.string(),
  /** Names this text; a change must bring the one that it was made from. */
  revision: z.string(),
  /** Of the text as it lies on disk: somebody may have edited it by hand. */
  problems: z.array(configProblemSchema),
  /** What the text itself says below `vetting`, without defaults; null when it cannot be read as YAML. */
  written: z.record(z.string(), z.unknown()).nullable(),
  /** What counts now: the file, and above it the command line and the environment. */
  effective: vettingConfigSchema.shape.vetting,
  /** Keys (`lab.address`) that the command line or the environment sets, with what set them: there the file is not seen. */
  overridden: z.array(z.object({ key: z.string(), from: z.string() })),
  /** Keys (`lab.httpPort`) whose value in the file counts only from the next start. */
  restartNeeded: z.array(z.string()),
});
export type SettingsResponse = z.infer<typeof settingsResponseSchema>;

/** POST settings/check: the mistakes of a text that is not saved. */
export const settingsCheckRequestSchema = z.strictObject({ text: z.string().max(1_000_000) });
export const settingsCheckResponseSchema = z.object({ problems: z.array(configProblemSchema) });

/** PUT settings: the whole text; answered like `GET settings`. 409 when the file changed since `revision`, 422 with its mistakes. */
export const settingsPutRequestSchema = z.strictObject({
  text: z.string().max(1_000_000),
  revision: z.string(),
});

/**
 * PATCH settings: single values, one after the other; all else and every comment stays. Answered like `GET settings`.
 * `value` left out removes the key or list item.
 */
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
export const labResponseSchema = z.object({ address: z.ipv4(), labUrl: z.string() });

/** POST runs/:id/firmware/pin: the versions that this run found become the pins of a spec, made when there is none. */
export const pinFirmwareRequestSchema = z.strictObject({ spec: z.string().trim().min(1).max(100) });
export const pinFirmwareResponseSchema = z.object({ spec: z.string(), pins: z.int() });

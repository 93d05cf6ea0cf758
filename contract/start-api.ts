import { z } from "zod";
import { timeSchema } from "./common.ts";

/** How long a run takes: from this host's own runs of the profile where there are any. */
export const estimateSchema = z.object({
  profile: z.string(),
  seconds: z.number(),
  /** `past`: the median of the host's runs that were walked to the end; `profile`: the sum of what it sets. */
  basis: z.enum(["past", "profile"]),
  /** How many past runs it stands on. */
  runs: z.int(),
});

/** What is worth knowing before a start. `stop` means that a start is refused. */
export const preflightFindingSchema = z.object({
  id: z.string(),
  level: z.enum(["info", "warn", "stop"]),
  text: z.string(),
  mend: z.string().nullable(),
});

export type PreflightFinding = z.infer<typeof preflightFindingSchema>;

/** GET hosts/:id/preflight?nonDestructive= */
export const preflightResponseSchema = z.object({
  findings: z.array(preflightFindingSchema),
  estimates: z.array(estimateSchema),
  /** The disks of its last inventory; null: it has had none. */
  disks: z
    .object({
      asOf: timeSchema,
      list: z.array(
        z.object({
          name: z.string(),
          model: z.string().nullable(),
          serial: z.string().nullable(),
          sizeBytes: z.number(),
          /** What keeps it from being written over, or null. */
          inUse: z.string().nullable(),
        }),
      ),
    })
    .nullable(),
});
export type Preflight = z.infer<typeof preflightResponseSchema>;

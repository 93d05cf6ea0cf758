import { z } from "zod";
import {
  sentenceSchema,
  sequenceSchema,
  stageNameSchema,
  timeSchema,
  unitSchema,
  valueSchema,
} from "./common.ts";

export const STAGE_STATUSES = ["complete", "error", "skipped", "cancelled"] as const;
export const STAGE_RESULTS = ["pass", "fail", "not_applicable"] as const;
export type StageStatus = (typeof STAGE_STATUSES)[number];
export type StageResult = (typeof STAGE_RESULTS)[number];

/** One stress pass and what shows that it stressed the part. */
export const proofSchema = z.object({
  /** The part: `cpu`, `ram`, `disk sda read`, `nic eth0 receive`. */
  what: z.string().min(1).max(128),
  requestedS: z.number().min(0),
  elapsedS: z.number().min(0),
  /** Work done in `unit`: bogo operations (`1`), bytes (`By`) … */
  work: z.number().min(0),
  unit: unitSchema,
  utilisationPercent: z.number().min(0).optional(),
  minTempC: z.number().optional(),
  maxTempC: z.number().optional(),
  minPowerW: z.number().optional(),
  maxPowerW: z.number().optional(),
});
export type Proof = z.infer<typeof proofSchema>;

export const measurementSchema = z.object({
  name: z.string().min(1).max(128),
  value: valueSchema,
  unit: unitSchema,
  /** The limits the stage declares beside the measurement. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** The item measured, when there are several: disk, NIC, DIMM slot. */
  item: z.string().max(128).optional(),
});
export type Measurement = z.infer<typeof measurementSchema>;

/** A part or a check that the stage would exercise and did not. `absent`: the hardware is not there. */
export const gapSchema = z.object({
  what: z.string().min(1).max(128),
  why: sentenceSchema.min(1),
  absent: z.boolean().default(false),
});
export type Gap = z.infer<typeof gapSchema>;

/** The part to pull, named as printed on the board. */
export const blameSchema = z.object({
  part: z.string().min(1).max(128),
  slot: z.string().max(128).nullable().default(null),
  serial: z.string().max(128).nullable().default(null),
  model: z.string().max(256).nullable().default(null),
});
export type Blame = z.infer<typeof blameSchema>;

/** POST /api/agent/v1/result without its sequence: what a stage hands back. */
export const stageOutcomeSchema = z.object({
  stage: stageNameSchema,
  status: z.enum(STAGE_STATUSES),
  result: z.enum(STAGE_RESULTS),
  startedAt: timeSchema,
  endedAt: timeSchema,
  summary: sentenceSchema,
  /** Why it failed, erred, was skipped or cancelled, in one sentence. */
  reason: sentenceSchema.optional(),
  proof: z.array(proofSchema).max(1024).default([]),
  measurements: z.array(measurementSchema).max(4096).default([]),
  gaps: z.array(gapSchema).max(256).default([]),
  blame: z.array(blameSchema).max(64).default([]),
  /** Versions of the external programs that were run. */
  toolVersions: z.record(z.string().max(64), z.string().max(128)).default({}),
});

/** complete+pass, complete+fail; error, skipped and cancelled claim nothing [OCP diagnostics]. */
export function isLegalOutcome({
  status,
  result,
}: {
  status: StageStatus;
  result: StageResult;
}): boolean {
  return (status === "complete") === (result !== "not_applicable");
}

export const resultRequestSchema = stageOutcomeSchema
  .extend({ sequence: sequenceSchema })
  .refine(isLegalOutcome, {
    error: "expected pass or fail with status complete, and not_applicable with any other status",
    path: ["result"],
  });
export type ResultRequest = z.infer<typeof resultRequestSchema>;
export type StageOutcome = Omit<ResultRequest, "sequence">;

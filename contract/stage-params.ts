import { z } from "zod";
import { STAGES, type StageName } from "./stages.ts";

/**
 * What a profile may set: durations and concurrency of each stage, never the order.
 * Any positive duration is legal; the built-in values are starting points that a lab edits in vetting.yaml.
 */
const seconds = z.number().positive({ error: "expected a duration in seconds above 0" });

export const stageParamsSchemas = {
  Inventory: z.strictObject({}),
  Firmware: z.strictObject({}),
  SpecValidate: z.strictObject({}),
  SMART: z.strictObject({
    /** `none` skips the drive's own self-test, and the run says so. */
    selfTest: z.enum(["none", "short", "extended"]),
    /** How long to wait for the slowest drive's self-test, in seconds. */
    selfTestTimeoutSeconds: seconds,
  }),
  CPUStress: z.strictObject({
    cpuSeconds: seconds,
    ramSeconds: seconds,
    /** Pause after the stage, so that the next one starts from a settled machine. */
    settleSeconds: z.number().min(0),
  }),
  Storage: z.strictObject({
    /** Random and sequential reads, each this long per disk. */
    readSeconds: seconds,
    /** Destructive write-and-verify, this long per disk. */
    writeSeconds: seconds,
    /** badblocks -w over spinning disks: hours per terabyte. */
    badblocks: z.boolean(),
    queueDepth: z.int().min(1).max(1024),
  }),
  Network: z.strictObject({
    secondsPerDirection: seconds,
    /** Streams for each 10 Gbit/s of link speed, at least one. */
    streamsPer10G: z.int().min(1).max(64),
    /** The least acceptable throughput as a share of link speed. */
    floorShare: z.number().min(0).max(1),
  }),
  Burn: z.strictObject({ seconds, settleSeconds: z.number().min(0) }),
  GPU: z.strictObject({ seconds, dcgmLevel: z.int().min(1).max(4) }),
  PSU: z.strictObject({
    /** Rail tolerance around nominal, as a share (0.05 is ±5 %), where the sensor declares none. */
    railTolerance: z.number().positive().max(0.5),
  }),
  Reporting: z.strictObject({}),
} as const satisfies Record<StageName, z.ZodObject>;

export type StageParams = {
  [S in StageName]: z.infer<(typeof stageParamsSchemas)[S]>;
};

export const profileParamsSchema = z.strictObject(stageParamsSchemas);

/** One profile as written in vetting.yaml: every stage and every key may be left out. */
export const profileOverridesSchema = z.strictObject(
  Object.fromEntries(
    STAGES.map((stage) => [stage, stageParamsSchemas[stage].partial().optional()]),
  ) as { [S in StageName]: z.ZodOptional<ReturnType<(typeof stageParamsSchemas)[S]["partial"]>> },
);

const HOUR = 3600;

export const BUILT_IN_PROFILES: Readonly<Record<"quick" | "deep" | "soak", StageParams>> = {
  quick: {
    Inventory: {},
    Firmware: {},
    SpecValidate: {},
    SMART: { selfTest: "short", selfTestTimeoutSeconds: 600 },
    CPUStress: { cpuSeconds: 180, ramSeconds: 180, settleSeconds: 10 },
    Storage: { readSeconds: 30, writeSeconds: 60, badblocks: false, queueDepth: 32 },
    Network: { secondsPerDirection: 30, streamsPer10G: 2, floorShare: 0.7 },
    Burn: { seconds: 300, settleSeconds: 10 },
    GPU: { seconds: 120, dcgmLevel: 1 },
    PSU: { railTolerance: 0.05 },
    Reporting: {},
  },
  deep: {
    Inventory: {},
    Firmware: {},
    SpecValidate: {},
    SMART: { selfTest: "extended", selfTestTimeoutSeconds: 36 * HOUR },
    CPUStress: { cpuSeconds: 1800, ramSeconds: 1800, settleSeconds: 30 },
    Storage: { readSeconds: 300, writeSeconds: 600, badblocks: true, queueDepth: 32 },
    Network: { secondsPerDirection: 120, streamsPer10G: 2, floorShare: 0.7 },
    Burn: { seconds: HOUR, settleSeconds: 30 },
    GPU: { seconds: 1800, dcgmLevel: 3 },
    PSU: { railTolerance: 0.05 },
    Reporting: {},
  },
  soak: {
    Inventory: {},
    Firmware: {},
    SpecValidate: {},
    SMART: { selfTest: "extended", selfTestTimeoutSeconds: 36 * HOUR },
    CPUStress: { cpuSeconds: 4 * HOUR, ramSeconds: 4 * HOUR, settleSeconds: 60 },
    Storage: { readSeconds: HOUR, writeSeconds: 2 * HOUR, badblocks: true, queueDepth: 32 },
    Network: { secondsPerDirection: HOUR, streamsPer10G: 2, floorShare: 0.7 },
    Burn: { seconds: 24 * HOUR, settleSeconds: 60 },
    GPU: { seconds: 8 * HOUR, dcgmLevel: 3 },
    PSU: { railTolerance: 0.05 },
    Reporting: {},
  },
};

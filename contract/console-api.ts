import { z } from "zod";
import {
  breachSchema,
  catalogueSchema,
  holdFactsSchema,
  hostAccessSchema,
  logLineSchema,
} from "./agent-api.ts";
import { bootAttemptSchema } from "./boot-timeline.ts";
import { macSchema, stageNameSchema, timeSchema } from "./common.ts";
import { FIRMWARE_DIFF_KINDS, firmwareComponentSchema, firmwareRowSchema } from "./firmware.ts";
import { inventorySchema } from "./inventory.ts";
import { RUN_STATES } from "./run-state.ts";
import {
  blameSchema,
  gapSchema,
  measurementSchema,
  proofSchema,
  STAGE_RESULTS,
  STAGE_STATUSES,
} from "./stage-result.ts";
import { VERDICTS } from "./verdict.ts";
import { thresholdSchema } from "./vetting-config.ts";

const time = timeSchema.nullable();
const state = z.enum(RUN_STATES);
const verdict = z.enum(VERDICTS).nullable();

/** POST hosts: a machine known only by its MAC. */
export const createHostRequestSchema = z.strictObject({
  mac: macSchema,
  name: z.string().min(1).max(253).optional(),
  notes: z.string().max(10_000).optional(),
});

export type CreateHostRequest = z.infer<typeof createHostRequestSchema>;

/** PATCH hosts/:id */
export const patchHostRequestSchema = z.strictObject({
  name: z.string().min(1).max(253).optional(),
  /** The name of a spec in vetting.yaml; null goes back to matching by product. */
  spec: z.string().min(1).nullable().optional(),
  notes: z.string().max(10_000).optional(),
});

export type PatchHostRequest = z.infer<typeof patchHostRequestSchema>;

/** POST hosts/:id/runs */
export const startRunRequestSchema = z.strictObject({
  profile: z.string().min(1),
  nonDestructive: z.boolean(),
  /** `reporter` reboots the host by its reporter; `wake` sends a magic packet and waits for a hand. */
  start: z.enum(["reporter", "wake"]),
  /** What the host does after a pass. */
  afterPass: z.enum(["power_off", "reboot"]).default("power_off"),
  operator: z.string().max(128).optional(),
  ticket: z.string().max(128).optional(),
});
export type StartRunRequest = z.infer<typeof startRunRequestSchema>;

/** POST runs/:id/override */
export const overrideRequestSchema = z.strictObject({
  /** Stays in the report for good. */
  reason: z.string().trim().min(1, { error: "expected the reason for the override" }).max(2000),
});

/** A run as it stands in a list or on a tile. */
export const runSummarySchema = z.object({
  id: z.int(),
  hostId: z.int(),
  hostName: z.string(),
  profile: z.string(),
  nonDestructive: z.boolean(),
  state,
  verdict,
  /** `dispatch`, `boot`, a stage, or after a mismatch `<got> (expected <expected>)`. */
  failedStage: z.string().nullable(),
  /** Why it failed, in one sentence. */
  reason: z.string().nullable(),
  start: z.enum(["reporter", "wake"]),
  afterPass: z.enum(["power_off", "reboot"]),
  operator: z.string().nullable(),
  ticket: z.string().nullable(),
  createdAt: timeSchema,
  startedAt: time,
  endedAt: time,
  /** When the current state was entered. */
  stateSince: timeSchema,
  /** Seconds that the rest of the run is expected to take; null when it is over or holds. */
  remainingSeconds: z.number().nullable(),
  /** Set while no sign of life has come for `agent.lostAfterSeconds`. */
  silentSince: time,
  /** Something that the operator should see and that ends nothing: a reboot problem, a re-issued boot token. */
  warnings: z.array(z.string()),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const stageAttemptSchema = z.object({
  id: z.int(),
  stage: stageNameSchema,
  attempt: z.int(),
  status: z.enum([...STAGE_STATUSES, "running"]),
  result: z.enum(STAGE_RESULTS).nullable(),
  /** What the agent claimed, where the server judged otherwise. */
  claimedResult: z.enum(STAGE_RESULTS).nullable(),
  reason: z.string().nullable(),
  summary: z.string().nullable(),
  startedAt: timeSchema,
  endedAt: time,
  expectedSeconds: z.number(),
  proof: z.array(proofSchema),
  measurements: z.array(measurementSchema),
  gaps: z.array(gapSchema),
  blame: z.array(blameSchema),
  toolVersions: z.record(z.string(), z.string()),
  breaches: z.array(
    breachSchema.extend({ t: timeSchema, unit: z.string(), severity: z.enum(["warn", "fail"]) }),
  ),
});
export type StageAttempt = z.infer<typeof stageAttemptSchema>;

export const runDetailSchema = runSummarySchema.extend({
  stages: z.array(stageAttemptSchema),
  gaps: z.array(gapSchema.extend({ stage: stageNameSchema })),
  overrides: z.array(
    z.object({
      stage: stageNameSchema,
      reason: z.string(),
      operator: z.string().nullable(),
      at: timeSchema,
    }),
  ),
  evidence: z.array(
    z.object({
      id: z.int(),
      stage: stageNameSchema.nullable(),
      kind: z.string(),
      name: z.string(),
      bytes: z.int(),
      truncated: z.boolean(),
      receivedAt: timeSchema,
    }),
  ),
  thresholds: z.array(thresholdSchema),
  params: z.record(z.string(), z.record(z.string(), z.unknown())),
  spec: z.string().nullable(),
  catalogue: catalogueSchema.nullable(),
  inventory: inventorySchema.nullable(),
  agentVersion: z.string().nullable(),
  consoleVersion: z.string(),
  sensors: z.array(z.object({ sensor: z.string(), unit: z.string(), samples: z.int() })),
  droppedSamples: z.int(),
  /** How to get into the host while the run holds; null when nobody can. */
  access: hostAccessSchema.nullable(),
  /** The chassis LED, and why nobody can log in, while the run holds; null until the agent has told. */
  hold: holdFactsSchema.nullable(),
  /** Its host's boots over the network while it ran, oldest first. */
  boots: z.array(bootAttemptSchema),
  /** What the operator may do now: legal triggers of the state table. */
  canCancel: z.boolean(),
  canOverride: z.boolean(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const hostSummarySchema = z.object({
  id: z.int(),
  name: z.string(),
  macs: z.array(z.string()),
  vendor: z.string().nullable(),
  product: z.string().nullable(),
  serial: z.string().nullable(),
  os: z.string().nullable(),
  spec: z.string().nullable(),
  notes: z.string(),
  /** Last heartbeat of the reporter or of the agent. */
  lastSeen: time,
  /** The reporter has been heard within `reporter.staleAfterSeconds`. */
  online: z.boolean(),
  secureBoot: z.string().nullable(),
  netbootMethod: z.string().nullable(),
  netbootNote: z.string().nullable(),
  /** The run that occupies the host, else its latest. */
  run: runSummarySchema.nullable(),
  /** Its latest boot over the network. */
  boot: bootAttemptSchema.nullable(),
  /** Set for hosts of the demo. */
  simulated: z.boolean(),
});
export type HostSummary = z.infer<typeof hostSummarySchema>;

export const hostDetailSchema = hostSummarySchema.extend({
  inventory: inventorySchema.nullable(),
  /** Its boots over the network, newest first. */
  boots: z.array(bootAttemptSchema),
});
export type HostDetail = z.infer<typeof hostDetailSchema>;

export const discoveredSchema = z.object({
  mac: macSchema,
  uuid: z.string().nullable(),
  platform: z.string().nullable(),
  firstSeen: timeSchema,
  lastSeen: timeSchema,
});

/** GET runs/:id/series: min/max buckets, so that no spike is lost at any zoom. */
export const seriesResponseSchema = z.object({
  sensor: z.string(),
  unit: z.string(),
  /** [t in ms since 1970, min, max, mean] a bucket; a bucket of one sample has all three equal. */
  points: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
});
export type SeriesResponse = z.infer<typeof seriesResponseSchema>;

/** GET runs/:id/series/all?from=&to=&points=: every sensor of the run at once, so that a run opens with one request. */
export const runSeriesResponseSchema = z.object({ series: z.array(seriesResponseSchema) });
export type RunSeriesResponse = z.infer<typeof runSeriesResponseSchema>;

export const logsResponseSchema = z.object({
  lines: z.array(logLineSchema.extend({ receivedAt: timeSchema })),
});

export const firmwareResponseSchema = z.object({ components: z.array(firmwareRowSchema) });
export const firmwareDiffResponseSchema = z.object({
  against: z.string(),
  rows: z.array(
    z.object({
      kind: z.enum([...FIRMWARE_DIFF_KINDS, "same", "changed", "removed", "added"]),
      component: firmwareComponentSchema,
      identifier: z.string().nullable(),
      expected: z.string().nullable(),
      actual: z.string().nullable(),
    }),
  ),
});

export const profileViewSchema = z.object({
  name: z.string(),
  params: z.record(z.string(), z.record(z.string(), z.unknown())),
  expectedSeconds: z.number(),
});

/** One check of the doctor; `mend` is what to do about it, ready to copy. */
export const doctorCheckSchema = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(["ok", "warn", "fail"]),
  detail: z.string(),
  mend: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;
/** What hosts use on the lab address. */
export const labServiceSchema = z.object({
  id: z.enum(["http", "tftp", "dhcp", "pxe"]),
  name: z.string(),
  protocol: z.enum(["tcp", "udp"]),
  /** The port that it has; null: it does not run. */
  port: z.int().nullable(),
  /** False: switched off in the settings. */
  on: z.boolean(),
});
export const doctorResponseSchema = z.object({
  ok: z.boolean(),
  /** When it was looked. */
  checkedAt: timeSchema,
  checks: z.array(doctorCheckSchema),
  labUrl: z.string().nullable(),
  /** The live image that hosts get, as its manifest names it; null: none, or none that can be read. */
  image: z
    .object({ builtAt: timeSchema.nullable(), distribution: z.string().nullable() })
    .nullable()
    .optional(),
  services: z.array(labServiceSchema),
  version: z.string(),
  interfaces: z.array(
    z.object({
      name: z.string(),
      address: z.string(),
      mac: z.string(),
      internal: z.boolean(),
      /** What this system does not tell is left out. */
      netmask: z.string().optional(),
      /** Is there a carrier: a cable with a partner at its other end. */
      link: z.enum(["up", "down"]).optional(),
      speedMbps: z.int().positive().optional(),
      wireless: z.boolean().optional(),
      /** Handed out by a DHCP server for a time, and so able to change. */
      dynamic: z.boolean().optional(),
    }),
  ),
});
export type DoctorResponse = z.infer<typeof doctorResponseSchema>;

/** One event of GET events. The SSE `event:` is `type`, `data:` the whole, `id:` the server-wide cursor. */
export const liveEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("host"), host: hostSummarySchema }),
  z.object({ type: z.literal("run"), run: runSummarySchema }),
  z.object({
    type: z.literal("samples"),
    /** What was stored in one commit: of each run what is new. */
    runs: z.array(
      z.object({
        runId: z.int(),
        /** [sensor, unit, t in ms, value] */
        points: z.array(z.tuple([z.string(), z.string(), z.number(), z.number()])),
      }),
    ),
  }),
  z.object({ type: z.literal("log"), runId: z.int(), lines: z.array(logLineSchema) }),
  z.object({
    type: z.literal("notice"),
    level: z.enum(["info", "warn", "error"]),
    text: z.string(),
  }),
  /** The client could not keep up, or asked for a cursor that is gone: fetch a snapshot anew. */
  z.object({ type: z.literal("resync") }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;
export type SamplesEvent = Extract<LiveEvent, { type: "samples" }>;
/** [sensor, unit, t in ms, value], as `samples` carries them. */
export type SamplePoint = SamplesEvent["runs"][number]["points"][number];

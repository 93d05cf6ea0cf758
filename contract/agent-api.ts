import { z } from "zod";
import {
  bootIdSchema,
  macSchema,
  sentenceSchema,
  sequenceSchema,
  stageNameSchema,
  timeSchema,
  unitSchema,
  valueSchema,
} from "./common.ts";
import { firmwareRowSchema } from "./firmware.ts";
import { inventorySchema } from "./inventory.ts";
import { RUN_STATES } from "./run-state.ts";
import { VERDICTS } from "./verdict.ts";
import { hostSpecSchema } from "./vetting-config.ts";

/** A run's first token travels in a kernel command line and is used once: 256 bits, base64url. Ignored with a bearer. */
export const bootTokenSchema = z.string().max(256);

export const MAX_SAMPLES_PER_BATCH = 500;
export const MAX_LOG_LINES_PER_BATCH = 500;
export const MAX_EVIDENCE_CHARS = 1_000_000;

/** What a stage or probe declares of itself; sent with the claim, drawn by server and renderer. */
export const catalogueSchema = z.object({
  stages: z
    .array(
      z.object({
        name: stageNameSchema,
        title: z.string().max(128),
        tools: z.array(z.string().max(64)).max(64),
        measurements: z
          .array(
            z.object({
              name: z.string().max(128),
              unit: unitSchema,
              title: z.string().max(128),
              min: z.number().optional(),
              max: z.number().optional(),
            }),
          )
          .max(256),
      }),
    )
    .max(11),
});
export type Catalogue = z.infer<typeof catalogueSchema>;

/** POST claim */
export const claimRequestSchema = z.object({
  bootToken: bootTokenSchema,
  mac: macSchema,
  bootId: bootIdSchema,
  agentVersion: z.string().min(1).max(64),
  catalogue: catalogueSchema.optional(),
});
export type ClaimRequest = z.infer<typeof claimRequestSchema>;

export const claimResponseSchema = z.object({
  runId: z.int(),
  runToken: z.string(),
  /** The host's name in the console, for its own monitor. */
  hostName: z.string().optional(),
  /** The stage to walk, or `FailedHolding`: park and wait for an override. */
  currentState: z.enum(RUN_STATES),
  profile: z.string(),
  nonDestructive: z.boolean(),
  stages: z.array(z.object({ name: stageNameSchema, params: z.record(z.string(), z.unknown()) })),
  heartbeatSeconds: z.number(),
  /** The sequence of the next new artifact; an agent with a spool goes on after the greater of both. */
  nextSequence: sequenceSchema,
  /** The run's spec, for SpecValidate; null when the host has none. */
  spec: hostSpecSchema.nullable(),
  /** What this run has posted already, for an agent that resumes in the middle. */
  inventory: inventorySchema.nullable(),
  firmware: z.array(firmwareRowSchema).nullable(),
  /** The iperf3 server to test against; null when there is none. */
  networkPeer: z.object({ host: z.string(), port: z.int() }).nullable(),
  /** Why the run holds, when it does. */
  holdReason: z.string().nullable(),
  /** Where it failed, when it holds: a stage, or after a mismatch `<got> (expected <expected>)`. */
  failedStage: z.string().nullable().optional(),
  /** Collect pstore and SEL: the host reset by itself in a stage. */
  collectResetEvidence: z.boolean(),
  sshKeys: z.array(z.string()),
});
export type ClaimResponse = z.infer<typeof claimResponseSchema>;

/**
 * How an investigator gets into a held host. Strict, as a command to copy is made of it: an address is an address.
 * The fingerprint is OpenSSH's form of SHA-256: 256 bits in base64 without padding.
 */
export const hostAccessSchema = z.object({
  user: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, { error: "expected a user name" }),
  /** Where sshd answers, the address that the host booted with first. */
  addresses: z.array(z.union([z.ipv4(), z.ipv6()])).max(32),
  port: z.int().min(1).max(65_535),
  hostKeyFingerprint: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, { error: "expected SHA256: and 43 characters of base64" }),
});
export type HostAccess = z.infer<typeof hostAccessSchema>;

/** The light that tells the held machine from its neighbours, as the agent left it. */
export const CHASSIS_LEDS = ["lit", "no_bmc", "failed", "left_alone"] as const;

/** What the agent has done on the host for its investigators, beside the way in. */
export const holdFactsSchema = z.object({
  /** `no_bmc`: the host has nothing to light it with; `left_alone`: not in the live image, nothing is touched. */
  chassisLed: z.enum(CHASSIS_LEDS),
  /** Why nobody can log in; null when somebody can, or while it is being opened. */
  noLogin: sentenceSchema.nullable(),
});
export type HoldFacts = z.infer<typeof holdFactsSchema>;

/** POST heartbeat */
export const agentHeartbeatRequestSchema = z.object({
  bootId: bootIdSchema,
  stage: stageNameSchema.nullable().optional(),
  /** The final command that the agent is about to carry out: the run's token ends with it. */
  obeying: z.enum(["reboot", "power_off"]).optional(),
  /** Samples that the agent had to drop since it started: shown, never silent. */
  droppedSamples: z.int().min(0).optional(),
  /** How to get into the host while it holds; null when nobody can. Left out: nothing is said about it. */
  access: hostAccessSchema.nullable().optional(),
  /** On a hold; null elsewhere. Left out: nothing is said about it. */
  hold: holdFactsSchema.nullable().optional(),
});
export type AgentHeartbeatRequest = z.infer<typeof agentHeartbeatRequestSchema>;

export const AGENT_COMMANDS = [
  "continue",
  "abort_stage",
  "cancel_stage",
  "override",
  "reboot",
  "power_off",
] as const;
export type AgentCommand = (typeof AGENT_COMMANDS)[number];
export const agentHeartbeatResponseSchema = z.object({
  cmd: z.enum(AGENT_COMMANDS),
  /** With `override`: the stage to enter again. */
  stage: stageNameSchema.optional(),
  /** With `abort_stage`: why. */
  reason: z.string().optional(),
});
export type AgentHeartbeatResponse = z.infer<typeof agentHeartbeatResponseSchema>;

/**
 * POST network-turn: hosts that test their network at once share the console's link, and would fail each other. `ask`
 * until it is granted, `keep` while the test runs (a turn that is not kept is given up), `done` gives it back.
 */
export const networkTurnRequestSchema = z.object({
  turn: z.enum(["ask", "keep", "done"]),
  /** Negotiated speed of the NIC under test; null when it is not known. */
  mbps: z.number().positive().nullable(),
});
export type NetworkTurnRequest = z.infer<typeof networkTurnRequestSchema>;
export const networkTurnResponseSchema = z.object({
  granted: z.boolean(),
  /** Hosts that come first, with those that test now; 0 when granted. */
  ahead: z.int().min(0),
  /** Other hosts that wait. */
  waiting: z.int().min(0),
});
export type NetworkTurnResponse = z.infer<typeof networkTurnResponseSchema>;

/** POST sensor: at most 500 samples; more is answered with 413 and nothing is taken. */
export const sampleSchema = z.object({
  sequence: sequenceSchema,
  stage: stageNameSchema,
  t: timeSchema,
  sensor: z.string().min(1).max(128),
  value: valueSchema,
  unit: unitSchema,
  /** The sensor's own upper critical limit. */
  critical: z.number().optional(),
});
export type Sample = z.infer<typeof sampleSchema>;
export const sensorRequestSchema = z.object({ samples: z.array(sampleSchema).min(1) });
export type SensorRequest = z.infer<typeof sensorRequestSchema>;

export const breachSchema = z.object({ sensor: z.string(), value: z.number(), limit: z.number() });
/** `breaches`: every fail breach that stands for the current attempt; not empty means abort and post. */
export const sensorResponseSchema = z.object({
  accepted: z.int(),
  breaches: z.array(breachSchema),
});
export type SensorResponse = z.infer<typeof sensorResponseSchema>;

/** POST log */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const logLineSchema = z.object({
  sequence: sequenceSchema,
  stage: stageNameSchema.nullable(),
  t: timeSchema,
  level: z.enum(LOG_LEVELS),
  /** The program or part that spoke: `agent`, `stress-ng`, `kernel`. */
  source: z.string().min(1).max(64),
  text: z.string().max(8000),
});
export type LogLine = z.infer<typeof logLineSchema>;
export const logRequestSchema = z.object({
  lines: z.array(logLineSchema).min(1).max(MAX_LOG_LINES_PER_BATCH),
});
export type LogRequest = z.infer<typeof logRequestSchema>;
export const logResponseSchema = z.object({ accepted: z.int() });

/** POST inventory, firmware, evidence: one artifact each. */
export const inventoryRequestSchema = z.object({
  sequence: sequenceSchema,
  inventory: inventorySchema,
});
export type InventoryRequest = z.infer<typeof inventoryRequestSchema>;
export const firmwareRequestSchema = z.object({
  sequence: sequenceSchema,
  components: z.array(firmwareRowSchema).max(1024),
});
export type FirmwareRequest = z.infer<typeof firmwareRequestSchema>;

export const EVIDENCE_KINDS = [
  "dmesg",
  "sel",
  "smart",
  "edac",
  "samples",
  "tool-output",
  "pstore",
  "interfaces",
] as const;
export const evidenceRequestSchema = z.object({
  sequence: sequenceSchema,
  stage: stageNameSchema.nullable(),
  kind: z.enum(EVIDENCE_KINDS),
  /** File name under which it can be downloaded: `dmesg.txt`. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, { error: "expected a plain file name" }),
  text: z.string().max(MAX_EVIDENCE_CHARS),
  /** The source was longer than what is sent. */
  truncated: z.boolean().default(false),
});
export type EvidenceRequest = z.infer<typeof evidenceRequestSchema>;

export const storedResponseSchema = z.object({ stored: z.literal(true) });
/** A host known only by its MAC has told no product until now: the spec that fits it comes with this answer. */
export const inventoryResponseSchema = storedResponseSchema.extend({
  spec: hostSpecSchema.nullable(),
});
export type InventoryResponse = z.infer<typeof inventoryResponseSchema>;
export const resultResponseSchema = z.object({
  nextState: z.enum(RUN_STATES),
  /** What the server made of the claimed result, when it did not agree. */
  judged: sentenceSchema.optional(),
  /** With the state that ends the run or holds it. */
  verdict: z.enum(VERDICTS).optional(),
});
export type ResultResponse = z.infer<typeof resultResponseSchema>;

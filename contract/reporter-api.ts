import { z } from "zod";
import { bootIdSchema, macSchema } from "./common.ts";

const dmi = z.string().max(256).optional();

/** POST /api/reporter/v1/register */
export const registerRequestSchema = z.object({
  hostname: z.string().min(1).max(253),
  macs: z.array(macSchema).min(1).max(64),
  uuid: dmi,
  serial: dmi,
  vendor: dmi,
  product: dmi,
  os: dmi,
  reporterVersion: z.string().max(64).optional(),
  /** Needed when vetting.yaml sets `reporter.enrolToken`. */
  enrolToken: z.string().max(256).optional(),
  /** Secure Boot is the likeliest reason why a network boot fails; preflight says so. */
  secureBoot: z.enum(["enabled", "disabled", "unsupported", "unknown"]).optional(),
  /** How the reporter can set a one-time network boot; `none` means that it cannot, and why is in the note. */
  netbootMethod: z.enum(["efibootmgr", "ipmitool", "none"]).optional(),
  netbootNote: z.string().max(500).optional(),
});
export type RegisterRequest = z.infer<typeof registerRequestSchema>;

export const registerResponseSchema = z.object({
  hostId: z.int(),
  reporterToken: z.string(),
  heartbeatSeconds: z.number(),
});
export type RegisterResponse = z.infer<typeof registerResponseSchema>;

/** POST /api/reporter/v1/heartbeat, with the reporter token as bearer. */
export const reporterHeartbeatRequestSchema = z.object({
  bootId: bootIdSchema,
  uptimeSeconds: z.number().min(0).optional(),
  /** The reporter was told to reboot and could not: shown on the run. */
  rebootProblem: z.string().max(500).optional(),
});
export type ReporterHeartbeatRequest = z.infer<typeof reporterHeartbeatRequestSchema>;

export const REPORTER_COMMANDS = ["none", "reboot_for_vetting"] as const;
export const reporterHeartbeatResponseSchema = z.object({
  command: z.enum(REPORTER_COMMANDS),
  runId: z.int().optional(),
});
export type ReporterHeartbeatResponse = z.infer<typeof reporterHeartbeatResponseSchema>;

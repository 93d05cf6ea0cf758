import { z } from "zod";
import { stageNameSchema } from "./common.ts";
import { firmwarePinSchema } from "./firmware.ts";
import { specExpectSchema } from "./inventory.ts";
import { profileOverridesSchema } from "./stage-params.ts";

const port = z
  .int()
  .min(0)
  .max(65535, { error: "expected a port from 0 to 65535 (0 takes a free one)" });
const positive = z.number().positive();

/** Gives an object its defaults when the key is left out altogether. */
function section<T extends z.ZodRawShape>(shape: T) {
  const schema = z.strictObject(shape);
  return schema.prefault({} as z.input<typeof schema>);
}

export const SENSOR_CRITICAL = "sensor-critical";
const limitSchema = z.union([z.number(), z.literal(SENSOR_CRITICAL)], {
  error: `expected a number or ${SENSOR_CRITICAL}`,
});

/**
 * A limit on a sensor. `sensor` names a family and all its instances (`cpu.package.temp` covers
 * `cpu.package.temp[1]`), and `*` stands for any part of the name. `sensor-critical` takes the limit
 * that the sensor itself declares; a sample without one is then not judged.
 */
export const thresholdSchema = z
  .strictObject({
    sensor: z.string().min(1),
    min: z.number().optional(),
    max: limitSchema.optional(),
    /** How long the value must stay beyond the limit; 0 means at once. */
    forSeconds: z.number().min(0).default(0),
    severity: z.enum(["warn", "fail"]).default("fail"),
    /** Only in these stages; left out: in all. */
    stages: z.array(stageNameSchema).min(1).optional(),
  })
  .refine((threshold) => threshold.min !== undefined || threshold.max !== undefined, {
    error: "expected min, max or both",
    path: ["max"],
  });
export type Threshold = z.infer<typeof thresholdSchema>;

export const hostSpecSchema = z.strictObject({
  name: z.string().min(1),
  match: z
    .strictObject({ product: z.string().optional(), vendor: z.string().optional() })
    .optional(),
  expect: specExpectSchema.prefault({}),
  firmware: z.array(firmwarePinSchema).default([]),
});
export type HostSpec = z.infer<typeof hostSpecSchema>;

export const DEFAULT_THRESHOLDS: readonly z.input<typeof thresholdSchema>[] = [
  { sensor: "cpu.package.temp", max: SENSOR_CRITICAL, forSeconds: 10, severity: "fail" },
  { sensor: "disk.temp", max: SENSOR_CRITICAL, forSeconds: 10, severity: "fail" },
  { sensor: "memory.edac.ue", max: 0, forSeconds: 0, severity: "fail" },
];

export const vettingConfigSchema = z.strictObject({
  vetting: section({
    lab: section({
      /** The address of the lab interface; null until the operator picks one. */
      address: z.ipv4().nullable().default(null),
      httpPort: port.default(8421),
      tftpPort: port.default(69),
      dhcpPort: port.default(67),
      pxePort: port.default(4011),
      tftp: z.boolean().default(true),
      proxyDhcp: z.boolean().default(true),
    }),
    console: section({ port: port.default(8420) }),
    reporter: section({
      heartbeatSeconds: positive.default(30),
      staleAfterSeconds: positive.default(60),
      /** When set, registration must bring this token. */
      enrolToken: z.string().min(1).nullable().default(null),
    }),
    agent: section({
      heartbeatSeconds: positive.default(5),
      lostAfterSeconds: positive.default(60),
      /** Public keys that may log in to a held host. */
      sshKeys: z.array(z.string().min(1)).default([]),
    }),
    dispatcher: section({ maxConcurrentRuns: z.int().min(1).default(8) }),
    boot: section({ timeoutMinutes: positive.default(15) }),
    network: section({
      /** An iperf3 server that the lab runs, `host` or `host:port`; null: the console starts its own. */
      iperfPeer: z.string().min(1).nullable().default(null),
      /** First TCP port for the console's own iperf3 servers, one port a run; 0 takes free ones. */
      iperfPort: port.default(5201),
    }),
    disk: section({
      /** Below this much free space the doctor warns, and below half of it no new run starts. */
      warnFreeMiB: positive.default(1024),
    }),
    profiles: z.record(z.string().min(1), profileOverridesSchema).default({}),
    thresholds: z.array(thresholdSchema).prefault([...DEFAULT_THRESHOLDS]),
    specs: z.array(hostSpecSchema).default([]),
  }),
});
export type VettingConfig = z.infer<typeof vettingConfigSchema>["vetting"];

import { z } from "zod";
import { macSchema } from "./common.ts";

const text = z.string().max(256).nullable();
const count = z.int().min(0);

/**
 * One normalised document of what the host is made of. Part identity is serial + slot label,
 * because the report names the part to pull. A value that could not be read is null, never invented.
 */
export const inventorySchema = z.object({
  system: z.object({ vendor: text, product: text, serial: text, uuid: text, sku: text }),
  board: z.object({ vendor: text, product: text, serial: text, version: text }),
  bios: z.object({ vendor: text, version: text, date: text }),
  cpus: z
    .array(
      z.object({
        socket: z.string().max(64),
        model: text,
        cores: count.nullable(),
        threads: count.nullable(),
        maxMHz: z.number().nullable(),
      }),
    )
    .max(64),
  /** Logical processors that the operating system sees. */
  logicalCpus: count,
  /** Physical cores that the operating system sees. */
  physicalCores: count,
  memoryBytes: count,
  dimms: z
    .array(
      z.object({
        /** As printed on the board: `DIMM_A1`. */
        locator: z.string().max(64),
        bank: text,
        sizeBytes: count,
        type: text,
        speedMTps: count.nullable(),
        configuredMTps: count.nullable(),
        rank: count.nullable(),
        manufacturer: text,
        partNumber: text,
        serial: text,
      }),
    )
    .max(256),
  disks: z
    .array(
      z.object({
        /** Kernel name without /dev: `nvme0n1`, `sda`. */
        name: z.string().max(64),
        byId: text,
        model: text,
        serial: text,
        wwn: text,
        sizeBytes: count,
        /** Transport as lsblk names it: nvme, sata, sas, usb, virtio; null when it does not say. */
        transport: text,
        rotational: z.boolean(),
        slot: text,
        /** Why nothing may be written to it (mounted, swap, RAID member …); null when it is free. */
        inUse: text,
      }),
    )
    .max(512),
  nics: z
    .array(
      z.object({
        name: z.string().max(64),
        mac: macSchema.nullable(),
        driver: text,
        /** Negotiated, in Mbit/s; null without link. */
        speedMbps: z.number().nullable(),
        maxSpeedMbps: z.number().nullable(),
        carrier: z.boolean(),
        pciAddress: text,
        model: text,
      }),
    )
    .max(128),
  gpus: z
    .array(
      z.object({
        pciAddress: z.string().max(32),
        vendor: text,
        model: text,
        serial: text,
        driver: text,
      }),
    )
    .max(64),
  psus: z
    .array(z.object({ slot: z.string().max(64), model: text, serial: text, present: z.boolean() }))
    .max(16),
  bmc: z.object({ vendor: text, firmware: text, ipmiVersion: text, address: text }).nullable(),
  /** Memory error reporting: the controllers with an EDAC driver; empty means nobody counts ECC errors. */
  edacControllers: z.array(z.string().max(128)).max(64),
  secureBoot: z.enum(["enabled", "disabled", "unsupported", "unknown"]),
  /** What could not be read and why, in words. */
  problems: z.array(z.string().max(500)).max(64),
});
export type Inventory = z.infer<typeof inventorySchema>;

/** What a spec may expect of an inventory: counts and sizes; a key left out is not asked. */
export const specExpectSchema = z.strictObject({
  cpuSockets: count.optional(),
  cpuCores: count.optional(),
  cpuModel: z.string().optional(),
  memoryGiB: z.number().positive().optional(),
  dimms: count.optional(),
  disks: count.optional(),
  nics: count.optional(),
  gpus: count.optional(),
  psus: count.optional(),
  bmc: z.boolean().optional(),
  /** The slowest link that any connected NIC may have negotiated, in Mbit/s. */
  linkSpeedMbps: z.number().positive().optional(),
});
export type SpecExpect = z.infer<typeof specExpectSchema>;

import type { ToolFailure } from "./tool-result.ts";

/** Counters that only ever grow over a drive's life; null where the drive keeps none. */
export interface SmartCounters {
  /** ATA attribute 5. */
  readonly reallocatedSectors: number | null;
  /** ATA attribute 196. */
  readonly reallocationEvents: number | null;
  /** ATA attribute 187. */
  readonly reportedUncorrectable: number | null;
  /** ATA attribute 197; falls again when a sector is rewritten. */
  readonly pendingSectors: number | null;
  /** ATA attribute 198. */
  readonly offlineUncorrectable: number | null;
  /** ATA attribute 199: errors on the cable, not in the drive. */
  readonly crcErrors: number | null;
  /** NVMe: data that could not be recovered. */
  readonly mediaErrors: number | null;
  /** SCSI: read, write and verify errors that could not be corrected. */
  readonly uncorrectedErrors: number | null;
  /** SCSI: sectors that the drive gave up since it was made. */
  readonly grownDefects: number | null;
  /** ATA and NVMe error log, all entries ever made; healthy NVMe drives have thousands. */
  readonly errorLogEntries: number | null;
  /** Entries of the self-test log that say failure. */
  readonly failedSelfTests: number | null;
}

/** One reading of a drive's health. */
export interface SmartData {
  readonly kind: "ok";
  readonly device: string;
  readonly protocol: "ATA" | "NVMe" | "SCSI" | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly firmware: string | null;
  /** smartctl's bit mask. */
  readonly exitStatus: number;
  /** The drive's own verdict on itself. */
  readonly passed: boolean | null;
  /** SMART is there but switched off. */
  readonly disabled: boolean;
  /** Attributes, health log or SCSI counters are there: bit 2 is then no error. */
  readonly hasAttributes: boolean;
  readonly counters: SmartCounters;
  /** Names of ATA attributes that are at or below their threshold now. */
  readonly failingNow: readonly string[];
  /** NVMe's bit mask; null for others. */
  readonly criticalWarning: number | null;
  readonly availableSparePercent: number | null;
  readonly availableSpareThresholdPercent: number | null;
  /** Share of the rated endurance that is used up; may exceed 100. */
  readonly usedPercent: number | null;
  readonly tempC: number | null;
  readonly powerOnHours: number | null;
  /** smartctl's own messages. */
  readonly messages: readonly string[];
  readonly version: string | null;
}

/** A drive's health, or why there is none. Every failure names the device. */
export type SmartReading = SmartData | (ToolFailure & { readonly device: string });

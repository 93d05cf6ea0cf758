import type { SmartCounters, SmartData, SmartReading } from "./smart-reading.ts";
import { failureText } from "./tool-result.ts";

export interface SmartVerdict {
  readonly device: string;
  /** `error`: nothing can be claimed about the drive; it holds the run just as a failure does. */
  readonly result: "pass" | "fail" | "error";
  /** Why it failed or erred, one sentence each. */
  readonly reasons: readonly string[];
  /** Worth reading, no failure. */
  readonly warnings: readonly string[];
}

/** NVMe critical_warning, bit by bit [NVMe base specification, SMART / Health Information]. */
const CRITICAL_WARNINGS = [
  "spare capacity is below its threshold",
  "temperature is beyond a threshold",
  "reliability is degraded by media or internal errors",
  "the media is read-only",
  "the volatile memory backup has failed",
  "the persistent memory region is unreliable",
];

/** Above zero means data that the drive could not give back. */
const LOST_DATA: readonly (readonly [keyof SmartCounters, string])[] = [
  ["pendingSectors", "pending sectors (197)"],
  ["offlineUncorrectable", "offline uncorrectable sectors (198)"],
  ["reportedUncorrectable", "reported uncorrectable errors (187)"],
  ["mediaErrors", "media errors"],
  ["uncorrectedErrors", "uncorrected read, write or verify errors"],
];

/** What a drive repaired or retried by itself: history alone is a warning, growth under test is a failure. */
const REPAIRED: readonly (readonly [keyof SmartCounters, string])[] = [
  ["reallocatedSectors", "reallocated sectors (5)"],
  ["reallocationEvents", "reallocation events (196)"],
  ["grownDefects", "grown defects"],
  ["crcErrors", "interface CRC errors (199: cable or backplane)"],
];

/** Logs that keep old entries for life: only growth counts. */
const LOGS: readonly (readonly [keyof SmartCounters, string])[] = [
  ["errorLogEntries", "error log entries"],
  ["failedSelfTests", "failed self-tests in the log"],
];

/** At this share of its rated endurance a drive is worth a warning, in percent. */
const WORN_PERCENT = 90;

/**
 * Judges a drive from a reading at the start and one at the end (of the stage, or of the run).
 * Exit bits of smartctl: 0–1 cannot be opened → error; 2 → error only when health or attributes are
 * missing; 3–4 → fail; 5 → warning; 6–7 → fail only when those logs grew.
 * @param before null when there is but one reading: then growth is unknown and not judged.
 */
export function judgeSmart(before: SmartReading | null, after: SmartReading): SmartVerdict {
  if (after.kind !== "ok") {
    return { device: after.device, result: "error", reasons: [failureText(after)], warnings: [] };
  }
  const missing = missingHealth(after);
  if (missing !== null) {
    return { device: after.device, result: "error", reasons: [missing], warnings: [] };
  }
  const start = before?.kind === "ok" ? before : null;
  if (start !== null && start.serial !== after.serial) {
    const text = `Another drive answers than at the start: serial ${after.serial ?? "unknown"} instead of ${start.serial ?? "unknown"}.`;
    return { device: after.device, result: "error", reasons: [text], warnings: [] };
  }
  const reasons = [
    ...ownVerdict(after),
    ...lostData(after),
    ...endurance(after),
    ...growth(start, after),
  ];
  return {
    device: after.device,
    result: reasons.length > 0 ? "fail" : "pass",
    reasons,
    warnings: [...vanished(start, after), ...warningsOf(after)],
  };
}

/** Counters that fell: pending sectors that were rewritten, or a drive that forgets what it counted. */
function vanished(before: SmartData | null, after: SmartData): string[] {
  if (before === null) return [];
  return [...LOST_DATA, ...REPAIRED].flatMap(([key, name]) => {
    const start = before.counters[key] ?? 0;
    const end = after.counters[key] ?? 0;
    return end < start ? [`${start} ${name} at the start, ${end} at the end.`] : [];
  });
}

function missingHealth(data: SmartData): string | null {
  if (data.disabled) return "SMART is switched off in the drive.";
  if (data.passed === null || !data.hasAttributes) {
    const said = data.messages.length === 0 ? "" : ` (${data.messages.join("; ")})`;
    const what = data.passed === null ? "no health status" : "no attributes";
    return `It answers no SMART: ${what}${said}.`;
  }
  return null;
}

function ownVerdict(data: SmartData): string[] {
  const reasons: string[] = [];
  // The flag and the bit say the same; either alone is enough.
  if (data.passed === false || (data.exitStatus & 8) !== 0) {
    reasons.push("The drive says of itself that it is failing.");
  }
  if ((data.exitStatus & 16) !== 0 || data.failingNow.length > 0) {
    const which = data.failingNow.length === 0 ? "" : `: ${data.failingNow.join(", ")}`;
    reasons.push(`An attribute is at or below its threshold${which}.`);
  }
  const warning = data.criticalWarning ?? 0;
  if (warning !== 0) {
    const bits = CRITICAL_WARNINGS.filter((_, bit) => (warning & (1 << bit)) !== 0);
    reasons.push(
      `Critical warning 0x${warning.toString(16).padStart(2, "0")}: ${bits.join("; ")}.`,
    );
  }
  return reasons;
}

function lostData(data: SmartData): string[] {
  return LOST_DATA.flatMap(([key, name]) => {
    const count = data.counters[key] ?? 0;
    return count > 0 ? [`${count} ${name}.`] : [];
  });
}

function endurance(data: SmartData): string[] {
  const reasons: string[] = [];
  const { availableSparePercent: spare, availableSpareThresholdPercent: threshold } = data;
  if (spare !== null && threshold !== null && spare < threshold) {
    reasons.push(`Spare capacity is ${spare} %, below its threshold of ${threshold} %.`);
  }
  if (data.usedPercent !== null && data.usedPercent >= 100) {
    reasons.push(`${data.usedPercent} % of the rated endurance is used up.`);
  }
  return reasons;
}

function growth(before: SmartData | null, after: SmartData): string[] {
  if (before === null) return [];
  // NVMe drives log every command they do not know, smartctl's own probing included: media errors tell instead.
  const logs = after.protocol === "NVMe" ? LOGS.filter(([key]) => key !== "errorLogEntries") : LOGS;
  const grown = [...REPAIRED, ...logs].flatMap(([key, name]) => {
    const start = before.counters[key];
    const more = start === null ? 0 : (after.counters[key] ?? 0) - start;
    return more > 0 ? [`${more} more ${name} than at the start.`] : [];
  });
  const fresh = LOG_BITS.filter(
    ([bit, key]) =>
      logs.some(([log]) => log === key) &&
      before.counters[key] === null &&
      (after.exitStatus & ~before.exitStatus & bit) !== 0,
  );
  return [...grown, ...fresh.map(([, , words]) => words)];
}

/** Bits 6 and 7 of the exit status, for logs that could not be counted at the start. */
const LOG_BITS: readonly (readonly [number, keyof SmartCounters, string])[] = [
  [64, "errorLogEntries", "The drive has an error log that it did not have at the start."],
  [128, "failedSelfTests", "The drive logged a failed self-test that was not there at the start."],
];

function warningsOf(data: SmartData): string[] {
  const warnings = [...REPAIRED, ...LOGS].flatMap(([key, name]) => {
    if (key === "errorLogEntries" && data.protocol === "NVMe") return [];
    const count = data.counters[key] ?? 0;
    return count > 0 ? [`${count} ${name}.`] : [];
  });
  if ((data.exitStatus & 32) !== 0) {
    warnings.push("An attribute was at or below its threshold at some time in the past.");
  }
  const used = data.usedPercent ?? 0;
  if (used >= WORN_PERCENT && used < 100) {
    warnings.push(`${used} % of the rated endurance is used up.`);
  }
  return warnings;
}

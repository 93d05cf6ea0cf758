import type { EdacController } from "../tools/edac.ts";

export interface DimmErrors {
  /** As the driver names the slot; the sysfs path where it does not. */
  readonly label: string;
  readonly corrected: number;
  readonly uncorrected: number;
}

export interface MemoryErrors {
  readonly corrected: number;
  readonly uncorrected: number;
  /** The modules that had any, where the driver tells them apart. */
  readonly dimms: readonly DimmErrors[];
  /** The counters fell, cannot be read or went away: then zero must not be claimed. */
  readonly lost: boolean;
}

/** What was counted between two readings. */
export function memoryErrorsSince(
  before: readonly EdacController[],
  now: readonly EdacController[],
): MemoryErrors {
  const KEYS = ["correctedErrors", "uncorrectedErrors"] as const;
  const grown = (key: (typeof KEYS)[number]) =>
    now.reduce((sum, { name, ...counts }) => {
      const start = before.find((controller) => controller.name === name)?.[key] ?? 0;
      return sum + Math.max(0, (counts[key] ?? start) - start);
    }, 0);
  const lost = before.some((start) => {
    const end = now.find(({ name }) => name === start.name);
    return KEYS.some((key) => {
      const [from, to] = [start[key], end?.[key] ?? null];
      return from === null || to === null || to < from;
    });
  });
  const earlier = new Map(before.flatMap(({ dimms }) => dimms.map((dimm) => [dimm.path, dimm])));
  const dimms = now
    .flatMap((controller) => controller.dimms)
    .map((dimm): DimmErrors => {
      const start = earlier.get(dimm.path);
      return {
        label: dimm.label ?? dimm.path,
        corrected: dimm.correctedErrors - (start?.correctedErrors ?? 0),
        uncorrected: (dimm.uncorrectedErrors ?? 0) - (start?.uncorrectedErrors ?? 0),
      };
    })
    .filter(({ corrected, uncorrected }) => corrected > 0 || uncorrected > 0);
  // A controller's total and the sum over its modules may disagree: the greater stands.
  const sum = (key: "corrected" | "uncorrected") => dimms.reduce((all, dimm) => all + dimm[key], 0);
  const corrected = Math.max(grown("correctedErrors"), sum("corrected"));
  const uncorrected = Math.max(grown("uncorrectedErrors"), sum("uncorrected"));
  // Errors that were counted stand, whatever became of the other counters.
  return { corrected, uncorrected, dimms, lost: lost && corrected + uncorrected === 0 };
}

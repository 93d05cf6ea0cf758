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
}

/** What was counted between two readings. */
export function memoryErrorsSince(
  before: readonly EdacController[],
  now: readonly EdacController[],
): MemoryErrors {
  const count = (all: readonly EdacController[], key: "correctedErrors" | "uncorrectedErrors") =>
    all.reduce((sum, controller) => sum + controller[key], 0);
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
  return {
    corrected: Math.max(0, count(now, "correctedErrors") - count(before, "correctedErrors")),
    uncorrected: Math.max(0, count(now, "uncorrectedErrors") - count(before, "uncorrectedErrors")),
    dimms,
  };
}

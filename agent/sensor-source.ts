import type { SensorReading } from "./stages/stage.ts";
import type { HostFiles, RunCommand } from "./tools/command.ts";
import { readEdacCounts } from "./tools/edac.ts";
import { readKernelSensors, readSystemPower } from "./tools/sensors.ts";

/** @param signal ends the sampling of one stage attempt, and stands for that attempt. */
export type ReadSensors = (signal: AbortSignal) => Promise<readonly SensorReading[]>;

/** The BMC measures over seconds and answers slowly: it is asked at every fifth turn. */
const POWER_EVERY = 5;
/** A BMC that gave no watts this often has none to give. */
const POWER_TRIES = 3;

/**
 * What is sampled in the background of every stage: temperatures, fans, clock, watts, and the memory errors
 * that came since the attempt began. What an earlier attempt counted is not held against the next one.
 */
export function createSensorSource(deps: {
  readonly files: HostFiles;
  readonly run: RunCommand;
}): ReadSensors {
  let turn = 0;
  let powerMisses = 0;
  const atBegin = new WeakMap<AbortSignal, ReadonlyMap<string, number>>();
  return async (signal) => {
    const readings: SensorReading[] = [...(await readKernelSensors(deps.files))];
    const errors = await memoryErrors(deps.files);
    const before = atBegin.get(signal) ?? new Map(errors.map((it) => [it.sensor, it.value]));
    atBegin.set(signal, before);
    for (const error of errors) {
      readings.push({ ...error, value: error.value - (before.get(error.sensor) ?? 0) });
    }
    if (turn % POWER_EVERY === 0 && powerMisses < POWER_TRIES) {
      const power = await readSystemPower({ run: deps.run, signal });
      powerMisses = power === null ? powerMisses + 1 : 0;
      if (power !== null) readings.push(power);
    }
    turn += 1;
    return readings;
  };
}

/** Counts since boot; no EDAC driver, no sample: zero must not be claimed where nobody counts. */
async function memoryErrors(files: HostFiles): Promise<SensorReading[]> {
  const controllers = await readEdacCounts(files);
  if (controllers.length === 0) return [];
  const sum = (count: (controller: (typeof controllers)[number]) => number) =>
    controllers.reduce((total, controller) => total + count(controller), 0);
  return [
    { sensor: "memory.edac.ce", value: sum((mc) => mc.correctedErrors ?? 0), unit: "1" },
    { sensor: "memory.edac.ue", value: sum((mc) => mc.uncorrectedErrors ?? 0), unit: "1" },
  ];
}

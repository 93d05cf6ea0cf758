import type { Catalogue } from "../../contract/agent-api.ts";
import { burnStage } from "./burn.ts";
import { cpuStressStage } from "./cpu-stress.ts";
import { firmware } from "./firmware.ts";
import { gpuStage } from "./gpu.ts";
import { inventory } from "./inventory.ts";
import { networkStage } from "./network.ts";
import { psuStage } from "./psu.ts";
import { reportingStage } from "./reporting.ts";
import { smart } from "./smart.ts";
import { specValidate } from "./spec-validate.ts";
import type { StageDefinition } from "./stage.ts";
import { storageStage } from "./storage.ts";

/** The eleven stages, in the one order in which every run walks them. */
export const STAGE_DEFINITIONS: readonly StageDefinition[] = [
  inventory,
  firmware,
  specValidate,
  smart,
  cpuStressStage,
  storageStage,
  networkStage,
  burnStage,
  gpuStage,
  psuStage,
  reportingStage,
];

/** What every stage declares of itself, as sent with the claim. */
export function catalogue(): Catalogue {
  return {
    stages: STAGE_DEFINITIONS.map(({ name, title, tools, measurements }) => ({
      name,
      title,
      tools: [...tools],
      measurements: measurements.map((measurement) => ({ ...measurement })),
    })),
  };
}

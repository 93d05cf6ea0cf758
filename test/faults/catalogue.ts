import type { FaultRow } from "./fault-row.ts";
import { DRIVE_FAULTS } from "./rows/drives.ts";
import { GPU_FAULTS } from "./rows/gpu.ts";
import { SPEC_FAULTS } from "./rows/inventory-firmware-spec.ts";
import { LIFE_FAULTS } from "./rows/life.ts";
import { NETWORK_BURN_FAULTS } from "./rows/network-burn.ts";
import { POWER_FAULTS } from "./rows/power.ts";
import { PROCESSOR_FAULTS } from "./rows/processor.ts";
import { STORAGE_FAULTS } from "./rows/storage.ts";
import { THRESHOLD_FAULTS } from "./rows/thresholds.ts";

/** All fast rows, in the order of the stages that catch them. */
export const FAULTS: readonly FaultRow[] = [
  ...SPEC_FAULTS,
  ...DRIVE_FAULTS,
  ...PROCESSOR_FAULTS,
  ...STORAGE_FAULTS,
  ...NETWORK_BURN_FAULTS,
  ...GPU_FAULTS,
  ...POWER_FAULTS,
  ...THRESHOLD_FAULTS,
  ...LIFE_FAULTS,
];

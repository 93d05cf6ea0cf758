import type { VirtualRow } from "./rig/virtual-row.ts";
import {
  CORRECTED_MACHINE_CHECK,
  HANG,
  MEMORY_PRESSURE,
  PCIE_ERROR,
  UNCORRECTED_MACHINE_CHECK,
} from "./rows/board.ts";
import { BAD_SECTOR, NVME_FAILING, REFUSALS } from "./rows/disks.ts";
import { LINK_LOST, RAIL_SAGS, SUPPLY_FAILED } from "./rows/power-and-network.ts";
import { SPECIFICATION_ROWS } from "./rows/specification.ts";

/** Every fault that is broken into an emulated machine; each is the test of its name. */
export const VIRTUAL_BENCH_ROWS: readonly VirtualRow[] = [
  ...SPECIFICATION_ROWS,
  NVME_FAILING,
  CORRECTED_MACHINE_CHECK,
  PCIE_ERROR,
  MEMORY_PRESSURE,
  BAD_SECTOR,
  ...REFUSALS,
  LINK_LOST,
  HANG,
  UNCORRECTED_MACHINE_CHECK,
  RAIL_SAGS,
  SUPPLY_FAILED,
];

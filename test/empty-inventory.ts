import type { Inventory } from "../contract/inventory.ts";

/** A host of which nothing is known; tests put in what they are about. */
export const emptyInventory: Inventory = {
  system: { vendor: null, product: null, serial: null, uuid: null, sku: null },
  board: { vendor: null, product: null, serial: null, version: null },
  bios: { vendor: null, version: null, date: null },
  cpus: [],
  logicalCpus: 0,
  physicalCores: 0,
  memoryBytes: 0,
  dimms: [],
  disks: [],
  nics: [],
  gpus: [],
  psus: [],
  bmc: null,
  edacControllers: [],
  secureBoot: "unknown",
  problems: [],
};

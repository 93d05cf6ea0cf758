import { biosProbe } from "./bios.ts";
import { bmcProbe } from "./bmc.ts";
import { hbaProbe } from "./hba.ts";
import { microcodeProbe } from "./microcode.ts";
import { nicProbe } from "./nic.ts";
import { nvmeProbe } from "./nvme.ts";
import type { FirmwareProbe } from "./probe.ts";

/** One line registers a probe; this is also their order in the report. */
export const firmwareProbes: readonly FirmwareProbe[] = [
  biosProbe,
  bmcProbe,
  nicProbe,
  nvmeProbe,
  hbaProbe,
  microcodeProbe,
];

import { describeWholeRun } from "./rig/whole-run.ts";

describeWholeRun({
  firmware: "bios-ipxe",
  nonDestructive: false,
  afterPass: "power_off",
  // The ROM is iPXE already: it needs no boot file.
  steps: [
    "commanded",
    "discover",
    "offer",
    "script",
    "kernel",
    "initrd",
    "image",
    "agent",
    "claim",
  ],
});

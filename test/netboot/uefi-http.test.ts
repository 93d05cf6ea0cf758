import { describeWholeRun } from "./rig/whole-run.ts";

describeWholeRun({
  firmware: "uefi-http",
  nonDestructive: true,
  afterPass: "reboot",
  steps: [
    "commanded",
    "discover",
    "offer",
    "boot_file",
    "script",
    "kernel",
    "initrd",
    "image",
    "agent",
    "claim",
  ],
});

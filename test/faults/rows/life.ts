import type { FaultRow } from "../fault-row.ts";
import type { when } from "./row-parts.ts";

const PSTORE = "root/sys/fs/pstore/dmesg-efi-1";
const resets = (host: Parameters<Parameters<typeof when>[2]>[0]) =>
  host.alter(
    PSTORE,
    "<0>[  812.1] Kernel panic - not syncing: Fatal hardware error!\n<4>[  812.2] CPU: 3 PID: 0 Comm: swapper/3\n",
  );

/** What becomes of the host itself, whatever stage it is in. */
export const LIFE_FAULTS: readonly FaultRow[] = [
  {
    id: "host-resets-under-load",
    fault: "the host resets by itself under load, with a panic in pstore",
    how: "agent and host",
    stage: "CPUStress",
    during: [
      {
        stage: "CPUStress",
        tool: "stress-ng",
        afterMs: 300,
        does: ({ host, resetHost }) => {
          resets(host);
          resetHost();
        },
      },
    ],
    comes: "fail",
    says: ["The host reset by itself during CPU and memory", "unexpected reset"],
    evidence: ["pstore", "sel"],
  },
  {
    id: "host-resets-in-reporting",
    fault: "the host resets by itself in the last stage",
    how: "agent and host",
    stage: "Reporting",
    during: [{ stage: "Reporting", does: ({ resetHost }) => resetHost() }],
    comes: "fail",
    says: ["The host reset by itself during Reporting", "unexpected reset"],
    evidence: ["pstore", "sel"],
  },
];

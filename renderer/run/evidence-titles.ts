import type { EVIDENCE_KINDS } from "../../contract/agent-api.ts";

type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

const TITLES: Readonly<Record<EvidenceKind, string>> = {
  dmesg: "Kernel log",
  sel: "BMC event log",
  smart: "SMART of every drive",
  edac: "Memory errors",
  samples: "Last samples",
  "tool-output": "Output of the tools",
  pstore: "Crash records",
  interfaces: "Network interfaces",
};

/** What a kind of evidence is, in words; a newer agent may send kinds that are not here. */
export const EVIDENCE_TITLES: Readonly<Record<string, string | undefined>> = TITLES;

import { FAULTS } from "../test/faults/catalogue.ts";
import { CLEAN_MACHINES } from "../test/faults/clean-machines.ts";
import type { FaultRow } from "../test/faults/fault-row.ts";
import { VIRTUAL_BENCH_ROWS } from "../test/faults/virtual-bench/catalogue.ts";
import type { VirtualRow } from "../test/faults/virtual-bench/rig/virtual-row.ts";

export const FAULT_DOC_PATH = "docs/faults.md";
const BEGIN =
  "<!-- The rest is written from test/faults/; anew with: node build/bootstrap.mjs fault-doc -->";

/** The document with its tables as the catalogue has them now; what was written by hand stays. */
export function renderFaultDoc(before: string): string {
  const at = before.indexOf(BEGIN);
  const words = at < 0 ? `${before.trimEnd()}\n\n` : before.slice(0, at);
  return `${words}${[
    BEGIN,
    "",
    "## The rows",
    "",
    `${FAULTS.length} faults of fake tools, files and sensors, and ${VIRTUAL_BENCH_ROWS.length} of emulated machines.`,
    "",
    "| fault | put in by | stage | comes as | said of it | the part to pull |",
    "|---|---|---|---|---|---|",
    ...FAULTS.map(rowOf),
    "",
    "## Broken into an emulated machine",
    "",
    "| fault | brought about by | stage | comes as |",
    "|---|---|---|---|",
    ...VIRTUAL_BENCH_ROWS.map(virtualRowOf),
    "",
    "## Clean machines",
    "",
    "| machine, or what only looks like a fault | verdict |",
    "|---|---|",
    ...CLEAN_MACHINES.map(({ fault, verdict }) => `| ${cell(fault)} | \`${verdict}\` |`),
  ].join("\n")}\n`;
}

function rowOf({ fault, how, stage, comes, says, blames }: FaultRow): string {
  const part =
    blames === undefined ? "" : [blames.part, blames.slot].filter((word) => word).join(", ");
  const told = says.map((words) => `“${words}”`).join(" … ");
  return `| ${[fault, how, stage, comes, told, part].map(cell).join(" | ")} |`;
}

function virtualRowOf({ fault, how, stage, comes }: VirtualRow): string {
  return `| ${[fault, how, stage, comes].map(cell).join(" | ")} |`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

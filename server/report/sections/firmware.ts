import type { Status } from "../../../contract/wording/status-table.ts";
import type { FirmwareDiffView, ReportInput } from "../input.ts";
import { html, type Markup } from "../markup.ts";
import { badge, table } from "../pieces.ts";

const DIFF_STATUS: Readonly<Record<FirmwareDiffView["kind"], Status>> = {
  match: { word: "Match", icon: "check", tone: "good", means: "" },
  same: { word: "Same", icon: "check", tone: "good", means: "" },
  mismatch: { word: "Mismatch", icon: "cross", tone: "bad", means: "" },
  changed: { word: "Changed", icon: "alert", tone: "gaps", means: "" },
  unread: { word: "Not readable", icon: "gap", tone: "gaps", means: "" },
  missing: { word: "Missing", icon: "cross", tone: "bad", means: "" },
  removed: { word: "Removed", icon: "cross", tone: "bad", means: "" },
  added: { word: "Added", icon: "alert", tone: "gaps", means: "" },
};
const CALM: readonly FirmwareDiffView["kind"][] = ["match", "same"];

/** The snapshot, and beside it what the spec demands; rows that differ come first. */
export function firmware({ firmware, firmwareDiff, run }: ReportInput): Markup {
  return html`<h3>Against the spec${run.spec !== null && html` “${run.spec}”`}</h3>
${diff(firmwareDiff)}
<h3>As found</h3>
${table(
  firmware ?? [],
  [
    { title: "Component", cell: (row) => row.component },
    { title: "Identifier", cell: (row) => [row.identifier, ...row.aliases].join(", ") },
    {
      title: "Model",
      cell: (row) => [row.vendor, row.model].filter((part) => part !== null).join(" "),
    },
    {
      title: "Version",
      cell: (row) =>
        row.version ?? html`<em>not readable: ${row.problem ?? "no reason given"}</em>`,
    },
    { title: "Date", cell: (row) => row.date ?? "" },
  ],
  { empty: "No firmware snapshot was taken." },
)}`;
}

function diff(rows: readonly FirmwareDiffView[] | null): Markup {
  if (rows === null) {
    return html`<p class="quiet">No spec applies to this host, so nothing was compared.</p>`;
  }
  const sorted = [...rows].sort(
    (a, b) => Number(CALM.includes(a.kind)) - Number(CALM.includes(b.kind)),
  );
  return table(
    sorted,
    [
      { title: "Component", cell: (row) => row.component },
      { title: "Identifier", cell: (row) => row.identifier ?? "any" },
      { title: "Expected", cell: (row) => row.expected ?? "" },
      { title: "Found", cell: (row) => row.actual ?? "–" },
      { title: "Standing", cell: (row) => badge(DIFF_STATUS[row.kind]) },
    ],
    {
      empty: "The spec pins no firmware versions.",
      rowClass: (row) => (CALM.includes(row.kind) ? "" : DIFF_STATUS[row.kind].tone),
    },
  );
}

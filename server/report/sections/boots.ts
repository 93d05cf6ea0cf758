import { type BootAttempt, bootStepTitle } from "../../../contract/boot-timeline.ts";
import { formatUtc, secondsBetween } from "../../../contract/wording/format.ts";
import { BOOT_STATUS } from "../../../contract/wording/status-table.ts";
import type { ReportInput } from "../input.ts";
import { html, type Markup } from "../markup.ts";
import { badge, table } from "../pieces.ts";

/** Every network boot of the run, step by step; nothing when none was heard. */
export function boots({ run }: ReportInput): Markup | null {
  return run.boots.length === 0 ? null : html`${run.boots.map(boot)}`;
}

function boot({ startedAt, events, progress }: BootAttempt): Markup {
  const sentence = progress.kind === "stopped" ? html`<p>${progress.sentence}</p>` : null;
  return html`<h3>${formatUtc(startedAt)} ${badge(BOOT_STATUS[progress.kind])}</h3>
${sentence}${table(
  events,
  [
    {
      title: "After (s)",
      numeric: true,
      cell: ({ at }) => (secondsBetween(startedAt, at) ?? 0).toFixed(1),
    },
    { title: "Step", cell: ({ step }) => bootStepTitle(step) },
    { title: "What was seen", cell: ({ detail }) => detail },
  ],
  {
    empty: "Nothing was seen of it.",
    rowClass: ({ step }) => (step === "problem" ? "bad" : ""),
  },
)}`;
}

import { formatDuration, formatUtc, secondsBetween } from "../../../contract/wording/format.ts";
import {
  STAGE_TITLES,
  STATE_STATUS,
  type Status,
  stageTitle,
  verdictStatus,
} from "../../../contract/wording/status-table.ts";
import type { ReportInput } from "../input.ts";
import { html, type Markup } from "../markup.ts";
import { badge, facts, icon } from "../pieces.ts";

/** The verdict, largest of all, and whom it is about. */
export function head({ run, host }: ReportInput): Markup {
  const verdict = verdictStatus(run.verdict);
  const length = secondsBetween(run.startedAt ?? run.createdAt, run.endedAt);
  const model = [host.vendor, host.product].filter((part) => part !== null).join(" ");
  return html`<header>
${host.simulated && html`<p class="simulated">SIMULATED – this host is part of the demo. Nothing here was measured on hardware.</p>`}
<p class="kicker">Vetting report · run ${run.id}</p>
<h1 class="verdict ${verdict.tone}">${icon(verdict.icon)}<span>${verdict.word}</span></h1>
<p class="host">${run.hostName}</p>
<p class="means">${verdict.means}</p>
${facts([
  ["Model", model],
  ["Serial", host.serial],
  ["MAC", host.macs.join(", ")],
  ["Profile", run.profile],
  ["Disks", run.nonDestructive ? "non-destructive: read only" : "destructive: written over"],
  ["State", badge(stateStatus(run))],
  ["Started", formatUtc(run.startedAt ?? run.createdAt)],
  ["Ended", run.endedAt === null ? "not ended" : formatUtc(run.endedAt)],
  ["Took", length === null ? null : formatDuration(length)],
  ["Spec", run.spec ?? "none: nothing says what belongs into this host"],
  ["Operator", run.operator],
  ["Ticket", run.ticket],
  ["Notes", host.notes],
])}
</header>\n`;
}

/** `Passed` says where the run is; it is green only when the verdict is a pass. */
function stateStatus({ state, verdict }: ReportInput["run"]): Status {
  const status = STATE_STATUS[state];
  return state === "Passed" && verdict !== "pass" ? { ...status, tone: "idle" } : status;
}

/** The part to pull and why, when the run failed. */
export function failure({ run }: ReportInput): Markup | null {
  if (run.failedStage === null && run.verdict !== "fail") return null;
  const attempt = run.stages.filter(({ stage }) => stage === run.failedStage).at(-1);
  const blamed = attempt?.blame ?? [];
  return html`<div class="failure">
${blamed.map(
  (part) =>
    html`<p class="part">${icon("cross")}<strong>${part.part}</strong>${[
      part.slot === null ? null : html` · slot <strong>${part.slot}</strong>`,
      part.model === null ? null : html` · ${part.model}`,
      part.serial === null ? null : html` · serial <strong>${part.serial}</strong>`,
    ]}</p>`,
)}
<p>${run.failedStage !== null && html`Failed in <strong>${stageTitle(run.failedStage)}</strong>. `}${run.reason ?? attempt?.reason ?? "No reason was recorded."}</p>
${blamed.length === 0 && html`<p class="quiet">No single part could be named.</p>`}
</div>`;
}

/** What was expected and not exercised: its own word, never green. */
export function gaps({ run }: ReportInput): Markup | null {
  if (run.gaps.length === 0) return null;
  return html`<ul class="gaplist">${run.gaps.map(
    (gap) =>
      html`<li>${icon("gap")}<span><strong>Not exercised: ${gap.what}</strong> (${STAGE_TITLES[gap.stage]}) – ${gap.why}${gap.absent && " The hardware is not there."}</span></li>`,
  )}</ul>`;
}

export function overrides({ run }: ReportInput): Markup | null {
  if (run.overrides.length === 0) return null;
  return html`<ul class="overrides">${run.overrides.map(
    (override) =>
      html`<li>${icon("alert")}<span><strong>${STAGE_TITLES[override.stage]}</strong> was entered again on ${formatUtc(override.at)} by ${override.operator ?? "an operator without a name"}: “${override.reason}”</span></li>`,
  )}</ul>`;
}

export function warnings({ run }: ReportInput): Markup | null {
  const lines = [
    ...run.warnings,
    ...(run.droppedSamples > 0
      ? [
          `${run.droppedSamples} sensor samples were dropped: the agent could not send them in time.`,
        ]
      : []),
    ...(run.inventory?.problems ?? []),
  ];
  if (lines.length === 0) return null;
  return html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

import type { StageAttempt } from "../../../contract/console-api.ts";
import type { Measurement } from "../../../contract/stage-result.ts";
import { STAGES, type StageName } from "../../../contract/stages.ts";
import {
  formatDuration,
  formatQuantity,
  limitText,
  proofLine,
  secondsBetween,
} from "../../../contract/wording/format.ts";
import { type Margin, marginOf, marginText } from "../../../contract/wording/margin.ts";
import {
  attemptStanding,
  STAGE_STATUS,
  STAGE_TITLES,
  stageStanding,
} from "../../../contract/wording/status-table.ts";
import type { ReportInput } from "../input.ts";
import { html, type Markup } from "../markup.ts";
import { badge, table } from "../pieces.ts";

/** All eleven, in their order, whether they ran or not. */
export function stages(input: ReportInput): Markup {
  return html`<ol class="stages">${STAGES.map((stage) => stageItem(stage, input))}</ol>`;
}

function stageItem(stage: StageName, { run }: ReportInput): Markup {
  const attempts = run.stages.filter((attempt) => attempt.stage === stage);
  const status = STAGE_STATUS[stageStanding(attempts, run.state)];
  return html`<li id="stage-${stage}" class="${status.tone}">
<h3>${STAGE_TITLES[stage]} <span class="quiet">${STAGE_TITLES[stage] !== stage && stage}</span>${badge(status)}</h3>
${attempts.map((attempt) => attemptBody(attempt, attempts.length))}
</li>\n`;
}

function attemptBody(attempt: StageAttempt, count: number): Markup {
  const took = secondsBetween(attempt.startedAt, attempt.endedAt);
  const result = (attempt.result ?? "no result yet").replaceAll("_", " ");
  return html`<div class="attempt">
<p class="line">${count > 1 && html`<strong>Attempt ${attempt.attempt}</strong> ${badge(STAGE_STATUS[attemptStanding(attempt)])} `}${took === null ? "not ended" : formatDuration(took)} <span class="quiet">status ${attempt.status}, result ${result}</span></p>
${attempt.summary !== null && html`<p>${attempt.summary}</p>`}
${attempt.reason !== null && attempt.reason !== attempt.summary && html`<p class="${isFault(attempt) ? "reason" : "quiet"}">${attempt.reason}</p>`}
${
  attempt.claimedResult !== null &&
  attempt.claimedResult !== attempt.result &&
  html`<p class="reason">The agent claimed ${attempt.claimedResult.replaceAll("_", " ")}; the console judged ${result}.</p>`
}
${attempt.proof.length > 0 && html`<ul class="proof">${attempt.proof.map((proof) => html`<li>${proofLine(proof)}</li>`)}</ul>`}
${attempt.gaps.map((gap) => html`<p class="gap"><strong>Not exercised: ${gap.what}</strong> – ${gap.why}</p>`)}
${attempt.breaches.map(
  (breach) =>
    html`<p class="reason">${breach.severity === "fail" ? "Breach" : "Warning"}: ${breach.sensor} at ${formatQuantity(breach.value, breach.unit)}, limit ${formatQuantity(breach.limit, breach.unit)}</p>`,
)}
</div>`;
}

/** A skip or a cancel has a reason too, but nothing is wrong with the part. */
function isFault(attempt: StageAttempt): boolean {
  const standing = attemptStanding(attempt);
  return standing === "fail" || standing === "error";
}

interface MeasuredRow extends Measurement {
  readonly stage: StageName;
  readonly attempt: number;
  readonly margin: Margin;
}

const ORDER = { beyond: 0, marginal: 1, within: 2, unlimited: 3 } as const;
const STANDING_BADGE = {
  beyond: { word: "Beyond limit", icon: "cross", tone: "bad", means: "" },
  marginal: { word: "Marginal", icon: "alert", tone: "gaps", means: "" },
  within: { word: "Within", icon: "check", tone: "good", means: "" },
  unlimited: { word: "No limit", icon: "circle", tone: "idle", means: "" },
} as const;

/** Every measurement of every attempt: those beyond a limit first, then those that are barely within. */
export function measurements({ run }: ReportInput): Markup {
  const rows = run.stages
    .flatMap((attempt): MeasuredRow[] =>
      attempt.measurements.map((measurement) => ({
        ...measurement,
        stage: attempt.stage,
        attempt: attempt.attempt,
        margin: marginOf(measurement),
      })),
    )
    .sort((a, b) => ORDER[a.margin.standing] - ORDER[b.margin.standing]);
  return table(
    rows,
    [
      {
        title: "Stage",
        cell: (row) => `${STAGE_TITLES[row.stage]}${row.attempt > 1 ? ` (${row.attempt})` : ""}`,
      },
      { title: "Measurement", cell: (row) => row.name },
      { title: "Item", cell: (row) => row.item ?? "" },
      { title: "Value", cell: (row) => formatQuantity(row.value, row.unit), numeric: true },
      { title: "Limit", cell: (row) => limitText(row), numeric: true },
      { title: "Standing", cell: (row) => badge(STANDING_BADGE[row.margin.standing]) },
      { title: "Margin", cell: (row) => marginText(row.margin), numeric: true },
    ],
    {
      empty: "Nothing was measured.",
      rowClass: (row) => (row.margin.standing === "beyond" ? "bad" : ""),
    },
  );
}

import { verdictStatus } from "../../contract/wording/status-table.ts";
import type { ReportInput } from "./input.ts";
import { html, type Markup, raw } from "./markup.ts";
import { section } from "./pieces.ts";
import { plot } from "./plot.ts";
import { boots } from "./sections/boots.ts";
import { firmware } from "./sections/firmware.ts";
import { failure, gaps, head, overrides, warnings } from "./sections/head.ts";
import { measurements, stages } from "./sections/stages.ts";
import { evidence, parts, thresholds, versions } from "./sections/tail.ts";
import { REPORT_STYLE } from "./style.ts";

export type { ReportInput } from "./input.ts";

/** What a report may load: its own style sheet and nothing else. Serve it with this header. */
export const REPORT_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * The report of a run as one self-contained HTML document: no script, no reference to anything outside,
 * so that it opens offline in any browser and prints well. Pure: the same input gives the same text.
 */
export function renderReportHtml(input: ReportInput): string {
  const { run } = input;
  const plots = input.series.map((series) => plot(series, run)).filter((drawn) => drawn !== null);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(REPORT_CSP)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${run.hostName} · run ${run.id} · ${verdictStatus(run.verdict).word}</title>
<style>${raw(REPORT_STYLE)}</style>
</head>
<body>
${head(input)}<main>
${section("failure", "What failed", failure(input))}
${section("gaps", "Not exercised", gaps(input))}
${section("overrides", "Overrides", overrides(input))}
${section("warnings", "Warnings", warnings(input))}
${section("stages", "Stages", stages(input))}
${section("measurements", "Measurements", measurements(input))}
${section("thresholds", "Thresholds and breaches", thresholds(input))}
${section("firmware", "Firmware", firmware(input))}
${section("sensors", "Sensors", sensors(plots))}
${section("parts", "Parts", parts(input))}
${section("boots", "Network boot", boots(input))}
${section("evidence", "Evidence", evidence(input))}
${section("versions", "Versions", versions(input))}
</main>
</body>
</html>
`.text;
}

function sensors(plots: readonly Markup[]): Markup {
  if (plots.length === 0) return html`<p class="quiet">No sensor sent any sample.</p>`;
  return html`${plots}`;
}

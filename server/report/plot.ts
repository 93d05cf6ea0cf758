import type { RunDetail, SeriesResponse } from "../../contract/console-api.ts";
import { formatDuration, formatQuantity } from "../../contract/wording/format.ts";
import { limitLines } from "../../contract/wording/limits.ts";
import { titleWithin } from "../../contract/wording/status-table.ts";
import { html, type Markup, raw } from "./markup.ts";

const WIDTH = 720;
const HEIGHT = 190;
const LEFT = 70;
const RIGHT = 12;
const TOP = 22;
const BOTTOM = 24;
/** Width of a letter of a band's label, to leave out labels that would not fit. */
const LETTER = 6.2;

interface Scale {
  readonly x: (ms: number) => number;
  readonly y: (value: number) => number;
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/**
 * One sensor over the run as inline SVG: the mean as a line, min to max as a band (no spike is lost), the
 * limits, a band a stage, and a mark at each breach. Null when there is nothing to draw.
 */
export function plot(series: SeriesResponse, run: RunDetail): Markup | null {
  const points = series.points.filter((point) => point.every(Number.isFinite));
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const limits = limitLines(series.sensor, run.thresholds, run.stages);
  const values = [...points.flatMap(([, min, max]) => [min, max]), ...limits.map((l) => l.value)];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const pad = (high - low) * 0.06 || Math.abs(high) * 0.05 || 1;
  const scale = scaleOf(first[0], Math.max(last[0], first[0] + 1), low - pad, high + pad);
  const quantity = (value: number) => formatQuantity(value, series.unit);
  const lowest = points.reduce((a, [, min]) => Math.min(a, min), Number.POSITIVE_INFINITY);
  const highest = points.reduce((a, [, , max]) => Math.max(a, max), Number.NEGATIVE_INFINITY);
  return html`<figure><figcaption><strong>${series.sensor}</strong> <span class="quiet">${quantity(lowest)} to ${quantity(highest)}</span></figcaption>
<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${series.sensor} from ${quantity(lowest)} to ${quantity(highest)}">
${stageBands(run, scale)}
${axes(scale, quantity)}
<path class="range" d="${raw(bandPath(points, scale))}"/>
<path class="mean" d="${raw(linePath(points, scale))}"/>
${limits.map(
  (limit) =>
    html`<line class="limit ${limit.severity}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(scale.y(limit.value))}" y2="${px(scale.y(limit.value))}"/><text class="limit ${limit.severity}" x="${WIDTH - RIGHT - 2}" y="${px(scale.y(limit.value) - 3)}" text-anchor="end">limit ${quantity(limit.value)}</text>`,
)}
${run.stages
  .flatMap((attempt) => attempt.breaches)
  .filter((breach) => breach.sensor === series.sensor)
  .map(
    (breach) =>
      html`<circle class="breach" cx="${px(clamp(scale.x(Date.parse(breach.t))))}" cy="${px(scale.y(breach.value))}" r="4"/>`,
  )}
</svg></figure>`;
}

function scaleOf(from: number, to: number, low: number, high: number): Scale {
  return {
    from,
    to,
    low,
    high,
    x: (ms) => LEFT + ((ms - from) / (to - from)) * (WIDTH - LEFT - RIGHT),
    y: (value) => HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM),
  };
}

function px(value: number): string {
  return value.toFixed(1);
}

function clamp(x: number): number {
  return Math.min(WIDTH - RIGHT, Math.max(LEFT, x));
}

function stageBands(run: RunDetail, scale: Scale): Markup[] {
  return run.stages.flatMap((attempt, index) => {
    const start = clamp(scale.x(Date.parse(attempt.startedAt)));
    const end = clamp(scale.x(attempt.endedAt === null ? scale.to : Date.parse(attempt.endedAt)));
    if (end - start < 0.5) return [];
    const title = titleWithin(attempt.stage, (end - start) / LETTER);
    return html`<rect class="stage ${raw(index % 2 === 0 ? "even" : "odd")}" x="${px(start)}" y="${TOP - 14}" width="${px(end - start)}" height="${HEIGHT - TOP - BOTTOM + 14}"/>${title !== null && html`<text class="stage" x="${px((start + end) / 2)}" y="${TOP - 3}" text-anchor="middle">${title}</text>`}`;
  });
}

function axes(scale: Scale, quantity: (value: number) => string): Markup {
  const rows = [0, 0.5, 1].map((share) => scale.low + share * (scale.high - scale.low));
  const columns = [0, 0.25, 0.5, 0.75, 1].map((share) => share * (scale.to - scale.from));
  return html`${rows.map(
    (value) =>
      html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(scale.y(value))}" y2="${px(scale.y(value))}"/><text x="${LEFT - 5}" y="${px(scale.y(value) + 4)}" text-anchor="end">${quantity(value)}</text>`,
  )}${columns.map(
    (ms, index) =>
      html`<text x="${px(scale.x(scale.from + ms))}" y="${HEIGHT - 8}" text-anchor="${raw(index === 0 ? "start" : index === 4 ? "end" : "middle")}">${formatDuration(ms / 1000)}</text>`,
  )}`;
}

function linePath(points: SeriesResponse["points"], scale: Scale): string {
  return points
    .map(
      ([t, , , mean], index) => `${index === 0 ? "M" : "L"}${px(scale.x(t))} ${px(scale.y(mean))}`,
    )
    .join("");
}

function bandPath(points: SeriesResponse["points"], scale: Scale): string {
  const upper = points.map(([t, , max]) => `${px(scale.x(t))} ${px(scale.y(max))}`);
  const lower = points.map(([t, min]) => `${px(scale.x(t))} ${px(scale.y(min))}`).reverse();
  return `M${[...upper, ...lower].join("L")}Z`;
}

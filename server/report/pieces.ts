import { ICON_PATHS, type IconName } from "../../contract/wording/icons.ts";
import type { Status } from "../../contract/wording/status-table.ts";
import { html, type Markup, raw } from "./markup.ts";

export function icon(name: IconName): Markup {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="${raw(ICON_PATHS[name])}"/></svg>`;
}

/** Icon and word in their tone: colour is never alone. */
export function badge(status: Status): Markup {
  return html`<span class="badge ${raw(status.tone)}">${icon(status.icon)}${status.word}</span>`;
}

/** A section with its heading; nothing at all when there is no content. */
export function section(id: string, title: string, content: Markup | null): Markup | null {
  if (content === null) return null;
  return html`<section id="${id}"><h2>${title}</h2>${content}</section>\n`;
}

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Markup | string | number | null;
  readonly numeric?: boolean;
}

/** A table, or the sentence for an empty one. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: { empty: string; rowClass?: (row: Row) => string },
): Markup {
  if (rows.length === 0) return html`<p class="quiet">${options.empty}</p>`;
  const kind = (column: Column<Row>) => (column.numeric === true ? raw(' class="num"') : null);
  return html`<table><thead><tr>${columns.map(
    (column) => html`<th scope="col"${kind(column)}>${column.title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr class="${options.rowClass?.(row) ?? ""}">${columns.map(
        (column) => html`<td${kind(column)}>${column.cell(row)}</td>`,
      )}</tr>`,
  )}</tbody></table>`;
}

/** Term and value pairs; those without a value are left out. */
export function facts(pairs: readonly (readonly [string, Markup | string | null])[]): Markup {
  return html`<dl class="facts">${pairs.map(([term, value]) =>
    value === null || value === "" ? null : html`<div><dt>${term}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

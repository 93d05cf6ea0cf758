import { Document, isCollection, isScalar, stringify, visit } from "yaml";

/** How a value is written where there is no text of its own yet. */

/** On one line, legal inside `{}` and `[]` as well as after a key. */
export function inlineText(value: unknown): string {
  // A text of several lines would be folded, and the indentation of what stands around it would count.
  if (typeof value === "string" && /[\r\n]/.test(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `[${value.map(inlineText).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, entry]) => pairText(key, inlineText(entry)));
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  // Inside a list, so that a text with `,` or `]` in it comes out quoted.
  const listed = stringify([value], { ...STYLE, collectionStyle: "flow" }).trim();
  return listed.slice(1, -1).trim();
}

/** A scalar in the quotes that the old one had, where it had some. */
export function scalarText(value: unknown, oldStyle: string | undefined): string {
  if (typeof value !== "string" || /[\r\n]/.test(value)) return inlineText(value);
  if (oldStyle === "QUOTE_DOUBLE") return JSON.stringify(value);
  if (oldStyle === "QUOTE_SINGLE") return `'${value.replaceAll("'", "''")}'`;
  return inlineText(value);
}

export function pairText(key: string, value: string): string {
  return `${inlineText(key)}: ${value}`;
}

/** Does it read well on one line: a scalar, or a collection of scalars? */
export function fitsOneLine(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every((entry) => typeof entry !== "object" || entry === null);
}

/** As lines of block style; collections of scalars stay on one line each. */
export function blockLines(value: unknown): string[] {
  const document = new Document(value, { schema: STYLE.schema });
  visit(document, {
    Collection: (_, node) => {
      node.flow = node.items.every((item) => {
        const entry = "value" in (item as object) && !isScalar(item) ? pairValue(item) : item;
        return !isCollection(entry);
      });
      if (node === document.contents) node.flow = false;
    },
  });
  return document.toString(STYLE).trimEnd().split("\n");
}

function pairValue(pair: unknown): unknown {
  return (pair as { value: unknown }).value;
}

const STYLE = { schema: "core", lineWidth: 0, indentSeq: true } as const;

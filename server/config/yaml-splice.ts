import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Node } from "yaml";
import type { KeyPath } from "../../contract/key-path.ts";
import { blockLines, fitsOneLine, inlineText, pairText, scalarText } from "./yaml-render.ts";

/** One change of a document that touches a single value. */
export type Step =
  | { readonly kind: "set" | "insert"; readonly path: KeyPath; readonly value: unknown }
  | { readonly kind: "remove"; readonly path: KeyPath };

/**
 * Makes the change in the text itself, so that every other byte stays what it was: comments, blank lines, quotes,
 * alignment. The document says where things lie.
 * @returns null for a layout that it does not know; the caller checks that what it returns means what was asked.
 */
export function splice(text: string, document: Document, step: Step): string | null {
  const source = new Source(text, document);
  if (step.path.length === 0) {
    if (step.kind === "remove" || document.contents?.range == null) return null;
    return source.setRoot(step.value);
  }
  const parent = source.node(step.path.slice(0, -1));
  const key = step.path.at(-1);
  if (key === undefined || !isCollection(parent)) return null;
  switch (step.kind) {
    case "set":
      return source.set(step.path, step.value);
    case "insert":
      return source.insert(step.path, step.value);
    case "remove":
      return source.remove(step.path);
  }
}

class Source {
  readonly #text: string;
  readonly #document: Document;
  readonly #newline: string;

  constructor(text: string, document: Document) {
    this.#text = text;
    this.#document = document;
    this.#newline = text.includes("\r\n") ? "\r\n" : "\n";
  }

  node(path: KeyPath): unknown {
    return path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
  }

  /** A file without any value: what it has is comments, and they stay above. */
  setRoot(value: unknown): string | null {
    if (typeof value !== "object" || value === null || this.#hasContent()) return null;
    const above = this.#text === "" || this.#text.endsWith("\n") ? "" : this.#newline;
    return `${this.#text}${above}${blockLines(value).join(this.#newline)}${this.#newline}`;
  }

  set(path: KeyPath, value: unknown): string | null {
    const node = this.node(path);
    const parent = this.node(path.slice(0, -1));
    if (!isRanged(node) || isBlockScalar(node)) return null;
    const [start, end] = node.range;
    if (isScalar(node) && start < end && !isFilled(value)) {
      return this.#replace(start, end, scalarText(value, node.type));
    }
    if (isMap(parent) && parent.flow !== true) return this.#setBelowKey(path, value);
    return start < end ? this.#replace(start, contentEnd(node), inlineText(value)) : null;
  }

  insert(path: KeyPath, value: unknown): string | null {
    const parentPath = path.slice(0, -1);
    const parent = this.node(parentPath);
    const key = path.at(-1);
    if (!isCollection(parent) || !isRanged(parent) || key === undefined) return null;
    if (parent.items.length === 0) {
      const whole = typeof key === "number" ? [value] : { [key]: value };
      return parentPath.length === 0 ? null : this.set(parentPath, whole);
    }
    if (typeof key === "number" && key < parent.items.length) {
      return this.#insertBefore(parent, key, value);
    }
    const last = contentEnd(parent.items.at(-1));
    if (parent.flow === true) {
      const text = typeof key === "number" ? inlineText(value) : pairText(key, inlineText(value));
      return this.#replace(last, last, `, ${text}`);
    }
    const column = this.#columnOf(parent);
    if (column === null) return null;
    const lines = entryLines(key, value).map((line) => " ".repeat(column) + line);
    const at = this.#lineEnd(last);
    return this.#replace(at, at, this.#newline + lines.join(this.#newline));
  }

  remove(path: KeyPath): string | null {
    const parentPath = path.slice(0, -1);
    const parent = this.node(parentPath);
    if (!isCollection(parent) || !isRanged(parent)) return null;
    const index = indexIn(parent, path.at(-1));
    const item = parent.items[index];
    if (item === undefined) return null;
    if (parent.items.length === 1) {
      // An empty block collection would read as null, which means the default and not "none".
      return parentPath.length === 0 ? null : this.set(parentPath, isSeq(parent) ? [] : {});
    }
    const start = startOf(item);
    if (start === null) return null;
    const next = startOf(parent.items[index + 1]);
    if (parent.flow === true) {
      if (next !== null) return this.#replace(start, next, "");
      return this.#replace(contentEnd(parent.items[index - 1]), contentEnd(item), "");
    }
    const line = this.#lineStart(start);
    const mark = this.#text.slice(line, start).trim();
    if (mark === (isSeq(parent) ? "-" : "")) return this.#cutLines(line, contentEnd(item));
    // The first key beside the dash of a list: the next one moves up to it.
    const between = next === null ? null : this.#text.slice(contentEnd(item), next);
    return next === null || between?.includes("#") ? null : this.#replace(start, next, "");
  }

  /** The value of a key in block style: what fits goes beside the key, the rest into lines of its own below. */
  #setBelowKey(path: KeyPath, value: unknown): string | null {
    const parent = this.node(path.slice(0, -1));
    const node = this.node(path);
    if (!isMap(parent) || !isRanged(node)) return null;
    const pair = parent.items[indexIn(parent, path.at(-1))];
    const keyStart = startOf(pair);
    if (!isScalar(pair?.key) || !isRanged(pair.key) || keyStart === null) return null;
    const colon = this.#text.indexOf(":", pair.key.range[1]);
    if (colon < 0) return null;
    const [start, end] = node.range;
    const beside = start <= this.#lineEnd(colon);
    // Without the old value: cut out beside the key, or with its lines below.
    let text: string | null = this.#text;
    if (!beside) text = this.#cutLines(this.#lineStart(start), contentEnd(node));
    else if (start < end)
      text = this.#replace(this.#spacesBefore(start), isFlow(node) ? end : contentEnd(node), "");
    if (text === null) return null;
    if (!isFilled(value) || fitsOneLine(value)) {
      return `${text.slice(0, colon + 1)} ${inlineText(value)}${text.slice(colon + 1)}`;
    }
    const column = keyStart - this.#lineStart(keyStart) + INDENT;
    const lines = blockLines(value).map((line) => " ".repeat(column) + line);
    const at = lineEndIn(text, colon);
    return text.slice(0, at) + this.#newline + lines.join(this.#newline) + text.slice(at);
  }

  #insertBefore(parent: Node, index: number, value: unknown): string | null {
    const start = isSeq(parent) ? startOf(parent.items[index]) : null;
    if (!isSeq(parent) || start === null) return null;
    if (parent.flow === true) return this.#replace(start, start, `${inlineText(value)}, `);
    const column = this.#columnOf(parent);
    if (column === null) return null;
    const line = this.#lineStart(start);
    if (this.#text.slice(line, start).trim() !== "-") return null;
    const lines = entryLines(index, value).map((it) => " ".repeat(column) + it + this.#newline);
    return this.#replace(line, line, lines.join(""));
  }

  /** Where the entries of a block collection begin, counted from 0. */
  #columnOf(collection: unknown): number | null {
    const start = isCollection(collection) ? startOf(collection.items[0]) : null;
    if (start === null) return null;
    const line = this.#lineStart(start);
    if (!isSeq(collection)) return start - line;
    const dash = this.#text.lastIndexOf("-", start);
    return dash < line ? null : dash - line;
  }

  #cutLines(from: number, lastContent: number): string {
    const end = this.#lineEnd(lastContent);
    const after = this.#text.startsWith("\r\n", end)
      ? end + 2
      : Math.min(end + 1, this.#text.length);
    return this.#replace(from, after, "");
  }

  #replace(start: number, end: number, by: string): string {
    return this.#text.slice(0, start) + by + this.#text.slice(end);
  }

  #spacesBefore(offset: number): number {
    return this.#text.slice(0, offset).trimEnd().length;
  }

  #lineStart(offset: number): number {
    const start = this.#text.lastIndexOf("\n", offset - 1) + 1;
    return start === 0 && this.#text.startsWith(BYTE_ORDER_MARK) ? 1 : start;
  }

  #lineEnd(offset: number): number {
    return lineEndIn(this.#text, offset);
  }

  #hasContent(): boolean {
    const range = this.#document.contents?.range;
    return range != null && range[0] < range[1];
  }
}

const INDENT = 2;
const BYTE_ORDER_MARK = "\uFEFF";

type Ranged = Node & { range: [number, number, number] };

function isRanged(node: unknown): node is Ranged {
  return (isScalar(node) || isCollection(node) || isAlias(node)) && node.range != null;
}

function isBlockScalar(node: unknown): boolean {
  return isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
}

function isFlow(node: unknown): boolean {
  return !isCollection(node) || node.flow === true;
}

function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

/** Where a pair, an item or a value begins. */
function startOf(item: unknown): number | null {
  const node = isPairLike(item) ? item.key : item;
  return isRanged(node) ? node.range[0] : null;
}

/** Where the last thing that is written of it ends, without the comments and blank lines behind. */
function contentEnd(item: unknown): number {
  if (isPairLike(item)) {
    return isRanged(item.value) ? contentEnd(item.value) : contentEnd(item.key);
  }
  if (isCollection(item) && item.flow !== true && item.items.length > 0) {
    return contentEnd(item.items.at(-1));
  }
  return isRanged(item) ? item.range[1] : 0;
}

function isPairLike(item: unknown): item is { key: unknown; value: unknown } {
  return typeof item === "object" && item !== null && "key" in item && !isRanged(item);
}

function indexIn(parent: unknown, key: string | number | undefined): number {
  if (isSeq(parent)) return typeof key === "number" ? key : -1;
  if (!isMap(parent)) return -1;
  return parent.items.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

/** An entry of a block collection, its first line without indentation. */
function entryLines(key: string | number, value: unknown): string[] {
  if (typeof key === "number") {
    if (fitsOneLine(value)) return [`- ${inlineText(value)}`];
    return blockLines(value).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
  }
  if (fitsOneLine(value)) return [pairText(key, inlineText(value))];
  return [`${inlineText(key)}:`, ...blockLines(value).map((line) => `  ${line}`)];
}

/** The end of the line that holds what ends at `offset`, before its line break. */
function lineEndIn(text: string, offset: number): number {
  // A block scalar ends behind its line break.
  let from = offset;
  while (from > 0 && (text[from - 1] === "\n" || text[from - 1] === "\r")) from -= 1;
  const end = text.indexOf("\n", from);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}

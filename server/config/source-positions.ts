import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
} from "yaml";
import type { KeyPath } from "../../contract/key-path.ts";

interface Position {
  readonly line: number | null;
  readonly column: number | null;
}

/** Finds the lines of a document that js-yaml has read: the two are held equal by a test. */
export class SourcePositions {
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, schema: "core" });
  }

  /** Of the value; where there is none, of the nearest thing around it. */
  ofValue(path: KeyPath): Position {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = this.#node(path.slice(0, length));
      if (isNode(node) && node.range) return this.#at(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  /** Of the mark that begins a second document; null where there is none. */
  ofSecondDocument(): Position {
    const error = this.#document.errors.find(({ code }) => code === "MULTIPLE_DOCS");
    const { line, col } = error?.linePos?.[0] ?? { line: null, col: null };
    return { line, column: col };
  }

  /** Of the key itself, where the path ends in a key. */
  ofKey(path: KeyPath): Position {
    const parent = this.#node(path.slice(0, -1));
    const key = path.at(-1);
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    return isScalar(pair?.key) && pair.key.range ? this.#at(pair.key.range[0]) : this.ofValue(path);
  }

  /** The value as it is written, shortened; null where there is none. */
  sourceOf(path: KeyPath): string | null {
    const node = this.#node(path);
    if (isMap(node)) return "a mapping";
    if (isSeq(node)) return "a list";
    if (!isScalar(node)) return null;
    if (typeof node.value === "string") return JSON.stringify(shortened(node.value));
    const written = node.range ? this.#text.slice(node.range[0], node.range[1]).trim() : "";
    return written === "" ? "nothing" : shortened(written);
  }

  #node(path: KeyPath): unknown {
    let node: unknown = this.#document.contents;
    for (const part of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (!isMap(node) && !isSeq(node)) return undefined;
      node = node.get(part, true);
    }
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

const LONGEST_SHOWN = 60;

function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** Keys that follow each other faster than this are not typed by hand, in ms. Scanners take 1 to 20. */
export const SCAN_GAP_MS = 35;
/** A shorter burst is two keys rolled over each other, not a label. */
const LEAST_SCAN = 4;

export type Reading =
  /** Part of a burst: no shortcut may act on it. */
  | { readonly kind: "burst" }
  /** A burst that ended in Enter. */
  | { readonly kind: "scan"; readonly text: string }
  | { readonly kind: "typed" };

/** Tells a barcode scanner, which is a fast keyboard that ends with Enter, from hands. */
export class ScanReader {
  #text = "";
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param key as KeyboardEvent names it. @param nowMs of the event. */
  read(key: string, nowMs: number): Reading {
    const fast = nowMs - this.#lastMs <= SCAN_GAP_MS;
    this.#lastMs = nowMs;
    if (key === "Enter") {
      const text = fast ? this.#text : "";
      this.#text = "";
      return text.length >= LEAST_SCAN ? { kind: "scan", text } : { kind: "typed" };
    }
    // A scanner presses Shift for capitals between its characters.
    if (key.length !== 1) return fast ? { kind: "burst" } : { kind: "typed" };
    this.#text = fast ? this.#text + key : key;
    return this.#text.length > 1 ? { kind: "burst" } : { kind: "typed" };
  }
}

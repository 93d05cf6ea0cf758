/** As much of PDF as Chromium writes: enough to count the pages of a file and to read its words. */
import { inflateSync } from "node:zlib";

interface PdfObject {
  readonly id: number;
  readonly dictionary: string;
  /** Inflated; empty when it has none. */
  readonly stream: string;
}

export interface PdfWords {
  readonly pages: number;
  /** Without the spaces, which a PDF leaves to where its words stand. */
  readonly letters: string;
}

export function readPdf(file: Buffer): PdfWords {
  const objects = objectsOf(file);
  const byId = new Map(objects.map((one) => [one.id, one]));
  const fonts = new Map<string, ReadonlyMap<string, string>>();
  for (const { dictionary } of objects) {
    for (const [, name, id] of dictionary.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const map = /\/ToUnicode (\d+) 0 R/.exec(byId.get(Number(id))?.dictionary ?? "")?.[1];
      const stream = byId.get(Number(map))?.stream;
      if (name !== undefined && stream !== undefined) fonts.set(name, lettersOf(stream));
    }
  }
  return {
    pages: objects.filter(({ dictionary }) => /\/Type \/Page\b/.test(dictionary)).length,
    letters: objects.map(({ stream }) => shownLetters(stream, fonts)).join(""),
  };
}

function objectsOf(file: Buffer): PdfObject[] {
  const text = file.toString("latin1");
  return [...text.matchAll(/^(\d+) 0 obj\s*(<<[\s\S]*?)(?:endobj|stream\r?\n)/gm)].map((found) => {
    const [whole, id, dictionary = ""] = found;
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1]);
    const from = found.index + whole.length;
    const isText = whole.trimEnd().endsWith("stream") && dictionary.includes("/FlateDecode");
    const bytes = isText ? file.subarray(from, from + length) : Buffer.alloc(0);
    const stream = bytes.length === 0 ? "" : inflateSync(bytes).toString("latin1");
    return { id: Number(id), dictionary, stream };
  });
}

/** Glyph to letter, both as they stand in a `ToUnicode` map. */
function lettersOf(map: string): ReadonlyMap<string, string> {
  const letters = new Map<string, string>();
  for (const [, block = ""] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, glyph = "", code = ""] of block.matchAll(/<(\w+)> <(\w+)>/g)) {
      letters.set(glyph.toUpperCase(), utf16(code));
    }
  }
  for (const [, block = ""] of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, low = "", high = "", code = ""] of block.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
      const first = Number.parseInt(low, 16);
      for (let glyph = first; glyph <= Number.parseInt(high, 16); glyph += 1) {
        const key = glyph.toString(16).toUpperCase().padStart(low.length, "0");
        letters.set(key, String.fromCodePoint(Number.parseInt(code, 16) + glyph - first));
      }
    }
  }
  return letters;
}

function utf16(hex: string): string {
  return (hex.match(/.{4}/g) ?? [])
    .map((unit) => String.fromCharCode(Number.parseInt(unit, 16)))
    .join("");
}

/** What a page's program puts on it, font by font. */
function shownLetters(
  stream: string,
  fonts: ReadonlyMap<string, ReadonlyMap<string, string>>,
): string {
  let letters: ReadonlyMap<string, string> = new Map();
  let text = "";
  for (const [, font, glyphs] of stream.matchAll(
    /\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>(?=[^<]*T[jJ])/g,
  )) {
    if (font !== undefined) letters = fonts.get(font) ?? new Map();
    for (const glyph of (glyphs ?? "").match(/.{4}/g) ?? []) {
      text += letters.get(glyph.toUpperCase()) ?? "";
    }
  }
  return text.replace(/\s/g, "");
}

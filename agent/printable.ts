/**
 * What a terminal obeys or lays out instead of showing: C0, DEL, C1, zero-width and bidirectional marks, line and
 * paragraph separators, lone surrogates. DMI strings and tools' words are hostile input: one ESC in a serial number
 * could rewrite an investigator's screen, one right-to-left mark a command to copy.
 */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const NOT_ASCII = /[^\x20-\x7e]/gu;

/** One line that a terminal can only show: white space becomes a space, all else unshowable is written out. */
export function printable(text: string): string {
  return text.replace(/\s+/gu, " ").trim().replace(UNSHOWABLE, writtenOut);
}

/** The same for a console font of 256 glyphs, in which every character is one column wide. */
export function printableAscii(text: string): string {
  return printable(text.normalize("NFKD").replace(/\p{M}/gu, "")).replace(NOT_ASCII, "?");
}

function writtenOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/**
 * Lines of at most `columns`, broken between words where that is possible.
 * @param gap between two words of a line.
 */
export function wrapped(words: readonly string[], columns: number, gap = " "): string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of words.flatMap((long) => pieces(long, columns))) {
    const longer: string = line === null ? word : `${line}${gap}${word}`;
    if (line === null || longer.length <= columns) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === null ? lines : [...lines, line];
}

function pieces(word: string, columns: number): string[] {
  const count = Math.max(1, Math.ceil(word.length / columns));
  return Array.from({ length: count }, (_, at) => word.slice(at * columns, (at + 1) * columns));
}

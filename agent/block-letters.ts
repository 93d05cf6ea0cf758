/** Seven rows of five dots a letter, each row a number whose highest of five bits is the leftmost dot. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  D: [30, 17, 17, 17, 17, 17, 30],
  E: [31, 16, 16, 30, 16, 16, 31],
  F: [31, 16, 16, 30, 16, 16, 16],
  G: [14, 17, 16, 23, 17, 17, 14],
  H: [17, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  J: [7, 2, 2, 2, 2, 18, 12],
  K: [17, 18, 20, 24, 20, 18, 17],
  L: [16, 16, 16, 16, 16, 16, 31],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  P: [30, 17, 17, 30, 16, 16, 16],
  Q: [14, 17, 17, 17, 21, 18, 13],
  R: [30, 17, 17, 30, 20, 18, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  U: [17, 17, 17, 17, 17, 17, 14],
  V: [17, 17, 17, 17, 17, 10, 4],
  W: [17, 17, 17, 21, 21, 27, 17],
  X: [17, 17, 10, 4, 10, 17, 17],
  Y: [17, 17, 10, 4, 4, 4, 4],
  Z: [31, 1, 2, 4, 8, 16, 31],
  "0": [14, 17, 19, 21, 25, 17, 14],
  "1": [4, 12, 4, 4, 4, 4, 14],
  "2": [14, 17, 1, 6, 8, 16, 31],
  "3": [30, 1, 1, 14, 1, 1, 30],
  "4": [2, 6, 10, 18, 31, 2, 2],
  "5": [31, 16, 30, 1, 1, 17, 14],
  "6": [14, 16, 16, 30, 17, 17, 14],
  "7": [31, 1, 2, 4, 8, 8, 8],
  "8": [14, 17, 17, 14, 17, 17, 14],
  "9": [14, 17, 17, 15, 1, 1, 14],
  "-": [0, 0, 0, 31, 0, 0, 0],
  // The symbols: what colour says, they say to who cannot see it.
  "✓": [0, 1, 1, 2, 18, 12, 4],
  "✗": [0, 17, 10, 4, 10, 17, 0],
  "▶": [8, 12, 14, 15, 14, 12, 8],
  "■": [0, 31, 31, 31, 31, 31, 0],
};
const DOTS_WIDE = 5;
const DOTS_HIGH = 7;

/** How one dot is drawn, in characters. A character is about twice as high as wide, so 2 by 1 is square. */
interface Scale {
  readonly wide: number;
  readonly high: number;
}
/** From the largest. Half the width still reads; a letter wider than high does not come out of it. */
const SCALES: readonly Scale[] = [8, 7, 6, 5, 4, 3, 2, 1].flatMap((high) => [
  { wide: 2 * high, high },
  { wide: high, high },
]);

/**
 * The word in letters of full blocks, as large as the space allows.
 * @returns null where not even the smallest letters fit.
 */
export function blockLetters(word: string, columns: number, rows: number): string[] | null {
  const letters = [...word.toUpperCase()];
  const scale = SCALES.find(
    ({ wide, high }) => widthOf(letters, wide) <= columns && DOTS_HIGH * high <= rows,
  );
  if (scale === undefined || letters.length === 0) return null;
  const gap = " ".repeat(gapOf(scale.wide));
  return Array.from({ length: DOTS_HIGH }, (_, row) =>
    letters.map((letter) => dots(letter, row, scale.wide)).join(gap),
  ).flatMap((line) => Array.from({ length: scale.high }, () => line.trimEnd()));
}

function widthOf(letters: readonly string[], wide: number): number {
  const dotsWide = letters.reduce((sum, letter) => sum + dotsWideOf(letter), 0);
  return dotsWide * wide + (letters.length - 1) * gapOf(wide);
}

/** A space of one dot: with the gaps about it that is enough, and the word comes out larger. */
function dotsWideOf(letter: string): number {
  return letter === " " ? 1 : DOTS_WIDE;
}

/** Half a dot between letters, and at least a column: what is saved there makes the letters larger. */
function gapOf(wide: number): number {
  return Math.ceil(wide / 2);
}

function dots(letter: string, row: number, wide: number): string {
  const bits = GLYPHS[letter]?.[row] ?? 0;
  return Array.from({ length: dotsWideOf(letter) }, (_, at) =>
    ((bits >> (DOTS_WIDE - 1 - at)) & 1) === 1 ? "█".repeat(wide) : " ".repeat(wide),
  ).join("");
}

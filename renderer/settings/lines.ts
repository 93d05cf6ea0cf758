/** Where each line of a text begins. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

export interface ShownLine {
  readonly number: number;
  readonly text: string;
  /** The other text has no such line. */
  readonly other: boolean;
}

/** The lines of a text, each with whether the other text lacks it: enough to see what somebody else changed. */
export function linesBeside(text: string, other: string): ShownLine[] {
  const left = new Map<string, number>();
  for (const line of other.split("\n")) left.set(line, (left.get(line) ?? 0) + 1);
  return text.split("\n").map((line, index) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return { number: index + 1, text: line, other: count <= 0 };
  });
}

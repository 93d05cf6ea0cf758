import { LOG_LEVELS, type LogLevel, type LogLine } from "../../contract/agent-api.ts";
import type { StageName } from "../../contract/stages.ts";

export interface LogFilter {
  /** This level and worse. */
  readonly level: LogLevel;
  /** Lines of this stage only; null: all, those of no stage too. */
  readonly stage: StageName | null;
}

export function filteredLog(lines: readonly LogLine[], { level, stage }: LogFilter): LogLine[] {
  const least = LOG_LEVELS.indexOf(level);
  return lines.filter(
    (line) => LOG_LEVELS.indexOf(line.level) >= least && (stage === null || line.stage === stage),
  );
}

/** Indexes of the texts that hold what is searched for, whatever its case; none for an empty search. */
export function matchesIn(texts: readonly string[], search: string): number[] {
  const wanted = search.toLowerCase();
  if (wanted === "") return [];
  return texts.flatMap((text, index) => (text.toLowerCase().includes(wanted) ? [index] : []));
}

/** A text in pieces, those that were searched for marked. */
export function marked(text: string, search: string): { text: string; hit: boolean }[] {
  const wanted = search.toLowerCase();
  const lower = text.toLowerCase();
  // A letter that changes its length with its case would put the marks beside the words.
  if (wanted === "" || lower.length !== text.length) return [{ text, hit: false }];
  const pieces: { text: string; hit: boolean }[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), hit: false });
    pieces.push({ text: text.slice(at, at + wanted.length), hit: true });
    from = at + wanted.length;
  }
  if (from < text.length || pieces.length === 0)
    pieces.push({ text: text.slice(from), hit: false });
  return pieces;
}

export const CHUNK = 200;

export interface Chunk<T> {
  readonly key: string;
  /** Index of its first line among all that are shown. */
  readonly from: number;
  readonly lines: readonly T[];
}

/**
 * Lines in chunks that keep their place: by a number of each line's own, so that lines which come before or after
 * change only the chunks at the ends.
 */
export function chunked<T>(
  lines: readonly T[],
  numberOf: (line: T, index: number) => number,
): Chunk<T>[] {
  const chunks: { key: string; from: number; lines: T[] }[] = [];
  lines.forEach((line, index) => {
    const key = String(Math.floor(numberOf(line, index) / CHUNK));
    const last = chunks.at(-1);
    if (last?.key === key) last.lines.push(line);
    else chunks.push({ key, from: index, lines: [line] });
  });
  return chunks;
}

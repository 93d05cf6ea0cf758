import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export const ARTIFACT_KINDS = [
  "sensor",
  "log",
  "inventory",
  "firmware",
  "evidence",
  "result",
] as const;
export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

/** One post that the console has not acknowledged yet. Samples and lines travel in batches of consecutive sequences. */
export interface SpoolEntry {
  readonly kind: ArtifactKind;
  readonly first: number;
  readonly last: number;
  /** Characters of the JSON body. */
  readonly size: number;
}

interface Stored extends SpoolEntry {
  /** Where its line lies in the file; null when it could not be written and lives in memory only. */
  readonly place: { readonly offset: number; readonly bytes: number } | null;
  readonly json: string | null;
}

export interface SpoolOptions {
  /** More than this waiting: the oldest samples, then the oldest log lines are given up. */
  readonly maxBytes?: number;
  readonly onProblem?: (message: string) => void;
}

export interface GivenUp {
  readonly samples: number;
  readonly lines: number;
}

const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;
/** A file with this much of acknowledged text is rewritten. */
const COMPACT_ABOVE_BYTES = 8 * 1024 * 1024;

const lineSchema = z.union([
  z.object({ kind: z.enum(ARTIFACT_KINDS), first: z.int(), last: z.int(), json: z.string() }),
  z.object({ done: z.int() }),
  z.object({ next: z.int() }),
]);

/**
 * What waits for the console, in a file that is only appended to: each line an artifact, or the note that one was
 * acknowledged. An agent restarted in the same boot goes on with what is left, under the same sequences.
 */
export class Spool {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #onProblem: (message: string) => void;
  #file: number;
  #end = 0;
  #waitingBytes = 0;
  #entries: Stored[] = [];
  #next = 1;
  #givenUp = { samples: 0, lines: 0 };

  /** Opens the spool of a run; what another run left in the folder is not touched. */
  constructor(
    folder: string,
    runId: number,
    { maxBytes = DEFAULT_MAX_BYTES, onProblem = () => {} }: SpoolOptions = {},
  ) {
    this.#path = join(folder, `spool-${runId}.jsonl`);
    this.#maxBytes = maxBytes;
    this.#onProblem = onProblem;
    this.#file = openSync(this.#path, "a+", 0o600);
    this.#load();
  }

  /** One above the highest sequence that was ever given out here. */
  get nextSequence(): number {
    return this.#next;
  }

  get entries(): readonly SpoolEntry[] {
    return this.#entries;
  }

  get givenUp(): GivenUp {
    return this.#givenUp;
  }

  /** The oldest that waits. */
  head(): SpoolEntry | null {
    return this.#entries[0] ?? null;
  }

  /** Takes sequences out of circulation: the console has seen them in an earlier life. */
  reserve(nextSequence: number): void {
    this.#next = Math.max(this.#next, nextSequence);
  }

  /** Puts an artifact at the end, on disk before this returns. `json` is the body of its post. */
  append(kind: ArtifactKind, first: number, last: number, json: string): SpoolEntry {
    const entry = this.#store(kind, first, last, json);
    this.#entries.push(entry);
    this.#next = Math.max(this.#next, last + 1);
    this.#makeRoom();
    return entry;
  }

  /** The body of an entry's post. */
  read(entry: SpoolEntry): string {
    const { place, json } = entry as Stored;
    if (json !== null) return json;
    const bytes = Buffer.alloc(place?.bytes ?? 0);
    readSync(this.#file, bytes, 0, bytes.length, place?.offset ?? 0);
    return (JSON.parse(bytes.toString("utf8")) as { json: string }).json;
  }

  /** Acknowledged, or refused for good: it is not sent again. */
  remove(entry: SpoolEntry): void {
    const at = this.#entries.findIndex(({ first }) => first === entry.first);
    if (at < 0) return;
    this.#entries.splice(at, 1);
    this.#waitingBytes -= entry.size;
    if (this.#entries.length === 0) this.#restart();
    else {
      // Lost with a crash, this note only makes the artifact go out once more, which the console takes for a repeat.
      this.#write(`${JSON.stringify({ done: entry.first })}\n`, false);
      if (this.#end - this.#waitingBytes > COMPACT_ABOVE_BYTES) this.#compact();
    }
  }

  /** Puts smaller posts in the place of one that was too large. */
  replace(
    entry: SpoolEntry,
    parts: readonly { first: number; last: number; json: string }[],
  ): void {
    const at = this.#entries.findIndex(({ first }) => first === entry.first);
    if (at < 0) return;
    this.#write(`${JSON.stringify({ done: entry.first })}\n`, false);
    this.#waitingBytes -= entry.size;
    const stored = parts.map(({ first, last, json }) => this.#store(entry.kind, first, last, json));
    this.#entries.splice(at, 1, ...stored);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Closes it and takes the file away. */
  discard(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  #store(kind: ArtifactKind, first: number, last: number, json: string): Stored {
    const offset = this.#end;
    const line = `${JSON.stringify({ kind, first, last, json })}\n`;
    const bytes = this.#write(line, true);
    this.#waitingBytes += json.length;
    const place = bytes === null ? null : { offset, bytes };
    return { kind, first, last, size: json.length, place, json: place === null ? json : null };
  }

  /** The bytes written; null when the disk would not take them. */
  #write(text: string, durable: boolean): number | null {
    const bytes = Buffer.from(text);
    try {
      let written = 0;
      while (written < bytes.length) written += writeSync(this.#file, bytes, written);
      if (durable) fdatasyncSync(this.#file);
      this.#end += bytes.length;
      return bytes.length;
    } catch (error) {
      try {
        ftruncateSync(this.#file, this.#end);
      } catch {
        // Then the next load stops at the half line, as after a crash.
      }
      this.#onProblem(`The spool takes no more: ${String(error)}`);
      return null;
    }
  }

  #load(): void {
    const content = readFileSync(this.#path);
    const found = new Map<number, Stored>();
    let offset = 0;
    while (offset < content.length) {
      const lineEnd = content.indexOf(0x0a, offset);
      const line = lineEnd < 0 ? null : parseLine(content.toString("utf8", offset, lineEnd));
      // A line that was cut by a crash was never acknowledged to anybody; nothing stands behind it.
      if (line === null) break;
      if ("done" in line) found.delete(line.done);
      else if ("next" in line) this.#next = Math.max(this.#next, line.next);
      else {
        const { kind, first, last, json } = line;
        const place = { offset, bytes: lineEnd - offset };
        found.set(first, { kind, first, last, size: json.length, place, json: null });
        this.#next = Math.max(this.#next, last + 1);
      }
      offset = lineEnd + 1;
    }
    ftruncateSync(this.#file, offset);
    this.#end = offset;
    this.#entries = [...found.values()].sort((a, b) => a.first - b.first);
    this.#waitingBytes = this.#entries.reduce((sum, { size }) => sum + size, 0);
  }

  /** Nothing waits: the file starts anew, keeping only how far the numbers went. */
  #restart(): void {
    try {
      ftruncateSync(this.#file, 0);
      this.#end = 0;
    } catch (error) {
      this.#onProblem(`The spool cannot be emptied: ${String(error)}`);
    }
    this.#write(`${JSON.stringify({ next: this.#next })}\n`, true);
  }

  #compact(): void {
    const waiting = this.#entries.map((entry) => ({ entry, json: this.read(entry) }));
    const fresh = `${this.#path}.new`;
    rmSync(fresh, { force: true });
    const before = { file: this.#file, end: this.#end, bytes: this.#waitingBytes };
    this.#file = openSync(fresh, "a+", 0o600);
    this.#end = 0;
    this.#waitingBytes = 0;
    const header = this.#write(`${JSON.stringify({ next: this.#next })}\n`, false);
    const moved = waiting.map(({ entry, json }) =>
      this.#store(entry.kind, entry.first, entry.last, json),
    );
    if (header === null || moved.some(({ place }) => place === null)) {
      closeSync(this.#file);
      rmSync(fresh, { force: true });
      this.#file = before.file;
      this.#end = before.end;
      this.#waitingBytes = before.bytes;
      return;
    }
    renameSync(fresh, this.#path);
    closeSync(before.file);
    this.#entries = moved;
  }

  /** The head stays: it may be under way. Artifacts that are neither samples nor lines are few, and never given up. */
  #makeRoom(): void {
    for (const kind of ["sensor", "log"] as const) {
      for (const entry of this.#entries.slice(1, -1)) {
        if (this.#waitingBytes <= this.#maxBytes) return;
        if (entry.kind !== kind) continue;
        const count = entry.last - entry.first + 1;
        const { samples, lines } = this.#givenUp;
        this.#givenUp =
          kind === "sensor"
            ? { samples: samples + count, lines }
            : { samples, lines: lines + count };
        this.remove(entry);
      }
    }
  }
}

function parseLine(text: string): z.infer<typeof lineSchema> | null {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

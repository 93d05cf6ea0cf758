import { StringDecoder } from "node:string_decoder";

/** A line longer than this is handed on in pieces, so that output without line ends cannot fill memory. */
const MAX_LINE_CHARS = 8000;

/** Takes one output stream of a program: keeps the end of it, and hands on whole lines as they come. */
export class OutputTail {
  private chunks: Buffer[] = [];
  private keptBytes = 0;
  private pending = "";
  private readonly decoder = new StringDecoder("utf8");
  private readonly maxBytes: number;
  private readonly onLine: ((line: string) => void) | undefined;
  truncated = false;

  constructor(maxBytes: number, onLine?: (line: string) => void) {
    this.maxBytes = maxBytes;
    this.onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.keptBytes += chunk.length;
    // Compacting only at twice the limit keeps the copying linear in the output.
    if (this.keptBytes > 2 * this.maxBytes) this.compact();
    if (this.onLine) this.splitLines(this.decoder.write(chunk));
  }

  /** Ends the stream: an unfinished last line is handed on; returns the text that was kept. */
  finish(): string {
    if (this.onLine) {
      this.splitLines(this.decoder.end());
      if (this.pending !== "") this.onLine(this.pending);
      this.pending = "";
    }
    this.compact();
    const text = Buffer.concat(this.chunks).toString("utf8");
    // A cut may fall inside a character.
    return this.truncated ? text.replace(/^\uFFFD+/, "") : text;
  }

  private compact(): void {
    if (this.keptBytes <= this.maxBytes) return;
    const all = Buffer.concat(this.chunks);
    this.chunks = [all.subarray(all.length - this.maxBytes)];
    this.keptBytes = this.maxBytes;
    this.truncated = true;
  }

  private splitLines(text: string): void {
    this.pending += text;
    const lines = this.pending.split(/\r?\n/);
    this.pending = lines.pop() ?? "";
    for (const line of lines) this.onLine?.(line);
    while (this.pending.length > MAX_LINE_CHARS) {
      this.onLine?.(this.pending.slice(0, MAX_LINE_CHARS));
      this.pending = this.pending.slice(MAX_LINE_CHARS);
    }
  }
}

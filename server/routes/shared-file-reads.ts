import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";

/** Read at a time, and the unit that is shared. */
const CHUNK_BYTES = 256 * 1024;
/** So much of what was read last is kept for the next host. */
const CAPACITY_BYTES = 64 * 1024 * 1024;
/** Nobody having read for this long, all of it is let go. */
const IDLE_MS = 30_000;

interface OpenFile {
  readonly handle: Promise<FileHandle>;
  /** In the order of their last use. */
  readonly chunks: Map<number, Promise<Buffer>>;
  readers: number;
}

/** Which bytes of which file; both ends are inclusive, as in a Range header. */
export interface FileRange {
  readonly path: string;
  /** Of the file's content, such as its ETag: another version is another file. */
  readonly version: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Files that many hosts read at once, each chunk read once for all of them. A stream of its own for every host costs
 * the console six times the CPU, nearly all of it for buffers that are filled, sent and thrown away.
 */
export class SharedFileReads {
  readonly #files = new Map<string, OpenFile>();
  #idle: NodeJS.Timeout | null = null;
  readonly #idleMs: number;
  readonly #capacityChunks: number;

  constructor({ idleMs = IDLE_MS, capacityBytes = CAPACITY_BYTES } = {}) {
    this.#idleMs = idleMs;
    this.#capacityChunks = Math.max(1, Math.floor(capacityBytes / CHUNK_BYTES));
  }

  /** The bytes as a stream, which fails when the file cannot be read or ends too early. */
  stream({ path, version, start, end }: FileRange): Readable {
    const file = this.#enter(path, version);
    let at = start;
    const next = async (): Promise<Buffer | null> => {
      if (at > end) return null;
      const index = Math.floor(at / CHUNK_BYTES);
      const chunk = await this.#chunk(file, index);
      const from = at - index * CHUNK_BYTES;
      const piece = chunk.subarray(from, from + end + 1 - at);
      if (piece.length === 0) throw new Error(`${path} ends before its byte ${end}`);
      at += piece.length;
      return piece;
    };
    return new Readable({
      highWaterMark: CHUNK_BYTES,
      read() {
        next().then(
          (piece) => this.push(piece),
          (error: Error) => this.destroy(error),
        );
      },
      destroy: (error, done) => {
        this.#leave(file);
        done(error);
      },
    });
  }

  /** Lets go of everything that nobody reads just now. */
  async close(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    const unread = [...this.#files].filter(([, { readers }]) => readers === 0);
    for (const [key] of unread) this.#files.delete(key);
    await Promise.all(
      unread.map(async ([, { handle }]) => {
        const opened = await handle.catch(() => null);
        await opened?.close();
      }),
    );
  }

  /** How many chunks are kept. */
  get chunks(): number {
    return [...this.#files.values()].reduce((sum, { chunks }) => sum + chunks.size, 0);
  }

  #enter(path: string, version: string): OpenFile {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    const key = `${version} ${path}`;
    let file = this.#files.get(key);
    if (file === undefined) {
      const handle = open(path, "r");
      // Told to every reader by the chunk that it waits for; the next one tries again.
      handle.catch(() => this.#files.delete(key));
      file = { handle, chunks: new Map(), readers: 0 };
      this.#files.set(key, file);
    }
    file.readers += 1;
    return file;
  }

  #leave(file: OpenFile): void {
    file.readers -= 1;
    if ([...this.#files.values()].some(({ readers }) => readers > 0)) return;
    this.#idle ??= setTimeout(() => void this.close(), this.#idleMs).unref();
  }

  #chunk(file: OpenFile, index: number): Promise<Buffer> {
    const { chunks } = file;
    const known = chunks.get(index);
    const chunk = known ?? readChunk(file, index);
    // Set anew, it is the one used last.
    chunks.delete(index);
    chunks.set(index, chunk);
    if (known === undefined) {
      chunk.catch(() => chunks.delete(index));
      this.#makeRoom();
    }
    return chunk;
  }

  /** The chunk that was used longest ago goes first, of the file with the most. */
  #makeRoom(): void {
    if (this.chunks <= this.#capacityChunks) return;
    const [largest] = [...this.#files.values()].sort((a, b) => b.chunks.size - a.chunks.size);
    const [oldest] = largest?.chunks.keys() ?? [];
    if (oldest !== undefined) largest?.chunks.delete(oldest);
  }
}

async function readChunk({ handle }: OpenFile, index: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const opened = await handle;
  let filled = 0;
  while (filled < CHUNK_BYTES) {
    const position = index * CHUNK_BYTES + filled;
    const { bytesRead } = await opened.read(buffer, filled, CHUNK_BYTES - filled, position);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

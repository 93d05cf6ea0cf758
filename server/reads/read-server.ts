import { answerRead, type ReadStore } from "./answer-read.ts";
import type { ReadAnswer, ReadRequest } from "./read-messages.ts";

/** A piece is sent when so much text has come together: few messages, and little of a long answer in memory. */
const PIECE_CHARS = 128 * 1024;

/** Answers the requests of one main thread. Long reads go on only as they are asked to. */
export class ReadServer {
  readonly #store: ReadStore;
  readonly #now: () => number;
  readonly #open = new Map<number, Iterator<string>>();

  constructor(store: ReadStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** @returns the answer, or null when none is due. Exceptions become answers. */
  handle(request: ReadRequest): ReadAnswer | null {
    const { id } = request;
    try {
      switch (request.type) {
        case "forget":
          this.#forget(id);
          return null;
        case "begin": {
          const pieces = answerRead(request.read, this.#store, this.#now());
          if (pieces === null) return { id, type: "nothing" };
          this.#open.set(id, pieces[Symbol.iterator]());
          return this.#piece(id);
        }
        case "more":
          return this.#piece(id);
      }
    } catch (error) {
      this.#open.delete(id);
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { id, type: "failed", error: text };
    }
  }

  #piece(id: number): ReadAnswer {
    const pieces = this.#open.get(id);
    if (pieces === undefined) throw new Error(`read ${id} is not under way`);
    const texts: string[] = [];
    for (let chars = 0; chars < PIECE_CHARS; ) {
      const { done = false, value } = pieces.next();
      if (done) {
        this.#open.delete(id);
        return { id, type: "piece", bytes: utf8(texts), last: true };
      }
      texts.push(value);
      chars += value.length;
    }
    return { id, type: "piece", bytes: utf8(texts), last: false };
  }

  #forget(id: number): void {
    const pieces = this.#open.get(id);
    this.#open.delete(id);
    pieces?.return?.();
  }
}

/** A buffer of its own, so that it can be handed over to the other thread instead of copied. */
function utf8(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(texts.join(""));
}

import { Readable } from "node:stream";
import type { ReadAnswer } from "./read-messages.ts";
import type { ReadOutcome } from "./read-session.ts";

export type Piece = ReadAnswer & { readonly type: "piece" };

interface StreamSource {
  /** Asks for the next piece. */
  more(): Promise<ReadOutcome>;
  /** The sentence of an outcome that is no piece. */
  problemOf(outcome: ReadOutcome): string;
  /** Once: nobody reads on. `unread` when pieces are left. */
  left(unread: boolean): void;
}

/**
 * A long answer, read on as fast as it is taken. When the thread ends under it the stream fails, and with it the
 * response: a download that broke off is never taken for a whole one.
 */
export function readStream(first: Piece, { more, problemOf, left }: StreamSource): Readable {
  let atEnd = first.last;
  const take = (piece: Piece) => {
    atEnd = piece.last;
    const bytes = bufferOf(piece);
    if (bytes.length > 0) body.push(bytes);
    if (atEnd) body.push(null);
  };
  const readOn = async () => {
    const outcome = await more();
    if (!outcome.ok || outcome.answer.type !== "piece") throw new Error(problemOf(outcome));
    take(outcome.answer);
  };
  const body = new Readable({
    read() {
      if (!atEnd) readOn().catch((error: Error) => body.destroy(error));
    },
    destroy(error, done) {
      left(!atEnd);
      done(error);
    },
  });
  take(first);
  return body;
}

export function bufferOf({ bytes }: Piece): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

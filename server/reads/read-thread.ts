import { busy, type ReadOutcome, ReadSession } from "./read-session.ts";
import { bufferOf, readStream } from "./read-stream.ts";
import type { ReadApart, ReadResult } from "./reads.ts";

/** A graph of 2.6 million samples takes some ten milliseconds; what takes this long is stuck. */
const TIMEOUT_MS = 30_000;
const MOST_WAITING = 64;
const HEAP_MIB = 512;
/** Long answers that are being sent at once. */
const MOST_STREAMS = 16;

export interface ReadThreadOptions {
  /** A database that is held open and migrated. */
  readonly databaseFile: string;
  /** For the log: what went wrong inside the thread. */
  readonly onFault: (error: string) => void;
  readonly workerUrl?: URL;
  readonly timeoutMs?: number;
  readonly mostWaiting?: number;
  readonly heapMib?: number;
}

export interface ReadThread {
  readonly read: ReadApart;
  /** Ends the thread, and whatever it reads. To be called before the database is closed. */
  close(): Promise<void>;
}

/** Named so that the desktop's bundler finds it and makes a file of its own of it. */
const WORKER_URL = new URL("./read-worker.ts", import.meta.url);

/**
 * Starts the thread that does the console's long reads: graphs, CSV, reports. One that dies fails what it was asked
 * with a sentence, and the next read starts another.
 */
export function startReadThread({
  workerUrl = WORKER_URL,
  timeoutMs = TIMEOUT_MS,
  mostWaiting = MOST_WAITING,
  heapMib = HEAP_MIB,
  ...options
}: ReadThreadOptions): ReadThread {
  const start = () => new ReadSession({ ...options, workerUrl, timeoutMs, mostWaiting, heapMib });
  // At once, so that the first graph does not wait for it.
  let session = start();
  let closed = false;
  let lastId = 0;
  let streams = 0;

  const failureOf = (outcome: ReadOutcome): ReadResult & { ok: false } => {
    if (!outcome.ok) return outcome;
    const why = outcome.answer.type === "failed" ? outcome.answer.error : "an unexpected answer";
    options.onFault(`A read failed: ${why}`);
    const detail = "Something went wrong inside the console while it read this; its log says what.";
    return { ok: false, kind: "read-failed", detail };
  };

  const begin = async (from: ReadSession, read: Parameters<ReadApart>[0]): Promise<ReadResult> => {
    lastId += 1;
    const id = lastId;
    const outcome = await from.ask({ id, type: "begin", read });
    if (!outcome.ok || outcome.answer.type === "failed") return failureOf(outcome);
    if (outcome.answer.type === "nothing") return { ok: true, body: null };
    if (outcome.answer.last) return { ok: true, body: bufferOf(outcome.answer) };
    if (streams >= MOST_STREAMS) {
      from.forget(id);
      return busy();
    }
    streams += 1;
    const body = readStream(outcome.answer, {
      more: () => from.ask({ id, type: "more" }),
      problemOf: (broken) => failureOf(broken).detail,
      left: (unread) => {
        streams -= 1;
        if (unread) from.forget(id);
      },
    });
    return { ok: true, body };
  };

  return {
    read: (read) => {
      if (session.ended && !closed) session = start();
      return begin(session, read);
    },
    close: async () => {
      closed = true;
      await session.end();
    },
  };
}

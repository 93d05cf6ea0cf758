import { Worker } from "node:worker_threads";
import type { ReadAnswer, ReadRequest, ReadWorkerData } from "./read-messages.ts";
import type { ReadFailure } from "./reads.ts";

export type ReadOutcome = { readonly ok: true; readonly answer: ReadAnswer } | ReadFailure;

interface Job {
  readonly request: ReadRequest;
  readonly settle: (outcome: ReadOutcome) => void;
}

export interface ReadSessionOptions {
  readonly workerUrl: URL;
  readonly databaseFile: string;
  /** One piece may take so long; then the thread is given up. */
  readonly timeoutMs: number;
  /** So many requests may wait for their turn. */
  readonly mostWaiting: number;
  /** What the thread may hold of JavaScript; beyond it the thread dies and the console lives on. */
  readonly heapMib: number;
  /** For the log: what went wrong inside the thread. */
  readonly onFault: (error: string) => void;
}

/**
 * One thread from its start to its end, asked one thing at a time: so the time that a request takes is its own, and a
 * long download shares the thread with everybody else piece by piece.
 */
export class ReadSession {
  readonly #options: ReadSessionOptions;
  readonly #worker: Worker;
  readonly #waiting: Job[] = [];
  #current: Job | null = null;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: ReadSessionOptions) {
    this.#options = options;
    const workerData: ReadWorkerData = { databaseFile: options.databaseFile };
    this.#worker = new Worker(options.workerUrl, {
      name: "vetting-reads",
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: options.heapMib },
    });
    this.#worker.on("message", (answer: ReadAnswer) => {
      this.#settle({ ok: true, answer });
      if (!this.#ended) this.#next();
    });
    this.#worker.on("error", (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      options.onFault(`The reading thread ended: ${text}`);
      this.#fail();
    });
    this.#worker.on("exit", () => this.#fail());
  }

  /** Takes no further request: the thread is over, or is being ended. */
  get ended(): boolean {
    return this.#ended;
  }

  ask(request: ReadRequest): Promise<ReadOutcome> {
    if (this.#ended) return Promise.resolve(interrupted());
    if (this.#waiting.length >= this.#options.mostWaiting) return Promise.resolve(busy());
    return new Promise((settle) => {
      this.#waiting.push({ request, settle });
      this.#next();
    });
  }

  /** Nobody wants the rest of this read. */
  forget(id: number): void {
    if (!this.#ended) this.#worker.postMessage({ id, type: "forget" } satisfies ReadRequest);
  }

  /** Ends the thread; whoever waits is told so. Settles when it is gone. */
  async end(): Promise<void> {
    this.#fail();
    await this.#worker.terminate();
  }

  #next(): void {
    if (this.#current !== null) return;
    this.#current = this.#waiting.shift() ?? null;
    if (this.#current === null) return;
    this.#timer = setTimeout(() => this.#giveUp(), this.#options.timeoutMs);
    this.#worker.postMessage(this.#current.request);
  }

  /** A statement inside SQLite cannot be stopped from here: the thread is left to itself, and ends behind it. */
  #giveUp(): void {
    const seconds = Math.round(this.#options.timeoutMs / 1000);
    this.#settle({
      ok: false,
      kind: "read-too-long",
      detail: `This took longer than ${seconds} s to read, and was given up. Ask for a shorter span of time.`,
    });
    this.#options.onFault(`A read took longer than ${seconds} s; its thread is given up.`);
    void this.end();
  }

  #fail(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#settle(interrupted());
    for (const { settle } of this.#waiting.splice(0)) settle(interrupted());
  }

  #settle(outcome: ReadOutcome): void {
    clearTimeout(this.#timer);
    const job = this.#current;
    this.#current = null;
    job?.settle(outcome);
  }
}

function interrupted(): ReadFailure {
  return {
    ok: false,
    kind: "read-interrupted",
    detail: "The console's reading thread ended before this was read. Ask again: a new one starts.",
  };
}

export function busy(): ReadFailure {
  return {
    ok: false,
    kind: "reads-busy",
    detail: "The console has too many long reads under way. Wait for one to end, and ask again.",
  };
}

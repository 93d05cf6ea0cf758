export interface BatcherOptions<T> {
  readonly maxBatch: number;
  /** More than this waiting: the oldest are dropped and counted. */
  readonly capacity: number;
  readonly flushMs: number;
  readonly send: (batch: readonly T[]) => void;
}

/** Collects items and hands them on in batches, after a while or when a batch is full. Bounded. */
export class Batcher<T> {
  readonly #options: BatcherOptions<T>;
  #waiting: T[] = [];
  #timer: NodeJS.Timeout | null = null;
  #dropped = 0;

  constructor(options: BatcherOptions<T>) {
    this.#options = options;
  }

  /** Items dropped for want of room since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  add(item: T): void {
    const { capacity, maxBatch, flushMs } = this.#options;
    this.#waiting.push(item);
    if (this.#waiting.length > capacity) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    // A burst waits for its own turn of the event loop at most, so that sending never runs inside the source.
    const delayMs = this.#waiting.length === maxBatch ? 0 : flushMs;
    if (delayMs === 0 && this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
    this.#timer ??= setTimeout(() => this.flush(), delayMs);
  }

  /** Hands on all that waits. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const all = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < all.length; at += this.#options.maxBatch) {
      this.#options.send(all.slice(at, at + this.#options.maxBatch));
    }
  }

  /** Stops the timer; what waits stays. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

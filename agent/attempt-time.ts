/** setTimeout takes 31 bits of milliseconds and fires at once beyond. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The time that an attempt may take; what it spends waiting for others is not counted. */
export class AttemptTime {
  readonly #onOver: () => void;
  #leftMs: number;
  #sinceMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Waits under way. */
  #apart = 0;

  /** Begins to run at once. */
  constructor(allowedMs: number, onOver: () => void) {
    this.#leftMs = allowedMs;
    this.#onOver = onOver;
    this.#run();
  }

  /** Does something whose time does not count. */
  async apart<T>(work: () => Promise<T>): Promise<T> {
    this.#apart += 1;
    this.#halt();
    try {
      return await work();
    } finally {
      this.#apart -= 1;
      if (this.#apart === 0) this.#run();
    }
  }

  end(): void {
    this.#halt();
    this.#leftMs = Number.POSITIVE_INFINITY;
  }

  #run(): void {
    if (this.#leftMs === Number.POSITIVE_INFINITY) return;
    this.#sinceMs = performance.now();
    this.#timer = setTimeout(this.#onOver, Math.min(this.#leftMs, MAX_TIMER_MS));
  }

  #halt(): void {
    clearTimeout(this.#timer);
    if (this.#sinceMs === null) return;
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#sinceMs));
    this.#sinceMs = null;
  }
}

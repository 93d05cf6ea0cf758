/** So many addresses are remembered; beyond it the oldest is forgotten, which only ever lets more through. */
const MAX_ADDRESSES = 4096;

/** A token bucket for each remote address. */
export class AddressLimiter {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(
    { burst, perSecond }: { burst: number; perSecond: number },
    nowMs: () => number = () => performance.now(),
  ) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#nowMs = nowMs;
  }

  /** Whether this address may go on; takes one token if so. */
  take(address: string): boolean {
    const now = this.#nowMs();
    const known = this.#buckets.get(address);
    const tokens = Math.min(
      this.#burst,
      known === undefined
        ? this.#burst
        : known.tokens + ((now - known.atMs) / 1000) * this.#perSecond,
    );
    const allowed = tokens >= 1;
    this.#buckets.delete(address);
    this.#buckets.set(address, { tokens: allowed ? tokens - 1 : tokens, atMs: now });
    if (this.#buckets.size > MAX_ADDRESSES) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return allowed;
  }
}

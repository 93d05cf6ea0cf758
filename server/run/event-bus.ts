import type { LiveEvent } from "../../contract/console-api.ts";

export interface CursoredEvent {
  readonly cursor: number;
  readonly event: LiveEvent;
}

/**
 * The one stream of live events, with a server-wide cursor. It remembers the last `capacity` events so that a
 * client may resume; one that asks for older ones is told to fetch a snapshot instead.
 */
export class EventBus {
  readonly #remembered: CursoredEvent[] = [];
  readonly #listeners = new Set<(entry: CursoredEvent) => void>();
  readonly #capacity: number;
  #cursor: number;

  /** @param firstCursor must grow over restarts (the start time in ms does), so that an old cursor is noticed. */
  constructor(firstCursor: number, capacity = 2000) {
    this.#cursor = firstCursor;
    this.#capacity = capacity;
  }

  get cursor(): number {
    return this.#cursor;
  }

  publish(event: LiveEvent): void {
    this.#cursor += 1;
    const entry = { cursor: this.#cursor, event };
    this.#remembered.push(entry);
    if (this.#remembered.length > this.#capacity) this.#remembered.shift();
    for (const listener of this.#listeners) listener(entry);
  }

  /** Events after `cursor`, or null when some of them are forgotten. */
  after(cursor: number): readonly CursoredEvent[] | null {
    if (cursor === this.#cursor) return [];
    const oldest = this.#remembered[0];
    if (oldest === undefined || cursor > this.#cursor || cursor < oldest.cursor - 1) return null;
    return this.#remembered.filter((entry) => entry.cursor > cursor);
  }

  /** Returns the function that ends the subscription. A listener must neither throw nor block. */
  subscribe(listener: (entry: CursoredEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

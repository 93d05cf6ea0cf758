import type { LiveEvent } from "../../contract/console-api.ts";
import type { CursoredEvent } from "../run/event-bus.ts";

/** One message on its way to a client, as @fastify/sse takes it. */
export interface LiveMessage {
  readonly id: string;
  readonly event: LiveEvent["type"];
  readonly data: LiveEvent;
}

/** So many events wait for a slow client; then they are dropped and it is told to fetch a snapshot. */
export const MAX_WAITING_EVENTS = 500;

export function messageOf({ cursor, event }: CursoredEvent): LiveMessage {
  return { id: String(cursor), event: event.type, data: event };
}

/**
 * The bounded queue between the event bus and one client. At most one message is being written at a time; `send`
 * settles when the client has taken it, and may never settle when the client closes meanwhile, which is why nothing
 * else waits for it.
 */
export class LiveClient {
  readonly #send: (message: LiveMessage) => Promise<void>;
  readonly #cursor: () => number;
  readonly #capacity: number;
  #waiting: LiveMessage[] = [];
  #sending = false;
  #closed = false;

  constructor(
    send: (message: LiveMessage) => Promise<void>,
    cursor: () => number,
    capacity = MAX_WAITING_EVENTS,
  ) {
    this.#send = send;
    this.#cursor = cursor;
    this.#capacity = capacity;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  push(entry: CursoredEvent): void {
    if (this.#closed) return;
    if (this.#waiting.length >= this.#capacity) {
      this.resync();
      return;
    }
    this.#waiting.push(messageOf(entry));
    this.#pump();
  }

  /** Drops what waits; the client should fetch a snapshot and goes on from the present cursor. */
  resync(): void {
    if (this.#closed) return;
    this.#waiting = [messageOf({ cursor: this.#cursor(), event: { type: "resync" } })];
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  #pump(): void {
    if (this.#sending) return;
    const message = this.#waiting.shift();
    if (message === undefined) return;
    this.#sending = true;
    this.#send(message).then(
      () => {
        this.#sending = false;
        this.#pump();
      },
      // The connection is gone; its close handler ends the subscription.
      () => this.close(),
    );
  }
}

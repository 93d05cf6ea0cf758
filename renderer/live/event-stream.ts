import { type LiveEvent, liveEventSchema } from "../../contract/console-api.ts";
import { isSamplesEvent } from "./samples-event.ts";

const TYPES = liveEventSchema.options.map((option) => option.shape.type.value);
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 15_000;

/** The part of EventSource that is used; tests bring their own. */
export interface StreamSource {
  readonly readyState: number;
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  addEventListener(type: string, listener: (event: { data: string }) => void): void;
  close(): void;
}
const CLOSED = 2;

export interface StreamHandlers {
  onEvent(event: LiveEvent): void;
  /** The stream is up. */
  onOpen(): void;
  /** It is down and will be tried again; `refused` when the server answered but with no stream. */
  onDown(refused: boolean): void;
}

/**
 * The one SSE connection of this window. The browser itself reconnects with Last-Event-ID after a network error, and
 * the server then sends what was missed; after a refusal the browser gives up, and a new stream is opened here with
 * growing pauses. A stream that cannot resume begins with `resync`. Returns the function that ends it.
 */
export function openEventStream(
  handlers: StreamHandlers,
  connect: () => StreamSource = () => new EventSource("/api/v1/events") as unknown as StreamSource,
): () => void {
  let source: StreamSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let ended = false;

  const open = () => {
    source = connect();
    source.onopen = () => {
      retryMs = FIRST_RETRY_MS;
      handlers.onOpen();
    };
    source.onerror = () => {
      if (ended) return;
      const refused = source.readyState === CLOSED;
      handlers.onDown(refused);
      if (!refused) return;
      timer = setTimeout(open, retryMs);
      retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
    };
    for (const type of TYPES) {
      source.addEventListener(type, ({ data }) => {
        const event = parseEvent(data);
        if (event !== null) handlers.onEvent(event);
      });
    }
  };
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    source.close();
  };
}

/** An event of a newer server that this page does not know is left out: the snapshot will show what it changed. */
export function parseEvent(data: string): LiveEvent | null {
  try {
    const value: unknown = JSON.parse(data);
    if (isSamplesEvent(value)) return value;
    const parsed = liveEventSchema.safeParse(value);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

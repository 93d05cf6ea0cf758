import { request } from "node:http";

// A client as a stranger would write it from the documentation alone: it shares no type and no code with the product.

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests are about
  readonly json: any;
}

export interface Ask {
  readonly method?: string;
  readonly bearer?: string | undefined;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request on a connection of its own. Unlike fetch it sends any Host and any path. */
export function ask(base: string, path: string, more: Ask = {}): Promise<Answer> {
  const { method = "GET", bearer, body, headers = {} } = more;
  const { hostname, port } = new URL(base);
  const payload = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        path,
        method,
        agent: false,
        headers: {
          ...(payload === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) }),
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...headers,
        },
      },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        incoming.on("end", () => {
          const isJson = /json/.test(incoming.headers["content-type"] ?? "") && text !== "";
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            json: isJson ? JSON.parse(text) : null,
          });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
}

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly type: string };
}

/** Reads an event stream until `stop`; `events` grows while it runs. */
export async function listen(url: string, bearer: string, lastEventId?: string) {
  const abort = new AbortController();
  const answer = await fetch(url, {
    signal: abort.signal,
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    },
  });
  const events: StreamEvent[] = [];
  const reading = (async () => {
    let rest = "";
    for await (const chunk of answer.body ?? []) {
      const blocks = (rest + Buffer.from(chunk).toString()).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1];
        const data = field("data");
        if (data === undefined) continue;
        events.push({
          id: field("id") ?? "",
          event: field("event") ?? "",
          data: JSON.parse(data),
        });
      }
    }
  })().catch(() => {});
  const stop = async () => {
    abort.abort();
    await reading;
  };
  return { status: answer.status, type: answer.headers.get("content-type"), events, stop };
}

import type { AddressInfo } from "node:net";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { liveEventSchema } from "../../../contract/console-api.ts";
import { LiveClient, type LiveMessage } from "../../../server/routes/live-client.ts";
import { type Harness, harness, TOKEN } from "./harness.ts";

let h: Harness;
let port = 0;
const sockets: Socket[] = [];

beforeEach(async () => {
  h = await harness({ port: () => port });
  await h.console.listen({ host: "127.0.0.1", port: 0 });
  port = (h.console.server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await h.close();
});

const notice = (text: string) => ({ type: "notice", level: "info", text }) as const;

/** Megabytes through a socket take a moment on a busy machine. */
const PATIENT = { timeout: 20_000 };

interface Received {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** A reader on a bare socket, so that it can stall: what an EventSource would have seen so far. */
class Reader {
  readonly socket: Socket;
  text = "";

  constructor(lastEventId?: string) {
    this.socket = connect(port, "127.0.0.1");
    sockets.push(this.socket);
    this.socket.on("error", () => {});
    this.socket.setEncoding("utf8").on("data", (chunk) => {
      this.text += chunk;
    });
    const lines = [
      "GET /api/v1/events HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      `Authorization: Bearer ${TOKEN}`,
      "Accept: text/event-stream",
      ...(lastEventId === undefined ? [] : [`Last-Event-ID: ${lastEventId}`]),
      "",
      "",
    ];
    this.socket.write(lines.join("\r\n"));
  }

  events(): Received[] {
    // Chunk sizes stand on lines of their own between the pieces.
    const body = this.text
      .slice(this.text.indexOf("\r\n\r\n") + 4)
      .replace(/\r\n[0-9a-f]*\r?\n?/g, "");
    return [...body.matchAll(/id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/g)].map(
      ([, id = "", event = "", data = "null"]) => ({
        id,
        event,
        data: JSON.parse(data) as unknown,
      }),
    );
  }
  names = () => this.events().map(({ event }) => event);
  texts = () => this.events().map(({ data }) => (data as { text?: string }).text);
}

test("a new client is told to fetch a snapshot, then sees what happens, each with the server's cursor", async () => {
  const reader = new Reader();
  await expect.poll(reader.names).toEqual(["resync"]);
  h.events.publish(notice("one"));
  h.events.publish(notice("two\nlines"));
  await expect.poll(reader.names).toEqual(["resync", "notice", "notice"]);
  expect(reader.text).toMatch(/^HTTP\/1.1 200 /);
  expect(reader.text.toLowerCase()).toContain("content-type: text/event-stream");
  expect(reader.text.toLowerCase()).toContain("content-security-policy:");
  const events = reader.events();
  expect(events.map(({ id }) => Number(id))).toEqual([1000, 1001, 1002]);
  for (const { event, data } of events) expect(liveEventSchema.parse(data).type).toBe(event);
});

describe("Last-Event-ID", () => {
  test("goes on after that event, with nothing lost or doubled", async () => {
    for (const text of ["a", "b", "c"]) h.events.publish(notice(text));
    const reader = new Reader("1001");
    await expect.poll(reader.texts).toEqual(["b", "c"]);
    h.events.publish(notice("d"));
    await expect.poll(reader.texts).toEqual(["b", "c", "d"]);
  });

  test("the newest: nothing to catch up with", async () => {
    h.events.publish(notice("a"));
    const reader = new Reader("1001");
    await expect.poll(() => reader.text).toContain("200");
    await expect
      .poll(() => {
        h.events.publish(notice("b"));
        return reader.texts()[0];
      })
      .toBe("b");
  });

  test.each([
    ["forgotten", "1001"],
    ["from another life of the console", "999999"],
    ["not a cursor at all", "abc"],
  ])("%s: resync", async (_what, id) => {
    for (let i = 0; i < 20; i++) h.events.publish(notice(String(i)));
    const reader = new Reader(id);
    await expect.poll(reader.names).toEqual(["resync"]);
    expect(reader.events()[0]?.id).toBe("1020");
  });
});

test("a reader that stalls is told to resync when it reads again, and what waited is dropped", async () => {
  const reader = new Reader();
  await expect.poll(reader.names).toEqual(["resync"]);
  reader.socket.pause();
  // Far more than the buffers of both sockets take.
  const published = 3000;
  const text = "x".repeat(20_000);
  for (let i = 0; i < published; i++) {
    h.events.publish(notice(text));
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  reader.text = reader.text.slice(0, reader.text.indexOf("\r\n\r\n") + 4);
  reader.socket.resume();
  const has = (words: string) => () => reader.text.includes(words);
  await expect.poll(has("event: resync"), PATIENT).toBe(true);
  h.events.publish(notice("after"));
  await expect.poll(has('"text":"after"'), PATIENT).toBe(true);
  expect(reader.text.split("event: notice").length).toBeLessThan(published);
}, 30_000);

test("a client that goes away is forgotten", async () => {
  const subscribe = vi.spyOn(h.events, "subscribe");
  const reader = new Reader();
  await expect.poll(reader.names).toEqual(["resync"]);
  expect(subscribe).toHaveBeenCalledOnce();
  const closed = vi.spyOn(LiveClient.prototype, "close");
  reader.socket.destroy();
  await expect.poll(() => closed.mock.calls.length).toBe(1);
});

test("closing the listener ends the streams and does not wait for them", async () => {
  const reader = new Reader();
  await expect.poll(reader.names).toEqual(["resync"]);
  const ended = new Promise((resolve) => reader.socket.once("close", resolve));
  await h.console.close();
  await ended;
});

describe("the queue of one client", () => {
  const entry = (cursor: number) => ({ cursor, event: notice(String(cursor)) });

  test("keeps the order, one message at a time", async () => {
    const sent: string[] = [];
    let taken = () => {};
    const send = (message: LiveMessage) => {
      sent.push(message.id);
      return new Promise<void>((resolve) => {
        taken = resolve;
      });
    };
    const client = new LiveClient(send, () => 9, 10);
    for (const cursor of [1, 2, 3]) client.push(entry(cursor));
    expect(sent).toEqual(["1"]);
    taken();
    await expect.poll(() => sent).toEqual(["1", "2"]);
    taken();
    await expect.poll(() => sent).toEqual(["1", "2", "3"]);
  });

  test("never holds more than its capacity, even when a send never settles", () => {
    const sent: LiveMessage[] = [];
    const client = new LiveClient(
      (message) => {
        sent.push(message);
        return new Promise(() => {});
      },
      () => 77,
      3,
    );
    for (let cursor = 1; cursor <= 1000; cursor++) {
      client.push(entry(cursor));
      expect(client.waiting).toBeLessThanOrEqual(3);
    }
    expect(sent.map(({ id }) => id)).toEqual(["1"]);
  });

  test("sends nothing after it was closed", () => {
    const send = vi.fn(() => Promise.resolve());
    const client = new LiveClient(send, () => 1);
    client.close();
    client.push(entry(1));
    client.resync();
    expect(send).not.toHaveBeenCalled();
  });
});

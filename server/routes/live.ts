import { fastifySSE } from "@fastify/sse";
import { z } from "zod";
import { liveEventSchema } from "../../contract/console-api.ts";
import type { App } from "./base-app.ts";
import { PREFIX } from "./console-hosts.ts";
import type { ConsoleDeps } from "./deps.ts";
import { LiveClient } from "./live-client.ts";

/** A comment this often keeps the connection from being taken for dead, and shows the page that we live. */
const KEEP_ALIVE_MS = 15_000;

/**
 * `GET events`: the one live stream. `id:` is the server-wide cursor. With `Last-Event-ID` it goes on after that
 * event; when that is not known any more, or for a new client, it begins with `resync`: fetch a snapshot.
 */
export async function liveRoutes(app: App, { events }: Pick<ConsoleDeps, "events">): Promise<void> {
  await app.register(fastifySSE, { heartbeatInterval: KEEP_ALIVE_MS });
  const closers = new Set<() => void>();
  app.addHook("preClose", async () => {
    for (const close of closers) close();
  });

  app.route({
    method: "GET",
    url: `${PREFIX}/events`,
    // Not the plugin's own negotiation: its 406 is no problem document, and nothing else is served here.
    sse: "manual",
    exposeHeadRoute: false,
    schema: {
      summary: "Live events (SSE); Last-Event-ID resumes, resync means: fetch a snapshot",
      headers: z.object({ "last-event-id": z.string().max(64).optional() }).loose(),
      response: { 200: { content: { "text/event-stream": { schema: liveEventSchema } } } },
    },
    handler: async (_request, reply) => {
      const { sse } = reply;
      sse.keepAlive();
      sse.sendHeaders();
      // The page shows that it is connected before anything happens.
      reply.raw.flushHeaders();
      const client = new LiveClient(
        (message) => sse.send(message),
        () => events.cursor,
      );
      const unsubscribe = events.subscribe((entry) => client.push(entry));
      const lastId = sse.lastEventId ?? "";
      const missed = /^\d{1,15}$/.test(lastId) ? events.after(Number(lastId)) : null;
      if (missed === null) client.resync();
      else for (const entry of missed) client.push(entry);

      const close = () => sse.close();
      closers.add(close);
      sse.onClose(() => {
        closers.delete(close);
        unsubscribe();
        client.close();
      });
    },
  });
}

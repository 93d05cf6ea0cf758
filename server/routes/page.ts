import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { App } from "./base-app.ts";
import type { ConsoleDeps } from "./deps.ts";
import { ProblemError } from "./problems.ts";

/** The built page at `/`. Its bundled files carry a hash in their names and are kept for good. */
export async function pageRoutes(
  app: App,
  { rendererDir }: Pick<ConsoleDeps, "rendererDir">,
): Promise<void> {
  await app.register(fastifyStatic, {
    root: rendererDir,
    prefix: "/",
    // The page itself is sent below, so that a missing build says what to do.
    index: false,
    list: false,
    redirect: false,
    dotfiles: "deny",
    schemaHide: true,
    suppressWarning: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = /[/\\]assets[/\\][^/\\]+-[\w-]{8,}\.\w+$/.test(path);
      reply.header("cache-control", hashed ? "private, max-age=31536000, immutable" : "no-cache");
    },
  });
  app.route({
    method: "GET",
    url: "/",
    schema: { hide: true },
    handler: async (_request, reply) => {
      if (existsSync(join(rendererDir, "index.html"))) return reply.sendFile("index.html");
      throw new ProblemError(
        "not-found",
        "The page has not been built: start the console with npm start, which builds it.",
      );
    },
  });
}

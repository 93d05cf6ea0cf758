import {
  launchResponseSchema,
  resumeRequestSchema,
  resumeResponseSchema,
  sessionResponseSchema,
} from "../../contract/session-api.ts";
import type { App } from "./base-app.ts";
import { setTokenCookie } from "./console-auth.ts";
import { PREFIX } from "./console-hosts.ts";
import type { ConsoleDeps } from "./deps.ts";
import { ProblemError } from "./problems.ts";

/** How a window that is open comes back after the console was started anew; see docs/security.md. */
export async function sessionRoutes(
  app: App,
  { sessions, token, port }: Pick<ConsoleDeps, "sessions" | "token" | "port">,
): Promise<void> {
  app.route({
    method: "GET",
    url: `${PREFIX}/session`,
    schema: {
      summary: "The key by which this window is known again after a restart of the console",
      response: { 200: sessionResponseSchema },
    },
    handler: async () => sessions.issue(),
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/session/launch`,
    schema: {
      summary: "Which start of the console this is, for a window that wants to resume",
      response: { 200: launchResponseSchema },
    },
    handler: async () => ({ launch: sessions.launch }),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/session`,
    schema: {
      summary: "Resume: a proof over this launch becomes its cookie",
      body: resumeRequestSchema,
      response: { 200: resumeResponseSchema },
    },
    handler: async (request, reply) => {
      if (!sessions.accepts(request.body, port())) {
        throw new ProblemError(
          "unauthenticated",
          "This window is not known any more. Open the address that the console printed when it started.",
        );
      }
      setTokenCookie(reply, port(), token);
      return { resumed: true as const };
    },
  });
}

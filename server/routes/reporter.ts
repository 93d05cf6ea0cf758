import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import {
  registerRequestSchema,
  registerResponseSchema,
  reporterHeartbeatRequestSchema,
  reporterHeartbeatResponseSchema,
} from "../../contract/reporter-api.ts";
import type { App } from "./base-app.ts";
import { bearerOf } from "./bearer.ts";
import type { LabDeps } from "./deps.ts";
import { labUrlFor } from "./lab-url.ts";
import { ProblemError, unwrap } from "./problems.ts";
import { AddressLimiter } from "./rate-limit.ts";

/**
 * Registration is open by default and writes a row, so one address may do it only so often: a burst that covers a
 * rack behind one router, then a steady trickle. A reporter backs off and tries again on 429.
 */
const REGISTRATIONS = { burst: 500, perSecond: 5 };

/** The reporter's API and its installer. */
export async function reporterRoutes(
  app: App,
  { service, labUrl, reporterDir }: Pick<LabDeps, "service" | "labUrl" | "reporterDir">,
): Promise<void> {
  const limiter = new AddressLimiter(REGISTRATIONS);

  app.route({
    method: "GET",
    url: "/register/quick.sh",
    schema: {
      summary: "The reporter's installer: curl -fsS URL | sh",
      response: { 200: { content: { "text/x-shellscript": { schema: z.string() } } } },
    },
    handler: async (request, reply) => {
      const text = await quickScript(reporterDir, labUrlFor(request, labUrl));
      return reply
        .type("text/x-shellscript; charset=utf-8")
        .header("cache-control", "no-store")
        .serializer((payload: unknown) => String(payload))
        .send(text);
    },
  });
  app.route({
    method: "POST",
    url: "/api/reporter/v1/register",
    schema: {
      summary: "Make a host known; it is matched by its MAC addresses",
      body: registerRequestSchema,
      response: { 200: registerResponseSchema },
    },
    onRequest: async (request) => {
      if (limiter.take(request.ip)) return;
      throw new ProblemError(
        "too-many-requests",
        "Too many registrations came from this address. Try again in a moment.",
        {},
        { "retry-after": "2" },
      );
    },
    handler: async (request) => unwrap(service.register(request.body)),
  });

  const hostIds = new WeakMap<FastifyRequest, number>();
  app.route({
    method: "POST",
    url: "/api/reporter/v1/heartbeat",
    schema: {
      summary: "Say that the host is up; the answer may ask it to reboot for vetting",
      body: reporterHeartbeatRequestSchema,
      response: { 200: reporterHeartbeatResponseSchema },
    },
    onRequest: async (request) => {
      const token = bearerOf(request as FastifyRequest);
      const hostId = token === null ? null : service.authenticateReporter(token);
      if (hostId === null) {
        throw new ProblemError(
          "unauthenticated",
          "This needs the reporter token that registration gave, as Authorization: Bearer.",
        );
      }
      hostIds.set(request as FastifyRequest, hostId);
    },
    handler: async (request) => {
      const hostId = hostIds.get(request as FastifyRequest);
      if (hostId === undefined) throw new Error("a heartbeat ran without authentication");
      return service.reporterHeartbeat(hostId, request.body);
    },
  });
}

/** quick.sh with the console's address and the files it installs filled in; read anew each time. */
async function quickScript(reporterDir: string, consoleUrl: string): Promise<string> {
  const [quick, script, service] = await Promise.all(
    ["quick.sh", "vetting-reporter", "vetting-reporter.service"].map((name) =>
      readFile(join(reporterDir, name), "utf8"),
    ),
  );
  const values: Readonly<Record<string, string>> = {
    CONSOLE: consoleUrl,
    REPORTER_SCRIPT: (script ?? "").trimEnd(),
    REPORTER_SERVICE: (service ?? "").trimEnd(),
  };
  // One pass, so that what is filled in is never searched itself.
  return (quick ?? "").replace(
    /@VETTING_(CONSOLE|REPORTER_SCRIPT|REPORTER_SERVICE)@/g,
    (whole, name: string) => values[name] ?? whole,
  );
}

import fastifySwagger from "@fastify/swagger";
import { createJsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import { problemSchema } from "../../contract/common.ts";
import { AddressBook } from "../netboot/address-book.ts";
import { agentRoutes } from "./agent.ts";
import { type App, buildBaseApp } from "./base-app.ts";
import { bootRoutes } from "./boot.ts";
import { consoleHostRoutes } from "./console-hosts.ts";
import { consoleReportRoutes } from "./console-reports.ts";
import { consoleRunRoutes } from "./console-runs.ts";
import { consoleSeriesRoutes } from "./console-series.ts";
import { consoleSettingsRoutes } from "./console-settings.ts";
import type { ConsoleDeps, LabDeps } from "./deps.ts";
import { liveRoutes } from "./live.ts";
import { metricsRoutes } from "./metrics.ts";
import { reporterRoutes } from "./reporter.ts";
import { sessionRoutes } from "./session.ts";

/** The operator's API: every route of the console listener but the page and this document. */
export async function consoleApi(app: App, deps: ConsoleDeps): Promise<void> {
  await consoleHostRoutes(app, deps);
  await consoleRunRoutes(app, deps);
  await consoleSettingsRoutes(app, deps);
  await consoleSeriesRoutes(app, deps);
  await consoleReportRoutes(app, deps);
  await metricsRoutes(app, deps);
  await liveRoutes(app, deps);
  await sessionRoutes(app, deps);
}

/** Every route of the lab listener. */
export async function labApi(app: App, deps: LabDeps): Promise<void> {
  await bootRoutes(app, deps);
  await reporterRoutes(app, deps);
  await agentRoutes(app, deps);
}

const WITHOUT_TOKEN =
  /^\/(?:api\/v1\/session\/launch|boot\.ipxe|autoexec\.ipxe|boot\/autoexec\.ipxe|agent\/agent\.mjs|register\/quick\.sh|api\/reporter\/v1\/register|api\/agent\/v1\/claim)$/;

/**
 * The OpenAPI document of both listeners, from the schemas that validate. It is made by registering the same routes
 * on an instance that never listens, so that neither listener has to know the other's.
 */
export async function openApiDocument(deps: ConsoleDeps): Promise<unknown> {
  const app = buildBaseApp({ level: "silent" });
  const transform = createJsonSchemaTransform({});
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Vetting",
        version: deps.version,
        description:
          "Two listeners: `console` on loopback for operators, `lab` on the lab address for hosts. No route is on both.",
      },
      tags: [
        { name: "console", description: "On the console listener, behind the access token" },
        { name: "lab", description: "On the lab listener" },
      ],
      components: {
        securitySchemes: {
          consoleToken: { type: "http", scheme: "bearer" },
          hostToken: {
            type: "http",
            scheme: "bearer",
            description: "The reporter's token, or the run token of a claim",
          },
        },
      },
    },
    transform: (route) => transform(route as Parameters<typeof transform>[0]) as never,
  });
  const documented = (tag: "console" | "lab", register: (scope: App) => Promise<void>) =>
    app.register(async (scope) => {
      scope.addHook("onRoute", (route) => {
        const schema = (route.schema ?? {}) as Record<string, unknown>;
        const scheme = tag === "console" ? "consoleToken" : "hostToken";
        route.schema = {
          ...schema,
          tags: [tag],
          security: WITHOUT_TOKEN.test(route.url) ? [] : [{ [scheme]: [] }],
          response: {
            ...(schema.response as object | undefined),
            "4xx": {
              description: "A problem document (RFC 9457)",
              content: { "application/problem+json": { schema: documentedProblem } },
            },
          },
        } as NonNullable<typeof route.schema>;
      });
      await register(scope as App);
    });
  documented("console", (scope) => consoleApi(scope, deps));
  documented("lab", (scope) => labApi(scope, unusedLabDeps(deps)));
  try {
    await app.ready();
    return app.swagger();
  } finally {
    await app.close();
  }
}

const documentedProblem = problemSchema.extend({
  /** With 409 on a result: where the run went. */
  nextState: z.string().optional(),
});

/** The instance answers nothing, so only what registration itself reads must be real. */
function unusedLabDeps({ service, counters, log, rendererDir }: ConsoleDeps): LabDeps {
  return {
    service,
    counters,
    log,
    labUrl: () => null,
    bootDir: rendererDir,
    bootFiles: { resolve: () => null, damage: () => null },
    addresses: new AddressBook(),
    agentBundle: { current: () => null },
    reporterDir: rendererDir,
  };
}

/** `/openapi.json`; the document is made once, at the first request. */
export async function openApiRoute(app: App, deps: ConsoleDeps): Promise<void> {
  let document: Promise<unknown> | null = null;
  app.route({
    method: "GET",
    url: "/openapi.json",
    schema: { hide: true },
    handler: async (_request, reply) => {
      document ??= openApiDocument(deps);
      return reply.type("application/json; charset=utf-8").send(await document);
    },
  });
}

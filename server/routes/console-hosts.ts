import { z } from "zod";
import {
  createHostRequestSchema,
  discoveredSchema,
  doctorResponseSchema,
  hostDetailSchema,
  hostSummarySchema,
  patchHostRequestSchema,
  profileViewSchema,
  runSummarySchema,
  startRunRequestSchema,
} from "../../contract/console-api.ts";
import { expectedSeconds } from "../../contract/stage-budget.ts";
import { STAGES } from "../../contract/stages.ts";
import { preflightResponseSchema } from "../../contract/start-api.ts";
import type { App } from "./base-app.ts";
import type { ConsoleDeps } from "./deps.ts";
import { unwrap } from "./problems.ts";
import { idSchema } from "./validation.ts";

const hostParams = z.object({ id: idSchema });
export const PREFIX = "/api/v1";

/** 201 of a start: the run, and its number under the name that scripts look for. */
export const startedRunSchema = runSummarySchema.extend({ runId: z.int() });

type HostDeps = Pick<ConsoleDeps, "service" | "store" | "profiles" | "doctor">;

/** Hosts, discovered machines, profiles and the doctor. */
export async function consoleHostRoutes(
  app: App,
  { service, store, profiles, doctor }: HostDeps,
): Promise<void> {
  app.route({
    method: "GET",
    url: `${PREFIX}/hosts`,
    schema: { summary: "All hosts", response: { 200: z.array(hostSummarySchema) } },
    handler: async () => service.listHosts(),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/hosts`,
    schema: {
      summary: "Make a machine known by its MAC alone",
      body: createHostRequestSchema,
      response: { 201: hostSummarySchema },
    },
    handler: async (request, reply) => {
      const host = unwrap(service.createHost(request.body));
      return reply.code(201).header("location", `${PREFIX}/hosts/${host.id}`).send(host);
    },
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/discovered`,
    schema: {
      summary: "Machines that netbooted and are not known",
      response: { 200: z.array(discoveredSchema) },
    },
    handler: async () =>
      store.discovered.list().map(({ firstSeen, lastSeen, ...machine }) => ({
        ...machine,
        firstSeen: new Date(firstSeen).toISOString(),
        lastSeen: new Date(lastSeen).toISOString(),
      })),
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/hosts/:id`,
    schema: {
      summary: "A host with its last inventory and boot timelines",
      params: hostParams,
      response: { 200: hostDetailSchema },
    },
    handler: async (request) => unwrap(service.host(request.params.id)),
  });
  app.route({
    method: "PATCH",
    url: `${PREFIX}/hosts/:id`,
    schema: {
      summary: "Change a host's name, spec or notes",
      params: hostParams,
      body: patchHostRequestSchema,
      response: { 200: hostSummarySchema },
    },
    handler: async (request) => unwrap(service.patchHost(request.params.id, request.body)),
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/hosts/:id/preflight`,
    schema: {
      summary: "What is worth knowing before a start: findings, how long it takes, the disks",
      params: hostParams,
      querystring: z.object({ nonDestructive: z.enum(["true", "false"]).default("true") }),
      response: { 200: preflightResponseSchema },
    },
    handler: async ({ params: { id }, query }) => {
      unwrap(service.host(id));
      const { checks } = await doctor(false);
      const nonDestructive = query.nonDestructive === "true";
      return unwrap(service.preflight(id, { nonDestructive, checks }));
    },
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/hosts/:id/runs`,
    schema: {
      summary: "Start a run",
      params: hostParams,
      body: startRunRequestSchema,
      response: { 201: startedRunSchema },
    },
    handler: async (request, reply) => {
      const run = unwrap(await service.startRun(request.params.id, request.body));
      return reply
        .code(201)
        .header("location", `${PREFIX}/runs/${run.id}`)
        .send({ runId: run.id, ...run });
    },
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/profiles`,
    schema: {
      summary: "The profiles, with what they set and how long a run takes at least",
      response: { 200: z.array(profileViewSchema) },
    },
    handler: async () =>
      profiles.names().flatMap((name) => {
        const params = profiles.get(name);
        if (params === null) return [];
        const seconds = STAGES.map((stage) => expectedSeconds(stage, params[stage]));
        return [{ name, params, expectedSeconds: seconds.reduce((sum, s) => sum + s, 0) }];
      }),
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/doctor`,
    schema: {
      summary:
        "What is in the way, and how to mend it; `fresh` also listens to the lab's wire again",
      querystring: z.object({ fresh: z.string().max(8).optional() }),
      response: { 200: doctorResponseSchema },
    },
    handler: async (request) => doctor(request.query.fresh !== undefined),
  });
}

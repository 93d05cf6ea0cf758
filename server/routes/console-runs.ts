import { z } from "zod";
import {
  firmwareDiffResponseSchema,
  firmwareResponseSchema,
  logsResponseSchema,
  overrideRequestSchema,
  runDetailSchema,
  runSummarySchema,
} from "../../contract/console-api.ts";
import { RUN_STATES } from "../../contract/run-state.ts";
import { VERDICTS } from "../../contract/verdict.ts";
import type { App } from "./base-app.ts";
import { PREFIX } from "./console-hosts.ts";
import type { ConsoleDeps } from "./deps.ts";
import { firmwareDiff, runOf, snapshotOf } from "./firmware-diff.ts";
import { ProblemError, unwrap } from "./problems.ts";
import { countSchema, idSchema, momentSchema } from "./validation.ts";

const runParams = z.object({ id: idSchema });
const DEFAULT_LOG_LINES = 1000;
const MAX_LOG_LINES = 5000;
const MAX_RUNS = 1000;

const asText = (payload: unknown) => String(payload);

type RunDeps = Pick<ConsoleDeps, "service" | "store">;

/** Runs: what the operator reads, and the two things the operator does to one. */
export async function consoleRunRoutes(app: App, { service, store }: RunDeps): Promise<void> {
  app.route({
    method: "GET",
    url: `${PREFIX}/runs`,
    schema: {
      summary:
        "Runs, newest first. `q` is part of a host name, serial, operator or ticket; `before` pages on by the id of the last",
      querystring: z.object({
        host: idSchema.optional(),
        state: z.enum(RUN_STATES).optional(),
        profile: z.string().max(128).optional(),
        verdict: z.enum(VERDICTS).optional(),
        from: momentSchema.optional(),
        to: momentSchema.optional(),
        q: z.string().trim().max(128).optional(),
        before: idSchema.optional(),
        limit: countSchema(1, MAX_RUNS).optional(),
      }),
      response: { 200: z.array(runSummarySchema) },
    },
    handler: async ({ query }) => {
      const { host, state, profile, verdict, from, to, q, before, limit = MAX_RUNS } = query;
      const asked = {
        hostId: host,
        state,
        profile,
        verdict,
        createdFromMs: from,
        createdToMs: to,
        text: q,
        beforeId: before,
      };
      const given = Object.entries(asked).filter(([, value]) => value !== undefined);
      return service.listRuns({ ...Object.fromEntries(given), limit });
    },
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/runs/:id`,
    schema: { summary: "A run in full", params: runParams, response: { 200: runDetailSchema } },
    handler: async (request) => unwrap(service.run(request.params.id)),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/runs/:id/cancel`,
    schema: {
      summary: "Cancel a run; from a hold: cancel and reboot the host",
      params: runParams,
      response: { 200: runSummarySchema },
    },
    handler: async (request) => unwrap(service.cancelRun(request.params.id)),
  });
  app.route({
    method: "POST",
    url: `${PREFIX}/runs/:id/override`,
    schema: {
      summary: "Enter the failed stage again; the reason stays in the report",
      params: runParams,
      body: overrideRequestSchema,
      response: { 200: runSummarySchema },
    },
    handler: async (request) => unwrap(service.overrideRun(request.params.id, request.body.reason)),
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/runs/:id/logs`,
    schema: {
      summary:
        "Log lines, oldest first; `tail=1` takes the newest, `after` pages on by sequence, `before` back",
      params: runParams,
      querystring: z.object({
        after: countSchema(0, Number.MAX_SAFE_INTEGER).optional(),
        before: countSchema(0, Number.MAX_SAFE_INTEGER).optional(),
        limit: countSchema(1, MAX_LOG_LINES).optional(),
        tail: z.enum(["0", "1", "false", "true"]).optional(),
      }),
      response: { 200: logsResponseSchema },
    },
    handler: async ({
      params: { id },
      query: { after, before, limit = DEFAULT_LOG_LINES, tail },
    }) => {
      runOf(store, id);
      const lines = store.logs.list(id, {
        limit,
        ...(after === undefined ? {} : { afterSequence: after }),
        ...(before === undefined ? {} : { beforeSequence: before }),
        ...(tail === undefined ? {} : { tail: tail === "1" || tail === "true" }),
      });
      return {
        lines: lines.map((line) => ({
          ...line,
          receivedAt: new Date(line.receivedAt).toISOString(),
        })),
      };
    },
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/runs/:id/firmware`,
    schema: {
      summary: "The firmware snapshot",
      params: runParams,
      response: { 200: firmwareResponseSchema },
    },
    handler: async (request) => ({ components: snapshotOf(store, request.params.id) }),
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/runs/:id/firmware/diff`,
    schema: {
      summary: "The firmware beside the spec's pins, or beside another run",
      params: runParams,
      querystring: z.object({
        against: z
          .union([z.literal("spec"), idSchema], { error: "expected spec or the number of a run" })
          .default("spec"),
      }),
      response: { 200: firmwareDiffResponseSchema },
    },
    handler: async (request) => firmwareDiff(store, request.params.id, request.query.against),
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/runs/:id/evidence/:evidenceId`,
    schema: {
      summary: "One file of evidence, as a download",
      params: z.object({ id: idSchema, evidenceId: idSchema }),
      response: { 200: { content: { "text/plain": { schema: z.string() } } } },
    },
    handler: async ({ params: { id, evidenceId } }, reply) => {
      const evidence = store.evidence.get(id, evidenceId);
      if (evidence === null) {
        throw new ProblemError("not-found", `Run ${id} has no evidence ${evidenceId}.`);
      }
      return reply
        .type("text/plain; charset=utf-8")
        .header("content-disposition", `attachment; filename="${plainName(evidence.name)}"`)
        .header("x-content-type-options", "nosniff")
        .serializer(asText)
        .send(evidence.text);
    },
  });
}

/** The contract admits plain file names only; a name that got in some other way must not split the header. */
function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, "_");
}

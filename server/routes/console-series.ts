import { z } from "zod";
import { runSeriesResponseSchema, seriesResponseSchema } from "../../contract/console-api.ts";
import type { App } from "./base-app.ts";
import { PREFIX } from "./console-hosts.ts";
import type { ConsoleDeps } from "./deps.ts";
import { runOf } from "./firmware-diff.ts";
import { readBody } from "./read-reply.ts";
import { countSchema, idSchema, momentSchema } from "./validation.ts";

const runParams = z.object({ id: idSchema });
/** A graph shows about 300 points; a script may ask for more. */
const DEFAULT_POINTS = 300;
const MAX_POINTS = 5000;
/** Of every sensor at once. */
const MAX_POINTS_OF_ALL = 1000;

const sensor = z.string({ error: "expected the name of a sensor" }).max(128);
const span = { from: momentSchema.optional(), to: momentSchema.optional() };
const JSON_TYPE = "application/json; charset=utf-8";

/** A run's sensors over time: for graphs, and every stored sample for a spreadsheet. Read by the reading thread. */
export async function consoleSeriesRoutes(
  app: App,
  { store, read }: Pick<ConsoleDeps, "store" | "read">,
): Promise<void> {
  app.route({
    method: "GET",
    url: `${PREFIX}/runs/:id/series`,
    schema: {
      summary: "One sensor over time in min/max/mean buckets, so that no spike is lost",
      params: runParams,
      querystring: z.object({ sensor, ...span, points: countSchema(1, MAX_POINTS).optional() }),
      response: { 200: seriesResponseSchema },
    },
    handler: async ({ params: { id }, query }, reply) => {
      const { from = null, to = null, points = DEFAULT_POINTS } = query;
      runOf(store, id);
      const asked = { runId: id, sensor: query.sensor, fromMs: from, toMs: to, points };
      const body = readBody(await read({ kind: "series", ...asked }), noSamples(id, query.sensor));
      return reply.type(JSON_TYPE).send(body as never);
    },
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/runs/:id/series/all`,
    schema: {
      summary: "Every sensor of the run over time, as a run is opened; the same buckets",
      params: runParams,
      querystring: z.object({ ...span, points: countSchema(1, MAX_POINTS_OF_ALL).optional() }),
      response: { 200: runSeriesResponseSchema },
    },
    handler: async ({ params: { id }, query }, reply) => {
      const { from = null, to = null, points = DEFAULT_POINTS } = query;
      runOf(store, id);
      const asked = { runId: id, fromMs: from, toMs: to, points };
      const body = readBody(await read({ kind: "run-series", ...asked }), `There is no run ${id}.`);
      return reply.type(JSON_TYPE).send(body as never);
    },
  });
  app.route({
    method: "GET",
    url: `${PREFIX}/runs/:id/series.csv`,
    schema: {
      summary: "Every stored sample of one sensor as CSV: time, value, unit, stage",
      params: runParams,
      querystring: z.object({ sensor, ...span }),
      response: { 200: { content: { "text/csv": { schema: z.string() } } } },
    },
    handler: async ({ params: { id }, query }, reply) => {
      runOf(store, id);
      const asked = { runId: id, sensor: query.sensor, fromMs: query.from ?? null };
      const body = readBody(
        await read({ kind: "series-csv", ...asked, toMs: query.to ?? null }),
        noSamples(id, query.sensor),
      );
      return reply
        .type("text/csv; charset=utf-8; header=present")
        .header("content-disposition", `attachment; filename="${csvName(id, query.sensor)}"`)
        .send(body as never);
    },
  });
}

function noSamples(runId: number, name: string): string {
  return `Run ${runId} has no samples of a sensor "${name}".`;
}

/** No sign that a file system, a shell or a spreadsheet's link to the file takes for something else. */
function csvName(runId: number, name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^[._]+|[._]+$/g, "");
  return `run-${runId}-${plain === "" ? "sensor" : plain}.csv`;
}

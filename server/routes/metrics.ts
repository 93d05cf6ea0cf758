import { monitorEventLoopDelay } from "node:perf_hooks";
import { z } from "zod";
import { RUN_STATES } from "../../contract/run-state.ts";
import type { App } from "./base-app.ts";
import type { ConsoleDeps } from "./deps.ts";

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  /** [labels as `{…}` or empty, value] */
  readonly values: readonly (readonly [labels: string, value: number])[];
}

/** Prometheus text, format 0.0.4. */
export function prometheusText(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ values }) => values.length > 0)
    .map(({ name, help, type, values }) => {
      const lines = values.map(([labels, value]) => `${name}${labels} ${value}`);
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
    })
    .join("");
}

const plain = (value: number): Metric["values"] => [["", value]];
const NANOSECONDS = 1e9;

type MetricsDeps = Pick<ConsoleDeps, "service" | "stats" | "counters" | "version">;

/** `/metrics`, behind the console's token. */
export async function metricsRoutes(
  app: App,
  { service, stats, counters, version }: MetricsDeps,
): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  app.addHook("onReady", async () => {
    delay.enable();
  });
  app.addHook("onClose", async () => {
    delay.disable();
  });

  app.route({
    method: "GET",
    url: "/metrics",
    schema: {
      summary: "Prometheus metrics",
      response: { 200: { content: { "text/plain": { schema: z.string() } } } },
    },
    handler: async (_request, reply) => {
      const hosts = service.listHosts();
      const runs = stats.runsByState();
      const databaseBytes = stats.databaseBytes();
      const text = prometheusText([
        {
          name: "vetting_info",
          help: "Version of the console.",
          type: "gauge",
          values: [[`{version="${version.replace(/[\\"\n]/g, "_")}"}`, 1]],
        },
        {
          name: "vetting_runs",
          help: "Runs by state, over the whole history.",
          type: "gauge",
          values: RUN_STATES.map((state) => [`{state="${state}"}`, runs[state] ?? 0]),
        },
        {
          name: "vetting_hosts",
          help: "Hosts that the console knows.",
          type: "gauge",
          values: plain(hosts.length),
        },
        {
          name: "vetting_hosts_online",
          help: "Hosts whose reporter has been heard lately.",
          type: "gauge",
          values: plain(hosts.filter(({ online }) => online).length),
        },
        {
          name: "vetting_samples_ingested_total",
          help: "Sensor samples taken since the console started.",
          type: "counter",
          values: plain(counters.samplesIngested),
        },
        {
          name: "vetting_log_lines_ingested_total",
          help: "Log lines taken since the console started.",
          type: "counter",
          values: plain(counters.logLinesIngested),
        },
        {
          name: "vetting_agent_claims_total",
          help: "Runs claimed by an agent since the console started, re-claims included.",
          type: "counter",
          values: plain(counters.agentClaims),
        },
        {
          name: "vetting_event_loop_delay_seconds",
          help: "Delay of the event loop since the last scrape.",
          type: "gauge",
          values: [
            ['{quantile="0.5"}', delay.percentile(50) / NANOSECONDS],
            ['{quantile="0.99"}', delay.percentile(99) / NANOSECONDS],
            ['{quantile="1"}', delay.max / NANOSECONDS],
          ],
        },
        {
          name: "vetting_database_bytes",
          help: "Size of the database with its write-ahead log.",
          type: "gauge",
          values: databaseBytes === null ? [] : plain(databaseBytes),
        },
      ]);
      delay.reset();
      return reply
        .type("text/plain; version=0.0.4; charset=utf-8")
        .serializer((payload: unknown) => String(payload))
        .send(text);
    },
  });
}

import { z } from "zod";
import type { ReportName } from "../report/renderers.ts";
import type { App } from "./base-app.ts";
import { PREFIX } from "./console-hosts.ts";
import type { ConsoleDeps } from "./deps.ts";
import { unwrap } from "./problems.ts";
import { readBody } from "./read-reply.ts";
import { idSchema } from "./validation.ts";

/** The report brings its own styles and pictures and nothing else; it cannot run a script or reach out. */
const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

interface ReportFormat {
  readonly name: ReportName;
  /** Under `runs/:id/`. */
  readonly path: string;
  readonly summary: string;
  readonly type: string;
  /** Of the answer for a run. */
  readonly headers: (runId: number) => Readonly<Record<string, string>>;
}

/** A row a format; each is rendered in the reading thread by the function of its name in `report/renderers.ts`. */
const FORMATS: readonly ReportFormat[] = [
  {
    name: "html",
    path: "report.html",
    summary: "The report, one file that opens offline",
    type: "text/html",
    headers: () => ({ "content-security-policy": REPORT_POLICY }),
  },
];

/** The reports of a run. */
export async function consoleReportRoutes(
  app: App,
  { service, read }: Pick<ConsoleDeps, "service" | "read">,
): Promise<void> {
  for (const { name, path, summary, type, headers } of FORMATS) {
    app.route({
      method: "GET",
      url: `${PREFIX}/runs/:id/${path}`,
      schema: {
        summary,
        params: z.object({ id: idSchema }),
        response: { 200: { content: { [type]: { schema: z.string() } } } },
      },
      handler: async ({ params: { id } }, reply) => {
        // What the run's life knows is asked here; what is long is read and rendered there.
        const run = unwrap(service.run(id));
        const host = unwrap(service.host(run.hostId));
        const body = readBody(
          await read({ kind: "report", name, run, host }),
          `There is no run ${id}.`,
        );
        return reply
          .type(`${type}; charset=utf-8`)
          .headers(headers(id))
          .send(body as never);
      },
    });
  }
}

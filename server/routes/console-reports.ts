import { z } from "zod";
import { reportFileName } from "../../contract/wording/report-file.ts";
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
  /** A browser shows it; else it saves it. */
  readonly shown: boolean;
}

/** A row a format; each is rendered in the reading thread by the function of its name in `report/renderers.ts`. */
const FORMATS: readonly ReportFormat[] = [
  {
    name: "html",
    path: "report.html",
    summary: "The report, one file that opens offline",
    type: "text/html",
    shown: true,
  },
  {
    name: "jsonl",
    path: "report.jsonl",
    summary: "OCP diagnostics output, version 2.0: one JSON document a line",
    type: "application/jsonl",
    shown: false,
  },
  {
    name: "junit",
    path: "report.junit.xml",
    summary: "JUnit: a test case a stage, and one for the verdict",
    type: "application/xml",
    shown: false,
  },
];

/** The reports of a run. */
export async function consoleReportRoutes(
  app: App,
  { service, read }: Pick<ConsoleDeps, "service" | "read">,
): Promise<void> {
  for (const { name, path, summary, type, shown } of FORMATS) {
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
          .header("content-security-policy", REPORT_POLICY)
          .header(
            "content-disposition",
            `${shown ? "inline" : "attachment"}; filename="${reportFileName(run.hostName, id, path.replace(/^report[.]/, ""))}"`,
          )
          .send(body as never);
      },
    });
  }
}

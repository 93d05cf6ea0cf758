import { type App, buildBaseApp } from "./routes/base-app.ts";
import { guardConsole } from "./routes/console-auth.ts";
import type { ConsoleDeps, LabDeps } from "./routes/deps.ts";
import { consoleApi, labApi, openApiRoute } from "./routes/openapi.ts";
import { pageRoutes } from "./routes/page.ts";
import { addSecurityHeaders } from "./routes/security-headers.ts";

/**
 * The console listener: page, operator API, live stream, metrics, OpenAPI. For loopback only, all of it behind the
 * access token. It shares no route with the lab listener.
 */
export async function buildConsoleApp(deps: ConsoleDeps): Promise<App> {
  const app = buildBaseApp(deps.log);
  addSecurityHeaders(app);
  await guardConsole(app, deps);
  await consoleApi(app, deps);
  await openApiRoute(app, deps);
  await pageRoutes(app, deps);
  return app;
}

/** The lab listener: boot files, the reporter's and the agent's API. No operator route exists on it. */
export async function buildLabApp(deps: LabDeps): Promise<App> {
  const app = buildBaseApp(deps.log);
  await labApi(app, deps);
  return app;
}

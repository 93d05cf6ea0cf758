import Fastify, { type FastifyInstance, type HTTPMethods } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { type LogOptions, loggerOptions, quietRequests, withoutTokens } from "./logging.ts";
import { handleError, ProblemError, sendProblem } from "./problems.ts";
import { parseQuery, serializerCompiler, validatorCompiler } from "./validation.ts";

/** Bodies without a limit of their own; the routes that take more say so. */
const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024;
/** A whole request must have come within this time, or its socket is closed. */
const REQUEST_TIMEOUT_MS = 60_000;

/** What both listeners share: schemas, one error handler, problem documents for 404 and 405, quiet logs. */
export function buildBaseApp(log: LogOptions) {
  const app = Fastify({
    logger: loggerOptions(log),
    logController: quietRequests(),
    bodyLimit: DEFAULT_BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Idle keep-alive connections of agents must not hold up a clean stop.
    forceCloseConnections: "idle",
    routerOptions: {
      querystringParser: parseQuery,
      maxParamLength: 512,
    },
    // Firmware and boot scripts in the field ask for //boot/…, and the static files must see one path.
    rewriteUrl: ({ url = "/" }) => {
      const [path = "/", ...query] = url.split("?");
      return [path.replace(/\/{2,}/g, "/"), ...query].join("?");
    },
    frameworkErrors: (error, request, reply) => {
      handleError(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  takeJsonOnly(app);
  answerUnknownAddresses(app);
  app.addHook("onResponse", async (request, reply) => {
    const { statusCode, elapsedTime } = reply;
    const line = { req: request, statusCode, elapsedMs: Math.round(elapsedTime) };
    request.log.debug(line, "answered");
  });
  return app;
}

export type App = ReturnType<typeof buildBaseApp>;

/** JSON and nothing else; an empty body counts as none, since clients send the header out of habit. */
function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, text, done) => {
    if (text === "") done(null, undefined);
    else {
      void parse(request, text as string, (error: Error | null, value?: unknown) => {
        if (error === null || error === undefined) done(null, value);
        else done(new ProblemError("malformed-json", "The body is not well-formed JSON."));
      });
    }
  });
}

/** 404 for addresses that do not exist, 405 with `Allow` for those that do. */
function answerUnknownAddresses(app: FastifyInstance): void {
  const routes: { pattern: RegExp; methods: readonly string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    // The page's files are looked for under every address; that makes none of them exist.
    if (url === "/*") return;
    const methods = Array.isArray(method) ? method : [method];
    routes.push({ pattern: patternOf(url), methods });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    const allowed = routes
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => methods);
    if (allowed.length > 0 && !allowed.includes(request.method as HTTPMethods)) {
      const allow = [...new Set(allowed)].sort().join(", ");
      reply.header("allow", allow);
      const detail = `${request.method} is not possible here; ${allow} is.`;
      return sendProblem(reply, "method-not-allowed", detail);
    }
    const detail = `There is nothing at ${withoutTokens(request.url).slice(0, 200)} on this listener.`;
    return sendProblem(reply, "no-such-route", detail);
  });
}

function patternOf(url: string): RegExp {
  const escaped = url
    .split("/")
    .map((part) => {
      if (part.startsWith(":")) return "[^/]+";
      return part.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace("*", ".*");
    })
    .join("/");
  return new RegExp(`^${escaped}$`);
}

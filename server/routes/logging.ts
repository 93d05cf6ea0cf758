import { type FastifyRequest, LogController } from "fastify";

export interface LogOptions {
  /** pino level: trace … silent. */
  readonly level: string;
  /** Where lines go; stderr by default, as stdout belongs to the ready line. */
  readonly stream?: { write(line: string): void };
}

const SECRET_PARAMETERS = /([?&](?:token|boot|bootToken|enrolToken)=)[^&#]*/gi;

/** An address without the tokens that it may carry. */
export function withoutTokens(url: string): string {
  return url.replace(SECRET_PARAMETERS, "$1[redacted]");
}

/**
 * Fastify's logger for both listeners. Requests are logged by address without tokens, never with headers or body;
 * the redact paths are a second fence for whoever logs a request or headers by hand.
 */
export function loggerOptions({ level, stream }: LogOptions) {
  return {
    level,
    stream: stream ?? process.stderr,
    redact: {
      paths: [
        "req.headers",
        "headers.authorization",
        "headers.cookie",
        "*.headers.authorization",
        "*.headers.cookie",
        'res.headers["set-cookie"]',
        "token",
        "bootToken",
        "runToken",
        "reporterToken",
        "enrolToken",
      ],
      censor: "[redacted]",
    },
    serializers: {
      req: (request: FastifyRequest) => ({
        method: request.method,
        url: withoutTokens(request.url),
        remoteAddress: request.ip,
      }),
      // Fastify itself names both when it rewrites an address.
      url: withoutTokens,
      originalUrl: withoutTokens,
      err: (error: Error) => ({
        type: error.name,
        message: withoutTokens(error.message),
        stack: withoutTokens(error.stack ?? ""),
      }),
    },
  };
}

/** Two lines a request are too many with two hundred heartbeats a few seconds: see `logAnswer`. */
export function quietRequests(): LogController {
  return new LogController({ disableRequestLogging: true });
}

import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { ConfigProblem, Problem } from "../../contract/common.ts";
import type { ReadFailureKind } from "../reads/reads.ts";
import type { Failure, FailureKind, Result } from "../run/failure.ts";

/** What the web itself can find wrong, beside the failures of a run's life. */
export type WebProblemKind =
  | "invalid-payload"
  | "malformed-json"
  | "bad-request"
  | "unauthenticated"
  | "foreign-host"
  | "foreign-origin"
  | "no-such-route"
  | "method-not-allowed"
  | "payload-too-large"
  | "unsupported-media-type"
  | "too-many-requests"
  | "range-not-satisfiable"
  | "boot-file-damaged"
  | "settings-changed"
  | "settings-invalid"
  | "settings-read-only"
  | "lab-address-overridden"
  | "lab-address-unusable"
  | "lab-in-use"
  | "internal-error";
export type ProblemKind = FailureKind | ReadFailureKind | WebProblemKind;

/** THE table from kinds to status and title; the stable `type` is the kind as a URN. */
export const PROBLEMS: Readonly<Record<ProblemKind, { status: number; title: string }>> = {
  "not-found": { status: 404, title: "Not found" },
  "host-offline": { status: 409, title: "The host is offline" },
  "host-occupied": { status: 409, title: "A run occupies the host" },
  "unknown-profile": { status: 400, title: "No such profile" },
  "unknown-spec": { status: 400, title: "No such spec" },
  "run-over": { status: 409, title: "The run is over" },
  "illegal-transition": { status: 409, title: "Not possible in the run's present state" },
  "duplicate-mac": { status: 409, title: "The MAC address is taken" },
  "stage-mismatch": { status: 409, title: "Not the run's current stage" },
  "run-dead": { status: 410, title: "The run is dead" },
  "no-stage": { status: 409, title: "The run is in no stage" },
  "boot-token-refused": { status: 401, title: "The boot token is refused" },
  "run-token-refused": { status: 401, title: "The run token is refused" },
  "enrolment-refused": { status: 401, title: "The enrol token is refused" },
  "sequence-conflict": { status: 409, title: "The sequence number is taken" },
  "too-many-samples": { status: 413, title: "Too many samples" },
  "disk-full": { status: 507, title: "The console's disk is full" },
  "read-interrupted": { status: 503, title: "The read was interrupted" },
  "reads-busy": { status: 503, title: "Too many long reads at once" },
  "read-too-long": { status: 503, title: "The read took too long" },
  "read-failed": { status: 500, title: "A fault inside the console" },
  "invalid-payload": { status: 400, title: "The request is not what was expected" },
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "bad-request": { status: 400, title: "The request cannot be understood" },
  unauthenticated: { status: 401, title: "A token is needed" },
  "foreign-host": { status: 403, title: "Foreign host name" },
  "foreign-origin": { status: 403, title: "Foreign origin" },
  "no-such-route": { status: 404, title: "No such address" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "payload-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body must be JSON" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  "range-not-satisfiable": { status: 416, title: "Beyond the end of the file" },
  "boot-file-damaged": { status: 503, title: "The boot file is damaged" },
  "settings-changed": { status: 409, title: "The settings changed meanwhile" },
  "settings-invalid": { status: 422, title: "The settings would have a mistake" },
  "settings-read-only": { status: 409, title: "The settings file cannot be written" },
  "lab-address-overridden": { status: 409, title: "The lab address was set at the start" },
  "lab-address-unusable": { status: 409, title: "The lab address cannot be used" },
  "lab-in-use": { status: 409, title: "Hosts use the present lab address" },
  "internal-error": { status: 500, title: "A fault inside the console" },
};

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** Further members of a problem document. */
export interface ProblemExtra {
  readonly errors?: readonly FieldError[];
  readonly do?: "power_off" | "reboot";
  readonly nextState?: string;
  /** With `settings-invalid`: every mistake of vetting.yaml. */
  readonly problems?: readonly ConfigProblem[];
}

export function problemType(kind: ProblemKind): string {
  return `urn:vetting:problem:${kind}`;
}

/** The problem document (RFC 9457) of a kind. */
export function problemDocument(kind: ProblemKind, detail: string, extra: ProblemExtra = {}) {
  const { status, title } = PROBLEMS[kind];
  return { type: problemType(kind), title, status, detail, ...extra } satisfies
    | Problem
    | ProblemExtra;
}

/** An expected failure on its way out of a route; the one error handler turns it into its answer. */
export class ProblemError extends Error {
  readonly kind: ProblemKind;
  readonly extra: ProblemExtra;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: ProblemKind,
    detail: string,
    extra: ProblemExtra = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.kind = kind;
    this.extra = extra;
    this.headers = headers;
  }
}

/** The fields of one payload that were wrong. */
export class InvalidPayload extends Error {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super("invalid payload");
    this.errors = errors;
  }
}

/** The value of a result; a failure leaves the route as a problem document. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw failureError(result);
}

function failureError(failure: Failure): ProblemError {
  return new ProblemError(failure.kind, failure.detail, {
    ...(failure.do === undefined ? {} : { do: failure.do }),
    ...(failure.nextState === undefined ? {} : { nextState: failure.nextState }),
  });
}

/** Answers with a problem document, whatever response schema the route declares. */
export function sendProblem(
  reply: FastifyReply,
  kind: ProblemKind,
  detail: string,
  extra: ProblemExtra = {},
): FastifyReply {
  const { status } = PROBLEMS[kind];
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply
    .code(status)
    .header("content-type", "application/problem+json; charset=utf-8")
    .header("cache-control", "no-store")
    .serializer(JSON.stringify)
    .send(problemDocument(kind, detail, extra));
}

const PART: Readonly<Record<string, string>> = {
  body: "body",
  querystring: "query",
  params: "address",
  headers: "header",
};

/** The one error handler of both listeners. What it does not expect is logged and answered without its words. */
export function handleError(
  error: FastifyError | InvalidPayload | ProblemError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof ProblemError) {
    reply.headers(error.headers);
    return sendProblem(reply, error.kind, error.message, error.extra);
  }
  if (error instanceof InvalidPayload) {
    const part = "validationContext" in error ? String(error.validationContext) : "body";
    const [first] = error.errors;
    const more = error.errors.length > 1 ? ` (and ${error.errors.length - 1} more)` : "";
    const detail = `The ${PART[part] ?? part} is wrong at ${first?.path}: ${first?.message}${more}.`;
    return sendProblem(reply, "invalid-payload", detail, { errors: error.errors });
  }
  const { kind, detail } = frameworkProblem(error);
  if (kind === "internal-error") request.log.error({ err: error }, "a request failed");
  return sendProblem(reply, kind, detail);
}

function frameworkProblem(error: FastifyError): { kind: ProblemKind; detail: string } {
  switch (error.code) {
    // The run's life answers this itself; here it comes from a heartbeat or a boot script.
    case "SQLITE_FULL":
    case "ENOSPC":
      return {
        kind: "disk-full",
        detail: "The console's disk is full: nothing was stored. Make room and try again.",
      };
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return {
        kind: "payload-too-large",
        detail: "The body is larger than this address takes; nothing of it was stored.",
      };
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return {
        kind: "unsupported-media-type",
        detail: "Send the body with Content-Type: application/json.",
      };
    case "FST_ERR_CTP_INVALID_JSON_BODY":
      return { kind: "malformed-json", detail: "The body is not well-formed JSON." };
    default:
  }
  const status = error.statusCode ?? 500;
  if (status === 404) return { kind: "no-such-route", detail: "There is nothing at this address." };
  if (status === 413) return { kind: "payload-too-large", detail: "The request is too large." };
  if (status === 416) {
    return {
      kind: "range-not-satisfiable",
      detail: "The file ends before the range that was asked.",
    };
  }
  if (status >= 400 && status < 500) {
    return { kind: "bad-request", detail: "The request is not well-formed HTTP or JSON." };
  }
  return {
    kind: "internal-error",
    detail:
      "Something went wrong inside the console; its log says what. Nothing was lost by asking.",
  };
}

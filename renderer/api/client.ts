import type { z } from "zod";
import { type ConfigProblem, problemSchema } from "../../contract/common.ts";

/** Why a request gave nothing. `detail` is the sentence to show. */
export interface ApiFailure {
  readonly kind: "unreachable" | "unauthenticated" | "problem" | "unexpected";
  readonly status: number | null;
  readonly detail: string;
  /** What kind of problem it is, for programs: `urn:vetting:problem:…`. */
  readonly type?: string;
  /** Of vetting.yaml: every mistake. */
  readonly problems?: readonly ConfigProblem[];
}

export type ApiResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ApiFailure };

const PREFIX = "/api/v1/";

/** GET of the operator API, with its answer checked against the contract. */
export function apiGet<T>(path: string, schema: z.ZodType<T>): Promise<ApiResult<T>> {
  return request(path, schema, {});
}

/** POST of the operator API; without a body none is sent. */
export function apiPost<T>(
  path: string,
  schema: z.ZodType<T>,
  body?: unknown,
): Promise<ApiResult<T>> {
  return send("POST", path, schema, body);
}

/** PUT or PATCH of the operator API. */
export function apiChange<T>(
  method: "PUT" | "PATCH",
  path: string,
  schema: z.ZodType<T>,
  body: unknown,
): Promise<ApiResult<T>> {
  return send(method, path, schema, body);
}

function send<T>(
  method: string,
  path: string,
  schema: z.ZodType<T>,
  body: unknown,
): Promise<ApiResult<T>> {
  return request(path, schema, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
}

/** PATCH of the operator API: what is not named stays. */
export function apiPatch<T>(
  path: string,
  schema: z.ZodType<T>,
  body: unknown,
): Promise<ApiResult<T>> {
  return request(path, schema, {
    method: "PATCH",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
}

/** GET of a text file: evidence, a part of a report. */
export async function apiGetText(path: string): Promise<ApiResult<string>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(PREFIX + path, { credentials: "same-origin" });
    text = await response.text();
  } catch {
    return failed("unreachable", null, "The console does not answer.");
  }
  return response.ok ? { ok: true, value: text } : refused(response.status, parsedJson(text));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function request<T>(
  path: string,
  schema: z.ZodType<T>,
  init: RequestInit,
): Promise<ApiResult<T>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(PREFIX + path, { credentials: "same-origin", ...init });
    body = await response.json().catch(() => null);
  } catch {
    return failed("unreachable", null, "The console does not answer.");
  }
  if (!response.ok) return refused(response.status, body);
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return failed(
    "unexpected",
    response.status,
    `The console's answer was not understood (${path}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}).`,
  );
}

function refused(status: number, body: unknown): ApiResult<never> {
  const problem = problemSchema.safeParse(body);
  // What fastify says of itself while it closes; all that the console says is a problem document.
  if (status === 503 && !problem.success)
    return failed("unreachable", status, "The console is being stopped.");
  const detail = problem.success
    ? [problem.data.detail, ...(problem.data.errors ?? []).map((e) => `${e.path}: ${e.message}`)]
        .filter((text) => text !== "")
        .join(" ")
    : `The console answered with status ${status}.`;
  const failure = failed(status === 401 ? "unauthenticated" : "problem", status, detail);
  if (!problem.success || failure.ok) return failure;
  const { type, problems = [] } = problem.data;
  return { ok: false, failure: { ...failure.failure, type, problems } };
}

function failed(kind: ApiFailure["kind"], status: number | null, detail: string): ApiResult<never> {
  return { ok: false, failure: { kind, status, detail } };
}

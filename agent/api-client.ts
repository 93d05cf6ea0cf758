import type { z } from "zod";
import { problemSchema } from "../contract/common.ts";

/** One request, one answer. What goes wrong is a value: the callers decide what to do about it. */
export type ApiAnswer<T> =
  | { readonly kind: "ok"; readonly body: T }
  | {
      readonly kind: "problem";
      readonly status: number;
      readonly detail: string;
      readonly do: "power_off" | "reboot" | null;
    }
  | { readonly kind: "unreachable"; readonly message: string };

export interface PostOptions {
  readonly bearer?: string | null;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export type Post = <T>(
  path: string,
  json: string,
  schema: z.ZodType<T>,
  options?: PostOptions,
) => Promise<ApiAnswer<T>>;

/** Does an answer with this status speak of the moment and not of the request? Then it is asked again soon. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

const BASE = "/api/agent/v1";

/** Talks to the console's agent API. An answer that is not what the contract says counts as unreachable. */
export function createPost(consoleUrl: string, defaultTimeoutMs: number): Post {
  return async (
    path,
    json,
    schema,
    { bearer = null, signal, timeoutMs = defaultTimeoutMs } = {},
  ) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${consoleUrl}${BASE}/${path}`, {
        method: "POST",
        body: json,
        // A redirect would carry the token to someone else.
        redirect: "manual",
        headers: {
          "content-type": "application/json",
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        },
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      const body = parse(await response.text());
      if (!response.ok) return problem(response.status, body);
      const parsed = schema.safeParse(body);
      return parsed.success
        ? { kind: "ok", body: parsed.data }
        : {
            kind: "unreachable",
            message: `The console's answer to ${path} is not one: ${parsed.error.message}`,
          };
    } catch (error) {
      return { kind: "unreachable", message: reasonOf(error) };
    }
  };
}

function problem(status: number, body: unknown): ApiAnswer<never> {
  const parsed = problemSchema.partial().safeParse(body);
  const { detail, errors, do: todo } = parsed.success ? parsed.data : {};
  const fields = (errors ?? []).map(({ path, message }) => `${path}: ${message}`).join("; ");
  const text = [detail ?? `HTTP ${status}`, fields].filter((part) => part !== "").join(" ");
  return { kind: "problem", status, detail: text, do: todo ?? null };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** fetch says "fetch failed" and keeps the reason in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const inner =
    cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : null;
  return inner ? `${error.message}: ${inner}` : error.message;
}

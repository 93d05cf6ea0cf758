import { problemSchema } from "../contract/common.ts";

/** The console's listener as this program asks it: with the token of this launch as bearer, like any script. */
export class OwnConsole {
  /** `http://127.0.0.1:8420` */
  readonly origin: string;
  /** For a request that is not made with `get`. */
  readonly authorization: string;

  /** @param consoleUrl with its access token */
  constructor(consoleUrl: string) {
    const url = new URL(consoleUrl);
    this.origin = url.origin;
    this.authorization = `Bearer ${url.searchParams.get("token") ?? ""}`;
  }

  /** The address of a path under `/api/v1`. */
  url(path: string): string {
    return `${this.origin}/api/v1${path}`;
  }

  /** A good answer, or why there is none in the server's own words. */
  async get(
    path: string,
  ): Promise<
    | { readonly ok: true; readonly response: Response }
    | { readonly ok: false; readonly detail: string }
  > {
    try {
      const response = await fetch(this.url(path), {
        headers: { authorization: this.authorization },
      });
      if (response.ok) return { ok: true, response };
      const problem = problemSchema.safeParse(await response.json().catch(() => null));
      const detail = problem.success ? problem.data.detail : undefined;
      return { ok: false, detail: detail ?? `The console answered ${response.status}.` };
    } catch (error) {
      return { ok: false, detail: `The console did not answer (${reasonOf(error)}).` };
    }
  }
}

/** Fetch hides what happened one level down. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

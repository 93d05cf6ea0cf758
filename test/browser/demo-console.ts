import type { RunSummary } from "../../contract/console-api.ts";
import { DemoProcess } from "../demo/demo-process.ts";

/** The real console with simulated hosts: real agents over fake tools, stress passes of two seconds. */
export interface DemoConsole {
  /** Open this one first: it carries the access token. */
  readonly consoleUrl: string;
  readonly labUrl: string;
  /** GET of the operator API, as JSON: `runs/1`. */
  api<T>(path: string): Promise<T>;
  /** POST of the operator API; its answer must be a success. */
  post<T>(path: string, body?: unknown): Promise<T>;
  /** The run of a host by the host's name; null while it has none. */
  runIdOf(hostName: string): Promise<number | null>;
  stop(): Promise<void>;
}

/**
 * Starts the demo with these hosts of `test/demo/roster.ts`. `vetted` ones begin a run by themselves:
 * `orion` passes with gaps in half a minute, `vega` holds in CPUStress, `altair` in SMART; `rigel` waits for a start.
 */
export async function startDemoConsole(hosts: readonly string[]): Promise<DemoConsole> {
  const demo = new DemoProcess(hosts.join(","));
  try {
    return consoleAt(await demo.ready(), () => demo.discard());
  } catch (error) {
    await demo.discard();
    throw error;
  }
}

/** A console that listens, asked as an operator asks it. */
export function consoleAt(
  { consoleUrl, labUrl }: { readonly consoleUrl: string; readonly labUrl: string },
  stop: () => Promise<void>,
): DemoConsole {
  const authorization = `Bearer ${new URL(consoleUrl).searchParams.get("token")}`;
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { ...init.headers, authorization };
    const answer = await fetch(new URL(`/api/v1/${path}`, consoleUrl), { ...init, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as never;
  };
  return {
    consoleUrl,
    labUrl,
    api: (path) => ask(path),
    post: (path, body) =>
      ask(path, {
        method: "POST",
        ...(body === undefined
          ? {}
          : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      }),
    runIdOf: async (hostName) => {
      const runs: RunSummary[] = await ask("runs");
      return runs.find((run) => run.hostName === hostName)?.id ?? null;
    },
    stop,
  };
}

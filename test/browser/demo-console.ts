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
    const { consoleUrl, labUrl } = await demo.ready();
    const token = new URL(consoleUrl).searchParams.get("token") ?? "";
    return {
      consoleUrl,
      labUrl,
      api: (path) => demo.api(path),
      post: async (path, body) => {
        const answer = await fetch(new URL(`/api/v1/${path}`, consoleUrl), {
          method: "POST",
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
        return (await answer.json()) as never;
      },
      runIdOf: async (hostName) => {
        const runs = await demo.api<{ id: number; hostName: string }[]>("runs");
        return runs.find((run) => run.hostName === hostName)?.id ?? null;
      },
      stop: () => demo.discard(),
    };
  } catch (error) {
    await demo.discard();
    throw error;
  }
}

import { join } from "node:path";
import type { HostSummary, RunSummary, StartRunRequest } from "../../contract/console-api.ts";
import { pause } from "./pause.ts";
import { ROSTER, type RosterEntry } from "./roster.ts";
import { SimulatedHost } from "./simulated-host.ts";

export interface HostsOptions {
  /** The hosts' own folders are made in here. */
  readonly folder: string;
  /** Length of one stress pass. */
  readonly seconds: number;
  /** Only these of the roster; null: all. */
  readonly hosts: readonly string[] | null;
  readonly say: (line: string) => void;
}

export interface AttachedHosts {
  readonly hosts: readonly RosterEntry[];
  /** Ends the hosts and their agents. */
  stop(): Promise<void>;
}

const WAKE_POLL_MS = 2000;

/** Lets simulated hosts come to a console that listens, and starts the runs of their stories. */
export async function attachHosts(
  { consoleUrl, labUrl }: { readonly consoleUrl: string; readonly labUrl: string },
  { folder, seconds, hosts: wanted, say }: HostsOptions,
): Promise<AttachedHosts> {
  const stopped = new AbortController();
  const chosen = ROSTER.filter(({ facts }) => wanted?.includes(facts.hostname) ?? true);
  const hosts = chosen.map(
    (entry) =>
      new SimulatedHost(entry, {
        folder: join(folder, entry.facts.hostname),
        labUrl,
        seconds,
        say,
      }),
  );
  const stop = async () => {
    stopped.abort();
    await Promise.all(hosts.map((host) => host.stop()));
  };
  try {
    const api = new OperatorApi(consoleUrl);
    const started = startHosts(hosts, api);
    void wakeHosts(hosts, api, stopped.signal);
    await started;
    return { hosts: chosen, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startHosts(hosts: readonly SimulatedHost[], api: OperatorApi): Promise<void> {
  for (const host of hosts) {
    const hostId = await host.start();
    if (hostId !== null && host.entry.role === "vetted") await api.startRun(hostId);
  }
}

/** A magic packet reaches no simulated host, so whoever waits for one has its button pressed. */
async function wakeHosts(
  hosts: readonly SimulatedHost[],
  api: OperatorApi,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(WAKE_POLL_MS, signal);
    if (signal.aborted) return;
    try {
      const waiting = new Set((await api.waitingRuns()).map(({ hostId }) => hostId));
      if (waiting.size === 0) continue;
      const macs = (await api.hosts()).filter(({ id }) => waiting.has(id)).flatMap((h) => h.macs);
      for (const host of hosts) if (macs.includes(host.mac)) host.powerOn();
    } catch {
      // The console is about to stop; the loop ends with the signal.
    }
  }
}

/** The few calls that the demo makes in the operator's stead. */
class OperatorApi {
  readonly #base: URL;
  readonly #token: string;

  constructor(consoleUrl: string) {
    this.#base = new URL("/api/v1/", consoleUrl);
    this.#token = new URL(consoleUrl).searchParams.get("token") ?? "";
  }

  async startRun(hostId: number): Promise<void> {
    const request: StartRunRequest = {
      profile: "quick",
      nonDestructive: true,
      start: "reporter",
      afterPass: "reboot",
      operator: "demo",
    };
    await this.#call("POST", `hosts/${hostId}/runs`, request);
  }

  hosts(): Promise<HostSummary[]> {
    return this.#call("GET", "hosts");
  }

  waitingRuns(): Promise<RunSummary[]> {
    return this.#call("GET", "runs?state=WaitingWoL");
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(new URL(path, this.#base), {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

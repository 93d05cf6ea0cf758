import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { HostSummary, RunSummary, StartRunRequest } from "../../contract/console-api.ts";
import { type RunningConsole, startConsole } from "../../server/start-console.ts";
import { demoConfig } from "./demo-config.ts";
import { pause } from "./pause.ts";
import { ROSTER, type RosterEntry } from "./roster.ts";
import { SimulatedHost } from "./simulated-host.ts";

export interface DemoOptions {
  /** Kept afterwards; null: a temporary folder that goes with the demo. */
  readonly dataDir: string | null;
  /** Length of one stress pass. */
  readonly seconds: number;
  /** Only these of the roster; null: all. */
  readonly hosts: readonly string[] | null;
  readonly say: (line: string) => void;
}

export interface RunningDemo {
  readonly consoleUrl: string;
  readonly labUrl: string;
  readonly hosts: readonly RosterEntry[];
  /** Ends hosts, agents and console, and removes what is temporary. */
  close(): Promise<void>;
}

const WAKE_POLL_MS = 2000;

/** The console with simulated hosts: the real console and the real agent, over fake tools. Loopback only. */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const { seconds, say } = options;
  const scratch = mkdtempSync(join(tmpdir(), "vetting-demo-"));
  const dataDir = options.dataDir === null ? join(scratch, "data") : resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const configFile = join(scratch, "vetting.yaml");
  writeFileSync(configFile, demoConfig(seconds));
  const stopped = new AbortController();
  const hosts: SimulatedHost[] = [];
  let running: RunningConsole | null = null;
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= (async () => {
      stopped.abort();
      await Promise.all(hosts.map((host) => host.stop()));
      await running?.close();
      rmSync(scratch, { recursive: true, force: true });
    })();
    return closing;
  };
  try {
    running = await startConsole({
      headless: true,
      json: false,
      help: false,
      configFile,
      dataDir,
      bootDir: null,
      overrides: [],
      simulated: true,
      logLevel: "warn",
    });
    const { consoleUrl, labUrl } = running;
    if (labUrl === null) throw new Error("the lab listener did not start");
    const chosen = ROSTER.filter(({ facts }) => options.hosts?.includes(facts.hostname) ?? true);
    for (const entry of chosen) {
      const folder = join(scratch, "hosts", entry.facts.hostname);
      hosts.push(new SimulatedHost(entry, { folder, labUrl, seconds, say }));
    }
    const api = new OperatorApi(consoleUrl);
    const started = startHosts(hosts, api);
    void wakeHosts(hosts, api, stopped.signal);
    await started;
    return { consoleUrl, labUrl, hosts: chosen, close };
  } catch (error) {
    await close();
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

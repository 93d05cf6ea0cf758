import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import type { RunDetail, RunSummary } from "../../contract/console-api.ts";

export const ROOT = join(import.meta.dirname, "../..");

export interface ReadyLine {
  readonly consoleUrl: string;
  readonly labUrl: string;
  readonly tftpPort: number | null;
  readonly dhcpPort: number | null;
  readonly pid: number;
}

export interface ApiAnswer<T = unknown> {
  readonly status: number;
  readonly body: T;
}

/** Stages so short that a whole run takes seconds; every tool is the real one. */
export const SHORT_PROFILE = {
  SMART: { selfTest: "none" },
  CPUStress: { cpuSeconds: 2, ramSeconds: 5, settleSeconds: 0 },
  Storage: { readSeconds: 2, writeSeconds: 2 },
  Network: { secondsPerDirection: 2, streamsPer10G: 1, floorShare: 0 },
  Burn: { seconds: 6, settleSeconds: 0 },
  GPU: { seconds: 2 },
};

/** Switches off the services that want ports of this machine which are not free for a test to take. */
const NO_NETBOOT_SERVICES = ["--no-tftp", "--no-proxy-dhcp"];

/** The real console, headless, as its own process, on free ports; it can be killed and started again. */
export class ConsoleProcess {
  readonly dataDir = mkdtempSync(join(tmpdir(), "vetting-e2e-"));
  readonly #labAddress: string;
  readonly #options: readonly string[];
  #child: ChildProcess | null = null;
  #ready: ReadyLine | null = null;
  stderr = "";

  /** @param options further ones of `npm start --` */
  constructor(labAddress: string, config: object = {}, options = NO_NETBOOT_SERVICES) {
    this.#labAddress = labAddress;
    this.#options = options;
    const vetting = { profiles: { quick: SHORT_PROFILE }, network: { iperfPort: 0 }, ...config };
    writeFileSync(this.configFile, stringify({ vetting }));
  }

  get configFile(): string {
    return join(this.dataDir, "vetting.yaml");
  }

  /** Starts on free ports the first time, and on the same ones after that. */
  async start(): Promise<this> {
    const before = this.#ready;
    const port = (url: string | undefined) => (url === undefined ? "0" : new URL(url).port);
    const child = spawn(
      process.execPath,
      [
        join(ROOT, "server/main.ts"),
        "--headless",
        "--json",
        ...["--config", this.configFile],
        ...["--data-dir", join(this.dataDir, "data")],
        ...["--lab-address", this.#labAddress],
        ...["--lab-port", port(before?.labUrl)],
        ...["--console-port", port(before?.consoleUrl)],
        ...this.#options,
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#child = child;
    // A test or benchmark that breaks down leaves no console behind.
    process.once("exit", () => child.kill("SIGKILL"));
    child.stderr?.on("data", (chunk) => {
      this.stderr += chunk;
    });
    if (child.stdout === null) throw new Error("The console has no stdout.");
    const lines = createInterface({ input: child.stdout });
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`The console exited with ${code} before it was ready: ${this.stderr}`);
    });
    const [line] = (await Promise.race([once(lines, "line"), ended])) as [string];
    ended.catch(() => {});
    this.#ready = JSON.parse(line) as ReadyLine;
    return this;
  }

  get ready(): ReadyLine {
    if (this.#ready === null) throw new Error("The console has not been started.");
    return this.#ready;
  }

  get labUrl(): string {
    return this.ready.labUrl.replace(/\/$/, "");
  }

  get token(): string {
    return new URL(this.ready.consoleUrl).searchParams.get("token") ?? "";
  }

  /** Ends the console: SIGTERM for a clean stop, SIGKILL for a crash. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  /** Ends the console for good, with everything that it kept. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async api<T>(method: string, path: string, body?: unknown): Promise<ApiAnswer<T>> {
    const url = new URL(path, new URL("/api/v1/", this.ready.consoleUrl));
    const answer = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = answer.headers.get("content-type")?.includes("json") === true;
    return { status: answer.status, body: (json ? JSON.parse(text) : text) as T };
  }

  /** POST on the lab listener, as a host does. */
  async lab<T>(path: string, body: unknown, bearer?: string): Promise<ApiAnswer<T>> {
    const answer = await fetch(`${this.labUrl}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  async run(runId: number): Promise<RunDetail> {
    return (await this.api<RunDetail>("GET", `runs/${runId}`)).body;
  }

  async startRun(hostId: number, more: object = {}): Promise<RunSummary & { runId: number }> {
    const answer = await this.api<RunSummary & { runId: number }>("POST", `hosts/${hostId}/runs`, {
      profile: "quick",
      nonDestructive: true,
      start: "reporter",
      ...more,
    });
    if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

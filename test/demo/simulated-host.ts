import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeHost } from "./host/make-host.ts";
import { Simulator } from "./host/simulator.ts";
import { writeFiles } from "./host/write-files.ts";
import { pause } from "./pause.ts";
import { type Reporter, registerReporter } from "./reporter-client.ts";
import type { RosterEntry } from "./roster.ts";

export interface SimulatedHostDeps {
  /** The host's own folder; made anew. */
  readonly folder: string;
  readonly labUrl: string;
  /** Length of one stress pass, in seconds: the physics are as much faster as the stages are shorter. */
  readonly seconds: number;
  readonly say: (line: string) => void;
}

const TICK_MS = 250;
/** From the order to reboot to the boot script, and from the agent's end to the installed system. */
const REBOOT_MS = 1500;
/** An agent that does not end by itself within this is killed. */
const AGENT_GRACE_MS = 8000;
const FAKE_TOOLS = join(import.meta.dirname, "../fakes/tools");
const AGENT_MAIN = join(import.meta.dirname, "agent-main.ts");

/**
 * One simulated host: it heartbeats as its installed system, obeys `reboot_for_vetting` by "rebooting" into the
 * real agent over fake tools, and comes back as its installed system when the agent has ended.
 */
export class SimulatedHost {
  readonly entry: RosterEntry;
  readonly #deps: SimulatedHostDeps;
  readonly #simulator: Simulator;
  readonly #stopped = new AbortController();
  #powerOn: (() => void) | null = null;
  #agent: ChildProcess | null = null;
  #life: Promise<void> = Promise.resolve();

  constructor(entry: RosterEntry, deps: SimulatedHostDeps) {
    this.entry = entry;
    this.#deps = deps;
    makeHost(deps.folder, entry.facts);
    this.#simulator = new Simulator(deps.folder, entry.facts, {
      hotCpu: entry.scenario === "hot-cpu",
      warmUpS: Math.min(4, deps.seconds / 4),
    });
  }

  get name(): string {
    return this.entry.facts.hostname;
  }

  get mac(): string {
    const [nic] = this.entry.facts.nics;
    if (nic === undefined) throw new Error(`${this.name} has no NIC`);
    return nic.mac;
  }

  /** Registers, and lives from then on. @returns the host's id; null for a machine without a reporter. */
  async start(): Promise<number | null> {
    const { signal } = this.#stopped;
    void this.#passTime();
    if (this.entry.role === "unknown") {
      await this.#fetchBootScript();
      this.#life = this.#live(null);
      return null;
    }
    const reporter = await registerReporter(this.#deps.labUrl, this.entry.facts, signal);
    await reporter.heartbeat(randomUUID(), 60);
    this.#life = this.#live(reporter);
    return reporter.hostId;
  }

  /** Somebody presses the power button, or a magic packet arrives; nothing happens while the host is on. */
  powerOn(): void {
    this.#powerOn?.();
  }

  /** Ends the host with its agent, and all that the agent runs. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const agent = this.#agent;
    if (agent !== null && agent.exitCode === null && agent.signalCode === null) {
      const exited = once(agent, "exit");
      agent.kill("SIGTERM");
      const late = setTimeout(() => agent.kill("SIGKILL"), AGENT_GRACE_MS);
      await exited;
      clearTimeout(late);
    }
    await this.#life;
  }

  async #passTime(): Promise<void> {
    let beforeMs = performance.now();
    while (!this.#stopped.signal.aborted) {
      await pause(TICK_MS, this.#stopped.signal);
      const nowMs = performance.now();
      this.#simulator.tick((nowMs - beforeMs) / 1000);
      beforeMs = nowMs;
    }
  }

  async #live(reporter: Reporter | null): Promise<void> {
    const { signal } = this.#stopped;
    let off = this.entry.role === "silent" || reporter === null;
    while (!signal.aborted) {
      if (off) await this.#untilPoweredOn();
      else if (reporter !== null) await this.#runInstalledSystem(reporter);
      if (signal.aborted) return;
      await pause(REBOOT_MS, signal);
      await this.#netboot();
      await pause(REBOOT_MS, signal);
      off = reporter === null;
    }
  }

  async #untilPoweredOn(): Promise<void> {
    const { signal } = this.#stopped;
    await new Promise<void>((resolve) => {
      this.#powerOn = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    this.#powerOn = null;
  }

  /** Heartbeats with a boot id of its own until it is told to reboot for vetting. */
  async #runInstalledSystem(reporter: Reporter): Promise<void> {
    const { signal } = this.#stopped;
    const bootId = randomUUID();
    const startedMs = performance.now();
    while (!signal.aborted) {
      const upS = (performance.now() - startedMs) / 1000;
      const command = await reporter.heartbeat(bootId, Math.round(upS));
      if (command === "reboot_for_vetting") {
        this.#deps.say(`${this.name}: told to reboot for vetting.`);
        return;
      }
      await pause(reporter.heartbeatSeconds * 1000, signal);
    }
  }

  /** The network boot: the live image's place is taken by the agent. Anything else is the local disk. */
  async #netboot(): Promise<void> {
    const script = await this.#fetchBootScript();
    const bootToken = /\bvetting\.boot=(\S+)/.exec(script)?.[1];
    if (bootToken === undefined || this.#stopped.signal.aborted) return;
    await this.#runAgent(bootToken);
  }

  async #fetchBootScript(): Promise<string> {
    const { uuid } = this.entry.facts;
    const query = new URLSearchParams({
      mac: this.mac.replaceAll(":", "-"),
      uuid,
      platform: "efi",
      buildarch: "x86_64",
    });
    try {
      const answer = await fetch(`${this.#deps.labUrl}/boot.ipxe?${query}`, {
        signal: this.#stopped.signal,
      });
      return await answer.text();
    } catch {
      // Nobody answers: a host goes on to its local disk.
      return "";
    }
  }

  async #runAgent(bootToken: string): Promise<void> {
    const { folder, labUrl, say } = this.#deps;
    const bootId = randomUUID();
    const stateDir = join(folder, "agent");
    // The live image's tmpfs: empty at every boot.
    rmSync(stateDir, { recursive: true, force: true });
    rmSync(join(folder, "state"), { recursive: true, force: true });
    mkdirSync(join(folder, "state"));
    writeFiles(join(folder, "root"), { "proc/sys/kernel/random/boot_id": `${bootId}\n` });
    say(`${this.name}: the agent starts, over fake tools.`);
    const agent = spawn(process.execPath, [AGENT_MAIN], {
      stdio: ["pipe", "pipe", "pipe"],
      // Nothing but fakes is on the path: no real tool can be run.
      env: {
        PATH: FAKE_TOOLS,
        DEMO_HOST_ROOT: join(folder, "root"),
        FAKE_HOST_DIR: folder,
        FAKE_SCENARIO: this.entry.scenario,
        FAKE_NODE: process.execPath,
        VETTING_CONSOLE: labUrl,
        VETTING_BOOT_TOKEN: bootToken,
        VETTING_BOOT_ID: bootId,
        VETTING_MAC: this.mac,
        VETTING_STATE_DIR: stateDir,
      },
    });
    this.#agent = agent;
    for (const stream of [agent.stdout, agent.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        for (const line of text.trimEnd().split("\n")) say(`${this.name}: | ${line}`);
      });
    }
    const [code] = (await once(agent, "exit")) as [number | null];
    if (!this.#stopped.signal.aborted) {
      say(
        `${this.name}: the agent ended${code === 0 ? "" : ` with ${code}`}; back to its own disk.`,
      );
    }
  }
}

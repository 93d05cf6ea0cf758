import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./console-process.ts";
import type { HostNamespace } from "./host-namespace.ts";

export const AGENT_BUNDLE = join(ROOT, "dist/agent/agent.mjs");

export interface AgentBoot {
  readonly labUrl: string;
  readonly bootToken: string;
  readonly mac: string;
  readonly bootId: string;
  /** Where the host's cable leads; without one the agent runs beside the console. */
  readonly namespace?: HostNamespace;
  /** Replaces the path on which the agent looks for its tools. */
  readonly path?: string;
}

/** The real agent as a process, one boot of a host: its state dir stands for the tmpfs of the live image. */
export class RealAgent {
  readonly stateDir = mkdtempSync(join(tmpdir(), "vetting-agent-"));
  readonly #boot: AgentBoot;
  #child: ChildProcess | null = null;
  output = "";

  constructor(boot: AgentBoot) {
    this.#boot = boot;
    // No vetting.live=1 here: this machine must be neither rebooted nor written to.
    writeFileSync(
      join(this.stateDir, "cmdline"),
      `quiet vetting.console=${boot.labUrl} vetting.boot=${boot.bootToken}\n`,
    );
  }

  start(): this {
    const { namespace, mac, bootId, path } = this.#boot;
    const env = {
      VETTING_CMDLINE: join(this.stateDir, "cmdline"),
      VETTING_STATE_DIR: join(this.stateDir, "state"),
      VETTING_MAC: mac,
      VETTING_BOOT_ID: bootId,
      ...(path === undefined ? {} : { PATH: path }),
    };
    const command = [process.execPath, AGENT_BUNDLE];
    const child =
      namespace === undefined
        ? spawn(process.execPath, [AGENT_BUNDLE], { env: { ...process.env, ...env } })
        : namespace.spawn(command, env);
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        this.output += chunk;
      });
    }
    return this;
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Shoots it, as the OOM killer does; what it started goes on. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === null || !this.running) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  /** Ends the agent and waits until what it ran is gone with it. */
  async end(): Promise<void> {
    await this.kill("SIGTERM");
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}

import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";

/** The console's address on the lab network, and the one of the lab's own DHCP server. */
export const LAB_ADDRESS = "10.77.0.1";
export const DHCP_SERVER_ADDRESS = "10.77.0.2";
const PREFIX = 24;
/** The switch of the lab: whatever is plugged into it shares one broadcast domain. */
export const LAB_BRIDGE = "lab0";

/**
 * A lab on this machine: a namespace with a bridge, where the console and the machines live, and a second one for
 * the lab's DHCP server, since both want port 67. Nothing in it reaches the world outside, or is reached from there.
 */
export class LabNetwork {
  readonly lab: string;
  readonly dhcp: string;

  /** @param id tells labs on one machine apart. */
  constructor(id: number) {
    this.lab = `vetlab-${id}`;
    this.dhcp = `vetdhcp-${id}`;
  }

  /** Builds it; what a failed attempt left is for `remove`. */
  create(): this {
    for (const name of [this.lab, this.dhcp]) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    const { lab, dhcp } = this;
    ip("-n", lab, "link", "add", LAB_BRIDGE, "type", "bridge", "forward_delay", "0");
    ip("-n", lab, "addr", "add", `${LAB_ADDRESS}/${PREFIX}`, "dev", LAB_BRIDGE);
    ip("-n", lab, "link", "set", LAB_BRIDGE, "up");
    ip("-n", lab, "link", "add", "dhcp0", "type", "veth", "peer", "name", "eth0", "netns", dhcp);
    ip("-n", lab, "link", "set", "dhcp0", "master", LAB_BRIDGE, "up");
    ip("-n", dhcp, "addr", "add", `${DHCP_SERVER_ADDRESS}/${PREFIX}`, "dev", "eth0");
    ip("-n", dhcp, "link", "set", "eth0", "up");
    return this;
  }

  /** Starts a program in one of the two namespaces. */
  spawn(
    namespace: "lab" | "dhcp",
    command: readonly string[],
    options: SpawnOptions = {},
  ): ChildProcess {
    return spawn("ip", ["netns", "exec", this[namespace], ...command], options);
  }

  /** Everything that runs in the lab, whoever started it: nobody else knows these namespaces. */
  pids(): number[] {
    return [this.lab, this.dhcp]
      .filter(exists)
      .flatMap((name) => ip("netns", "pids", name).split("\n").filter(Boolean).map(Number));
  }

  /** Ends whatever still runs in the lab, and takes the lab down with its bridge and taps. */
  remove(): void {
    for (const pid of this.pids()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
    for (const name of [this.lab, this.dhcp].filter(exists)) ip("netns", "del", name);
  }
}

function exists(name: string): boolean {
  return existsSync(`/run/netns/${name}`);
}

function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

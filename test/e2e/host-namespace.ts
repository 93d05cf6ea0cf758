import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";

/** A host of its own on this machine: a network namespace joined to ours by one cable (a veth pair). */
export class HostNamespace {
  readonly name: string;
  readonly mac: string;
  /** Our end of the cable: the console's lab address. */
  readonly labAddress: string;
  readonly hostAddress: string;
  readonly #children: ChildProcess[] = [];

  /** @param index tells hosts of one test file apart, 0 to 60. */
  constructor(index: number) {
    // Unique to this test process, so that files may not meet; 10.213/16 is nobody's here.
    const block = process.pid % 250;
    this.name = `vet${process.pid}-${index}`;
    this.labAddress = `10.213.${block}.${4 * index + 1}`;
    this.hostAddress = `10.213.${block}.${4 * index + 2}`;
    const outside = `vl${process.pid % 100000}-${index}`;
    ip("netns", "add", this.name);
    ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", this.name);
    ip("addr", "add", `${this.labAddress}/30`, "dev", outside);
    ip("link", "set", outside, "up");
    ip("-n", this.name, "addr", "add", `${this.hostAddress}/30`, "dev", "eth0");
    ip("-n", this.name, "link", "set", "eth0", "up");
    ip("-n", this.name, "link", "set", "lo", "up");
    const [link] = JSON.parse(ip("-n", this.name, "-j", "link", "show", "eth0")) as [
      { address: string },
    ];
    this.mac = link.address;
    // Also when a test or benchmark breaks down.
    process.once("exit", () => this.end());
  }

  /** Runs a program in the host and returns what it printed. */
  exec(command: readonly string[], env: Readonly<Record<string, string>> = {}): string {
    return execFileSync("ip", ["netns", "exec", this.name, ...command], {
      env: { ...process.env, ...env },
      encoding: "utf8",
    });
  }

  /** Starts a program in the host; `end` ends it with everything else of the host. */
  spawn(command: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
    const child = spawn("ip", ["netns", "exec", this.name, ...command], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.push(child);
    return child;
  }

  /** Every process of the host, whoever started it. */
  pids(): number[] {
    if (!existsSync(`/run/netns/${this.name}`)) return [];
    return ip("netns", "pids", this.name).split("\n").filter(Boolean).map(Number);
  }

  /** Ends the host's processes (they are all ours: nobody else knows the namespace) and removes it. */
  end(): void {
    for (const pid of this.pids()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
    if (existsSync(`/run/netns/${this.name}`)) ip("netns", "del", this.name);
  }
}

function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * Machines of their own on this one: network namespaces, joined by a switch that stands in a namespace too. Nothing of
 * it can be seen or reached from outside, so several may stand at once with the same addresses.
 */
export class LabNetwork {
  readonly #prefix: string;
  readonly #machines: string[] = [];
  readonly #children: ChildProcess[] = [];

  /** @param index tells networks of one process apart. */
  constructor(index = 0) {
    this.#prefix = `vln${process.pid}-${index}-`;
    // Also when a test or benchmark breaks down.
    process.once("exit", () => this.end());
  }

  /** A machine with no cable yet. */
  machine(name: string): string {
    const machine = `${this.#prefix}${name}`;
    ip("netns", "add", machine);
    this.#machines.push(machine);
    ip("-n", machine, "link", "set", "lo", "up");
    return machine;
  }

  /** A bridge in a machine: a switch of its own, or one with an address as libvirt makes them. */
  bridge(machine: string, device: string, address?: string): void {
    ip("-n", machine, "link", "add", device, "type", "bridge", "forward_delay", "0");
    ip("-n", machine, "link", "set", device, "up");
    if (address !== undefined) ip("-n", machine, "addr", "add", address, "dev", device);
  }

  /** A cable between two machines; an end is named `DEVICE` or `PORT@BRIDGE`. */
  cable(one: string, oneEnd: string, other: string, otherEnd: string): void {
    const [onePort = "", oneBridge] = oneEnd.split("@");
    const [otherPort = "", otherBridge] = otherEnd.split("@");
    const peer = ["type", "veth", "peer", "name", otherPort, "netns", other];
    ip("-n", one, "link", "add", onePort, ...peer);
    for (const [machine, port, bridge] of [
      [one, onePort, oneBridge],
      [other, otherPort, otherBridge],
    ] as const) {
      if (bridge !== undefined) ip("-n", machine, "link", "set", port, "master", bridge);
      ip("-n", machine, "link", "set", port, "up");
    }
  }

  address(machine: string, device: string, address: string): void {
    ip("-n", machine, "addr", "add", address, "dev", device);
  }

  /** Lets a machine without an address broadcast on a device, as a booting one does. */
  broadcastsOn(machine: string, device: string): void {
    ip("-n", machine, "route", "add", "255.255.255.255/32", "dev", device);
  }

  macOf(machine: string, device: string): string {
    const [link] = JSON.parse(ip("-n", machine, "-j", "link", "show", device)) as [
      { address: string },
    ];
    return link.address;
  }

  /** Whether a bridge has heard a station, so that what it sent has come in there. */
  hasHeard(machine: string, bridge: string, mac: string): boolean {
    const table = execFileSync("bridge", ["-n", machine, "fdb", "show", "br", bridge]);
    return table.toString().includes(mac);
  }

  /** Whether an address answers from here: a cable that was plugged in just now may not carry yet. */
  reaches(machine: string, address: string): boolean {
    try {
      ip("netns", "exec", machine, "busybox", "ping", "-c", "1", "-W", "1", address);
      return true;
    } catch {
      return false;
    }
  }

  /** The text of a file as the machine sees it: /sys shows each its own devices. */
  read(machine: string, path: string): string {
    return ip("netns", "exec", machine, "cat", path);
  }

  /** Starts a program in a machine; `end` ends it with everything else. */
  spawn(machine: string, command: readonly string[]): NetworkProgram {
    const child = spawn("ip", ["netns", "exec", machine, ...command], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#children.push(child);
    return new NetworkProgram(child);
  }

  /** Ends every process of the machines (all ours: nobody else knows them) and removes them. */
  end(): void {
    for (const machine of this.#machines.splice(0)) {
      if (!existsSync(`/run/netns/${machine}`)) continue;
      for (const pid of ip("netns", "pids", machine).split("\n").filter(Boolean)) {
        try {
          process.kill(Number(pid), "SIGKILL");
        } catch {
          // It has ended meanwhile.
        }
      }
      ip("netns", "del", machine);
    }
  }
}

/** A program in a machine, and what it has printed so far. */
export class NetworkProgram {
  readonly lines: string[] = [];
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface(stream).on("line", (line) => this.lines.push(line));
    this.ended = new Promise((resolve) => child.once("close", () => resolve()));
  }

  /** The lines that are JSON, read. */
  json<T>(): T[] {
    return this.lines.filter((line) => /^[{[]/.test(line)).map((line) => JSON.parse(line) as T);
  }

  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.ended;
  }
}

function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { LAB_BRIDGE } from "./lab-network.ts";

/** Listens on the lab's wire for packets of one kind, and keeps a line about each. */
export class WireTap {
  readonly packets: string[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param filter as tcpdump takes it */
  static async start(filter: string): Promise<WireTap> {
    const child = spawn("tcpdump", ["-l", "-n", "-q", "-t", "-i", LAB_BRIDGE, filter], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    process.once("exit", () => child.kill("SIGKILL"));
    const tap = new WireTap(child);
    if (child.stdout === null || child.stderr === null) throw new Error("tcpdump has no output.");
    createInterface({ input: child.stdout }).on("line", (line) => tap.packets.push(line));
    // "listening on lab0 …": from here on nothing is missed.
    for await (const line of createInterface({ input: child.stderr })) {
      if (line.startsWith("listening on")) return tap;
    }
    throw new Error("tcpdump ended before it listened.");
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await exited;
  }
}

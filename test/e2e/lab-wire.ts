import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A lab of two machines on one cable: the console's and a server's, each a network namespace of its own. */
export class LabWire {
  readonly dir = mkdtempSync(join(tmpdir(), "vetting-wire-"));
  readonly consoleAddress: string;
  readonly serverAddress: string;
  /** The first three parts of every address on the wire. */
  readonly subnet: string;
  readonly #names: { readonly console: string; readonly server: string };
  readonly #children: ChildProcess[] = [];

  constructor() {
    this.subnet = `10.214.${process.pid % 250}`;
    this.consoleAddress = `${this.subnet}.1`;
    this.serverAddress = `${this.subnet}.2`;
    this.#names = { console: `vwc${process.pid}`, server: `vws${process.pid}` };
    const { console, server } = this.#names;
    ip("netns", "add", console);
    ip("netns", "add", server);
    ip("link", "add", "lab0", "netns", console, "type", "veth", "peer", "srv0", "netns", server);
    for (const [name, link, address] of [
      [console, "lab0", this.consoleAddress],
      [server, "srv0", this.serverAddress],
    ] as const) {
      ip("-n", name, "addr", "add", `${address}/24`, "dev", link);
      ip("-n", name, "link", "set", "lo", "up");
      ip("-n", name, "link", "set", link, "up");
    }
    // Also when a test breaks down.
    process.once("exit", () => this.end());
  }

  /** `ip` in the console's or the server's namespace. */
  ip(side: "console" | "server", ...args: string[]): void {
    ip("-n", this.#names[side], ...args);
  }

  /** Starts a program on one side; what it prints on either stream is collected. */
  spawn(side: "console" | "server", command: readonly string[]) {
    const child = spawn("ip", ["netns", "exec", this.#names[side], ...command], {
      env: { ...process.env, HOME: this.dir },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.push(child);
    const printed = { text: "" };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        printed.text += text;
      });
    }
    return { child, printed };
  }

  /** Runs a program on the console's side to its end. */
  run(command: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const args = ["netns", "exec", this.#names.console, ...command];
    const options = { env: { ...process.env, HOME: this.dir }, timeout: 60_000 };
    return new Promise((resolve) => {
      const child = execFile("ip", args, options, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }

  /** Ends every program that was started on the wire; the wire stays. */
  async clear(): Promise<void> {
    const ended = this.#children.splice(0).map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve();
          child.once("close", () => resolve());
          child.kill("SIGTERM");
        }),
    );
    await Promise.all(ended);
  }

  /** Ends all processes on the wire (they are ours: nobody else knows the namespaces) and removes it. */
  end(): void {
    for (const name of Object.values(this.#names)) {
      if (!existsSync(`/run/netns/${name}`)) continue;
      for (const pid of ip("netns", "pids", name).split("\n").filter(Boolean).map(Number)) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It has ended meanwhile.
        }
      }
      ip("netns", "del", name);
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

import { type ChildProcess, spawn } from "node:child_process";
import { findProgram } from "./find-program.ts";
import type { IperfPeer } from "./iperf-peer.ts";

/** A server that died is started again after this long, doubled each time, in ms. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** One that lived this long has earned a quick restart again. */
const HEALTHY_AFTER_MS = 60_000;
/** How long a server may take to obey SIGTERM, in ms. */
const KILL_AFTER_MS = 1000;
const LONGEST_ERROR_CHARS = 500;

/** One iperf3 server on one port, kept alive until it is stopped. */
export class IperfServer {
  readonly #program: string;
  readonly #peer: IperfPeer;
  readonly #warn: (message: string) => void;
  #child: ChildProcess | null = null;
  #restart: NodeJS.Timeout | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #stopped = false;

  constructor(program: string, peer: IperfPeer, warn: (message: string) => void) {
    this.#program = program;
    this.#peer = peer;
    this.#warn = warn;
    this.#start();
  }

  /** Settles when the process is gone. */
  stop(): Promise<void> {
    this.#stopped = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    const child = this.#child;
    if (child === null) return Promise.resolve();
    return new Promise((resolve) => {
      const kill = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
      child.once("close", () => {
        clearTimeout(kill);
        resolve();
      });
      child.kill("SIGTERM");
    });
  }

  #start(): void {
    const { host, port } = this.#peer;
    const startedAt = performance.now();
    const [program, ...first] = [...dieWithParent(), this.#program];
    const args = [...first, "-s", "-B", host, "-p", String(port)];
    const child = spawn(program ?? this.#program, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-LONGEST_ERROR_CHARS);
    });
    child.once("error", (error) => {
      errors = error.message;
    });
    // `close` comes after `error` as well, and only once.
    child.once("close", (code, signal) => {
      this.#child = null;
      if (this.#stopped) return;
      const how = errors.trim() || (signal === null ? `exit ${code}` : signal);
      this.#warn(`The iperf3 server on ${host}:${port} ended (${how}); it is started again.`);
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.#restart = setTimeout(() => this.#start(), this.#pauseMs);
      this.#restart.unref();
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    });
  }
}

/** On Linux the kernel ends the server with the console, even when that is killed with SIGKILL. */
function dieWithParent(): string[] {
  const setpriv = process.platform === "linux" ? findProgram("setpriv") : null;
  return setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL"];
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { RunSummary } from "../../contract/console-api.ts";

const ROOT = join(import.meta.dirname, "../..");

interface ReadyLine {
  readonly consoleUrl: string;
  readonly labUrl: string;
  readonly simulated: boolean;
}

/** The demo as `npm run demo -- --json` runs it, with stress passes of two seconds. */
export class DemoProcess {
  /** The demo keeps all that is temporary in here, so its processes are known by this name too. */
  readonly tempDir = mkdtempSync(join(tmpdir(), "vetting-demo-test-"));
  readonly #child: ChildProcess;
  readonly #firstLine: Promise<ReadyLine>;
  stderr = "";

  constructor(hosts: string) {
    const args = [join(ROOT, "test/demo/main.ts"), "--json", "--seconds", "2", "--hosts", hosts];
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TMPDIR: this.tempDir },
    });
    this.#child = child;
    child.stderr.on("data", (chunk) => {
      this.stderr += chunk;
    });
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`The demo ended with ${code} before it was ready: ${this.stderr}`);
    });
    const line = once(createInterface({ input: child.stdout }), "line");
    this.#firstLine = Promise.race([line, ended]).then(
      ([text]) => JSON.parse(String(text)) as ReadyLine,
    );
    ended.catch(() => {});
  }

  ready(): Promise<ReadyLine> {
    return this.#firstLine;
  }

  /** GET on the console listener. */
  async get(path: string): Promise<Response> {
    const { consoleUrl } = await this.ready();
    const token = new URL(consoleUrl).searchParams.get("token") ?? "";
    return fetch(new URL(path, consoleUrl), { headers: { authorization: `Bearer ${token}` } });
  }

  async api<T>(path: string): Promise<T> {
    return (await (await this.get(`/api/v1/${path}`)).json()) as T;
  }

  async runOf(name: string): Promise<RunSummary> {
    const runs = await this.api<RunSummary[]>("runs");
    const run = runs.find(({ hostName }) => hostName === name);
    if (run === undefined) throw new Error(`${name} has no run`);
    return run;
  }

  /** What lives of the demo: itself, its agents, and the fakes that these run. */
  processes(): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => environmentOf(pid).includes(this.tempDir));
  }

  /** @returns the exit code; null when a signal ended it. */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  /** For the end of a test, however far it came. */
  async discard(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null)
      await this.stop("SIGTERM");
    rmSync(this.tempDir, { recursive: true, force: true });
  }
}

/** Empty for a process that is gone or another user's. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}

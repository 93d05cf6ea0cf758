import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningConsole, startConsole } from "../../server/start-console.ts";
import type { Vetted } from "./bench.ts";
import type { BenchAnswer, BenchOrder } from "./bench-process.ts";
import { labConfig } from "./lab-config.ts";

const BENCHES = 3;
const BENCH = join(import.meta.dirname, "bench-process.ts");
const COMPILED = join(import.meta.dirname, "../../dist/faults/compiled");
/** Hosts have their number in their MAC and their address. */
const MOST_HOSTS = 250;
/** In memory where that can be: hosts write dozens of small files a second. */
const SCRATCH = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

interface Waiting {
  readonly bench: ChildProcess;
  readonly done: (vetted: Vetted) => void;
  readonly broke: (error: Error) => void;
}

/** The real console, on loopback, and a few benches on which the machines of the catalogue are vetted. */
export class FaultLab {
  readonly #console: RunningConsole;
  readonly #folder: string;
  readonly #benches: readonly ChildProcess[];
  readonly #waiting = new Map<number, Waiting>();
  #hosts = 0;

  private constructor(running: RunningConsole, folder: string, benches: readonly ChildProcess[]) {
    this.#console = running;
    this.#folder = folder;
    this.#benches = benches;
    for (const bench of benches) {
      bench.on("message", (answer: BenchAnswer) => this.#take(answer));
      bench.on("exit", (code) => this.#giveUp(bench, `its bench ended with ${code}`));
    }
  }

  static async start(): Promise<FaultLab> {
    const folder = mkdtempSync(join(SCRATCH, "vetting-faults-"));
    const configFile = join(folder, "vetting.yaml");
    writeFileSync(configFile, labConfig(MOST_HOSTS));
    const running = await startConsole({
      headless: true,
      json: false,
      help: false,
      configFile,
      dataDir: join(folder, "data"),
      bootDir: null,
      overrides: [],
      simulated: true,
      logLevel: "error",
    });
    const { consoleUrl, labUrl } = running;
    if (labUrl === null) throw new Error("the lab listener did not start");
    const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED };
    // Once for all benches: what is compiled already takes less memory, and starting programs then costs half.
    execFileSync(process.execPath, [BENCH], { env });
    const benches = Array.from({ length: BENCHES }, () => {
      const bench = fork(BENCH, { execArgv: [], env });
      // A lab that breaks down leaves no bench behind.
      process.once("exit", () => bench.kill("SIGKILL"));
      const order: BenchOrder = { kind: "places", places: { consoleUrl, labUrl, folder } };
      bench.send(order);
      return bench;
    });
    return new FaultLab(running, folder, benches);
  }

  async close(): Promise<void> {
    for (const bench of this.#benches) {
      bench.removeAllListeners("exit");
      if (!bench.connected) continue;
      const ended = once(bench, "exit");
      bench.disconnect();
      await ended;
    }
    await this.#console.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Vets the machine of a row, with the fault in it. */
  vet({ id }: { readonly id: string }): Promise<Vetted> {
    this.#hosts += 1;
    const number = this.#hosts;
    const alive = this.#benches.filter(({ connected }) => connected);
    const bench = alive[number % alive.length];
    if (bench === undefined) return Promise.reject(new Error("no bench is left"));
    return new Promise((done, broke) => {
      this.#waiting.set(number, { bench, done, broke });
      const order: BenchOrder = { kind: "vet", id, number };
      bench.send(order);
    });
  }

  #take(answer: BenchAnswer): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if (answer.kind === "run") waiting?.done(answer.vetted);
    else waiting?.broke(new Error(answer.why));
  }

  #giveUp(bench: ChildProcess, why: string): void {
    for (const [number, waiting] of this.#waiting) {
      if (waiting.bench !== bench) continue;
      this.#waiting.delete(number);
      waiting.broke(new Error(why));
    }
  }
}

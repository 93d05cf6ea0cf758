import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runAgent } from "../../agent/agent.ts";
import { createClock, DEFAULT_TIMING, pause, type Timing } from "../../agent/clock.ts";
import { createSensorSource, type ReadSensors } from "../../agent/sensor-source.ts";
import { catalogue, STAGE_DEFINITIONS } from "../../agent/stages/index.ts";
import type { StageClock, StageDefinition } from "../../agent/stages/stage.ts";
import type { RunCommand } from "../../agent/tools/command.ts";
import { createHostFiles } from "../../agent/tools/host-files.ts";
import { lookPathIn } from "../../agent/tools/look-path.ts";
import { endLeftovers } from "../../agent/tools/process-group.ts";
import { createRunCommand } from "../../agent/tools/run-command.ts";
import type { StageName } from "../../contract/stages.ts";
import type { Injection, Moment, Scene } from "./fault-row.ts";
import { FAKE_TOOLS, LAB_PATH, type LabHost } from "./lab-host.ts";
import { plainAnswer } from "./plain-answers.ts";

/** The agent's rhythms of the lab: several readings a pass of a second. */
const TIMING: Timing = {
  ...DEFAULT_TIMING,
  flushMs: 100,
  sensorMs: 400,
  farewellMs: 1,
  settleMs: 60_000,
  budgetMarginS: 120,
};
/** From here on stages wait for what takes minutes on a real host; in the lab it is over in a second. */
const LONGEST_SLEEP_S = 3;
const SHORT_SLEEP_S = 1;

/**
 * The real agent with the real stages on a host of the lab: fake programs are all that is on its path, and /sys,
 * /proc and /dev are the host's own. It lives in the test's process; what it starts are processes.
 */
export class LabAgent {
  readonly #host: LabHost;
  readonly #labUrl: string;
  readonly #injection: Injection;
  readonly #scene: Scene;
  readonly #due: Moment[];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #awaited: { moment: Moment; readings: number }[] = [];
  #stage: StageName | null = null;
  #clockAheadMs = 0;
  #boot = { id: "", token: "" };
  #stopped = new AbortController();
  #life: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(host: LabHost, labUrl: string, injection: Injection) {
    this.#host = host;
    this.#labUrl = labUrl;
    this.#injection = injection;
    this.#due = [...(injection.during ?? [])];
    this.#scene = {
      host,
      restartAgent: () => this.#again(async () => {}),
      resetHost: () => this.#again(() => this.netboot()),
      setClock: (seconds) => {
        this.#clockAheadMs = seconds * 1000;
      },
    };
  }

  /** The host boots over the network: its script, its token, an empty state folder. */
  async netboot(): Promise<void> {
    const { facts, root } = this.#host;
    const query = new URLSearchParams({ mac: facts.nics[0]?.mac ?? "", uuid: facts.uuid });
    const answer = await fetch(`${this.#labUrl}/boot.ipxe?${query}`);
    const script = await answer.text();
    const token = /\bvetting\.boot=(\S+)/.exec(script)?.[1];
    if (token === undefined) throw new Error(`no boot script for ${facts.hostname}: ${script}`);
    this.#boot = { id: randomUUID(), token };
    rmSync(this.#stateDir, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
  }

  start(): void {
    this.#stopped = new AbortController();
    this.#life = this.#run(this.#stopped.signal);
  }

  /** Ends the agent with all that it runs. */
  async stop(): Promise<void> {
    this.#over = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#stopped.abort();
    await this.#life;
  }

  get #stateDir(): string {
    return join(this.#host.folder, "agent");
  }

  /** The agent goes, in the middle of what it does; then it or a new boot of the host is there again. */
  #again(between: () => Promise<void>): void {
    const before = this.#life;
    this.#stopped.abort();
    this.#life = before.then(async () => {
      await between();
      if (this.#over) return;
      this.start();
      await this.#life;
    });
  }

  #run(signal: AbortSignal): Promise<0 | 1> {
    const { folder, root, facts } = this.#host;
    const files = createHostFiles(root);
    const owner = `lab-${process.pid}-${facts.serial}`;
    const run = this.#watched(this.#runCommand(owner));
    return runAgent({
      config: {
        consoleUrl: this.#labUrl,
        bootToken: this.#boot.token,
        mac: facts.nics[0]?.mac ?? "",
        bootId: this.#boot.id,
        stateDir: this.#stateDir,
        // Power, disks and sshd: all of them are fakes of this host.
        liveImage: this.#injection.destructive ?? false,
      },
      stages: Object.values(STAGE_DEFINITIONS).map((stage) => this.#announced(stage)),
      catalogue: catalogue(),
      run,
      files,
      clock: this.#clock(),
      timing: TIMING,
      readSensors: this.#counted(createSensorSource({ files, run })),
      endMarked: () => endLeftovers(owner),
      signal,
      print: () => {},
      places: {
        monitor: join(folder, "tty1"),
        motd: join(folder, "motd"),
        unitFolder: join(folder, "units"),
        sshAnswers: () => Promise.resolve(true),
      },
    });
  }

  #clock(): StageClock {
    const clock = createClock({ wallMs: () => Date.now() + this.#clockAheadMs });
    return {
      ...clock,
      sleep: (seconds, signal) =>
        pause((seconds < LONGEST_SLEEP_S ? seconds : SHORT_SLEEP_S) * 1000, signal),
    };
  }

  #runCommand(owner: string): RunCommand {
    const { folder, bin } = this.#host;
    const { missing = [], patienceS } = this.#injection;
    const path = `${bin}:${LAB_PATH}`;
    const find = lookPathIn(path);
    const lookPath = (tool: string) => (missing.includes(tool) ? null : find(tool));
    const run = createRunCommand({ owner, path, lookPath });
    const env = {
      FAKE_TOOLS,
      FAKE_HOST_DIR: folder,
      FAKE_SELF_TEST_SECONDS: "1",
    };
    return (tool, args, options = {}) => {
      const plain = plainAnswer(lookPath(tool), args, folder);
      if (plain !== null) return Promise.resolve(plain);
      const limit = patienceS === undefined ? {} : { timeoutS: patienceS };
      return run(tool, args, { ...options, ...limit, env: { ...env, ...options.env } });
    };
  }

  #announced(stage: StageDefinition): StageDefinition {
    return {
      ...stage,
      run: (ctx) => {
        this.#stage = stage.name;
        this.#comes(stage.name, undefined);
        return stage.run(ctx);
      },
    };
  }

  /** Sees programs start, so that a fault comes when the part is under load. */
  #watched(run: RunCommand): RunCommand {
    return (tool, args, options) => {
      if (this.#stage !== null && !args.includes("--version")) this.#comes(this.#stage, tool);
      return run(tool, args, options);
    };
  }

  #comes(stage: StageName, tool: string | undefined): void {
    for (const moment of this.#due.filter((one) => one.stage === stage && one.tool === tool)) {
      this.#due.splice(this.#due.indexOf(moment), 1);
      if (moment.afterReadings !== undefined) {
        this.#awaited.push({ moment, readings: moment.afterReadings });
      } else if (moment.afterMs === undefined) {
        moment.does(this.#scene);
      } else {
        this.#timers.add(setTimeout(() => moment.does(this.#scene), moment.afterMs));
      }
    }
  }

  /** Sees the sensors read. A reading that began before its moment was awaited counts not. */
  #counted(read: ReadSensors): ReadSensors {
    return async (signal) => {
      const counting = [...this.#awaited];
      const readings = await read(signal);
      for (const one of counting) {
        one.readings -= 1;
        if (one.readings === 0) one.moment.does(this.#scene);
      }
      return readings;
    };
  }
}

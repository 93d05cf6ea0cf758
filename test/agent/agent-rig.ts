import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import { type AgentDeps, runAgent } from "../../agent/agent.ts";
import { systemClock, type Timing } from "../../agent/clock.ts";
import type { AgentConfig } from "../../agent/config.ts";
import type { LivePlaces } from "../../agent/live-places.ts";
import type { StageContext, StageDefinition, StageReport } from "../../agent/stages/stage.ts";
import type { CommandResult, RunCommand } from "../../agent/tools/command.ts";
import { createHostFiles } from "../../agent/tools/host-files.ts";
import { stageParamsSchemas } from "../../contract/stage-params.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import { FakeConsole } from "./fake-console.ts";

/** The agent's rhythms, shortened so that a run of eleven stages takes a fraction of a second. */
export const FAST: Timing = {
  flushMs: 15,
  sensorMs: 15,
  retryBaseMs: 5,
  retryCapMs: 20,
  refusedRetryMs: 20,
  requestTimeoutMs: 2000,
  settleMs: 300,
  finalFlushMs: 500,
  farewellMs: 1,
  budgetMarginS: 0,
};

export const PASSED: StageReport = {
  status: "complete",
  result: "pass",
  summary: "all is well",
  proof: [{ what: "part", requestedS: 1, elapsedS: 1, work: 10, unit: "1" }],
};

// The machine may be busy with other tests: waiting ends with the condition, so a long limit costs nothing.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Asks again and again until the expectation holds. */
export function eventually<T>(read: () => T) {
  return expect.poll(read, { timeout: 20_000, interval: 20 });
}

export type StageRun = (ctx: StageContext) => Promise<StageReport>;

/** Eleven stages that pass, but for those that the test writes itself. */
export function stages(own: Partial<Record<StageName, StageRun>> = {}): StageDefinition[] {
  return STAGES.map((name) => ({
    name,
    title: name,
    tools: [],
    paramsSchema: stageParamsSchemas[name] as StageDefinition["paramsSchema"],
    measurements: [],
    run: own[name] ?? (() => Promise.resolve(PASSED)),
  }));
}

/** Waits until the stage's signal aborts, as a stage does whose tool is ended. */
export function untilAborted(ctx: StageContext): Promise<void> {
  return new Promise((resolve) => {
    if (ctx.signal.aborted) resolve();
    else ctx.signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** A host on which every program is missing or says what the test wants. */
export function fakeRun(
  calls: string[],
  programs: Record<string, (args: readonly string[]) => Partial<CommandResult>> = {},
): RunCommand {
  return async (tool, args) => {
    calls.push([tool, ...args].join(" "));
    const program = programs[tool];
    const base = {
      tool,
      args,
      signal: null,
      stdout: "",
      stderr: "",
      truncated: false,
      elapsedS: 0,
    };
    if (program === undefined) return { ...base, outcome: "tool-missing", exitCode: null };
    return { ...base, outcome: "exited", exitCode: 0, ...program(args) };
  };
}

export interface Rig {
  readonly console: FakeConsole;
  readonly stateDir: string;
  readonly printed: string[];
  /** Programs that were called through the fake host. */
  readonly calls: string[];
  /** The monitor, greeting and units of the host; sshd always answers. */
  readonly places: LivePlaces;
  /** Starts an agent; several may follow each other on the same state folder. */
  start(options?: Partial<Omit<AgentDeps, "config">> & { config?: Partial<AgentConfig> }): Running;
}

export interface Running {
  readonly exitCode: Promise<0 | 1>;
  /** As SIGTERM does. */
  stop(): Promise<0 | 1>;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "vetting-agent-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A console and a host for one test. */
export async function createRig(): Promise<Rig> {
  const folder = temporaryFolder();
  const stateDir = join(folder, "state");
  const host = temporaryFolder();
  const places: LivePlaces = {
    monitor: join(folder, "tty1"),
    motd: join(folder, "motd"),
    unitFolder: join(folder, "units"),
    sshAnswers: () => Promise.resolve(true),
  };
  const console = await new FakeConsole().start();
  const running: Running[] = [];
  const printed: string[] = [];
  const calls: string[] = [];
  onTestFinished(async () => {
    await Promise.all(running.map((agent) => agent.stop()));
    await console.stop();
  });
  return {
    console,
    stateDir,
    printed,
    calls,
    places,
    start: ({ config, ...deps } = {}) => {
      const stopped = new AbortController();
      const exitCode = runAgent({
        config: {
          consoleUrl: console.url,
          bootToken: "boot-token-0001",
          mac: "52:54:00:12:34:56",
          bootId: "boot-1",
          stateDir,
          liveImage: false,
          ...config,
        },
        stages: stages(),
        catalogue: { stages: [] },
        run: fakeRun(calls),
        files: createHostFiles(host),
        clock: systemClock,
        timing: FAST,
        readSensors: () =>
          Promise.resolve([
            { sensor: "cpu.package.temp", value: 61.5, unit: "Cel", critical: 100 },
          ]),
        endMarked: () => 0,
        signal: stopped.signal,
        print: (line) => printed.push(line),
        places,
        ...deps,
      });
      const agent: Running = {
        exitCode,
        stop: () => {
          stopped.abort();
          return exitCode;
        },
      };
      running.push(agent);
      return agent;
    },
  };
}

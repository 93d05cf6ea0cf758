import type { Catalogue } from "../contract/agent-api.ts";
import { createPost } from "./api-client.ts";
import { createFetchBootToken } from "./boot-token.ts";
import { type ClaimDeps, type ClaimOutcome, claimRun } from "./claim.ts";
import { pause, type Timing } from "./clock.ts";
import type { AgentConfig } from "./config.ts";
import { Control, type Ending } from "./control.ts";
import { conclude } from "./final-command.ts";
import { readIdentity } from "./host-identity.ts";
import { SessionLedger } from "./leftovers.ts";
import { LIVE_PLACES, type LivePlaces } from "./live-places.ts";
import { Monitor } from "./monitor.ts";
import { createRedact } from "./redact.ts";
import { RunScreen } from "./run-screen.ts";
import { RunSession } from "./run-session.ts";
import type { ReadSensors } from "./sensor-source.ts";
import { Spool } from "./spool.ts";
import type { StageClock, StageDefinition } from "./stages/stage.ts";
import { openStateDir, readClaimRecord } from "./state-dir.ts";
import type { HostFiles, RunCommand } from "./tools/command.ts";
import { type StopReason, Transport } from "./transport.ts";
import { AGENT_VERSION } from "./version.ts";

export interface AgentDeps {
  readonly config: AgentConfig;
  readonly stages: readonly StageDefinition[];
  readonly catalogue: Catalogue;
  readonly run: RunCommand;
  readonly files: HostFiles;
  readonly clock: StageClock;
  readonly timing: Timing;
  readonly readSensors: ReadSensors;
  /** Ends what still carries the mark of this agent or of an earlier one; how many were killed. */
  readonly endMarked: () => number;
  /** Aborts on SIGTERM. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  /** What the agent writes to in the live image; tests name their own. */
  readonly places?: LivePlaces;
}

/** The agent's whole life on one boot of a host. @returns the exit code. */
export async function runAgent(deps: AgentDeps): Promise<0 | 1> {
  const { config, print, timing, signal } = deps;
  openStateDir(config.stateDir);
  const ledger = new SessionLedger(config.stateDir);
  const killed = ledger.endLeftovers() + deps.endMarked();
  if (killed > 0) print(`Ended ${killed} processes that an earlier agent had left running.`);
  print(`Agent ${AGENT_VERSION} for ${config.mac} at ${config.consoleUrl}.`);

  const post = createPost(config.consoleUrl, timing.requestTimeoutMs);
  const fetchBootToken = createFetchBootToken(config.consoleUrl, config.mac);
  const { catalogue, places = LIVE_PLACES } = deps;
  const now = () => deps.clock.now();
  const monitor = config.liveImage
    ? new Monitor({ run: deps.run, now, device: places.monitor })
    : null;
  const show = monitor === null ? null : monitor.show.bind(monitor);
  const identity = await readIdentity(config, deps.files);
  const redact = createRedact(() => [config.bootToken]);
  const screen = new RunScreen({ identity, consoleUrl: config.consoleUrl, now, redact, show });
  screen.claiming(null);
  let claiming = true;
  const claimPrint = (line: string) => {
    print(line);
    if (claiming) screen.claiming(line);
  };
  const claimDeps: ClaimDeps = {
    ...{ post, config, catalogue, timing, fetchBootToken },
    print: claimPrint,
  };
  const taken = await takeRun(deps, claimDeps);
  claiming = false;
  if (taken.kind === "stopped") {
    await monitor?.stop();
    return 0;
  }
  const run = ledger.recording(deps.run);
  if (taken.kind === "dead") {
    const ending: Ending = { kind: "command", command: taken.do, why: taken.detail };
    screen.ends(ending, false);
    const end = await conclude(ending, { ...deps, ...config, announce: async () => {} });
    if (end.powerGoes) await pause(timing.finalFlushMs, signal);
    await monitor?.stop();
    return end.exitCode;
  }

  const control = new Control();
  const stop = () => control.end({ kind: "stopped" });
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  const session = new RunSession(
    { ...deps, run, ledger, claimDeps, control, identity, places, screen },
    taken.claim,
  );
  const ending = await session.walk();
  screen.ends(ending, control.cancelled.aborted);
  const end = await conclude(ending, {
    liveImage: config.liveImage,
    run: deps.run,
    files: deps.files,
    announce: (command) => session.announce(command),
    print: (line) => session.say(line),
  });
  await session.close();
  await monitor?.stop();
  if (end.powerGoes) await pause(timing.finalFlushMs, signal);
  return end.exitCode;
}

/**
 * Claims the run, or takes it up again. What an earlier agent of this boot left in the spool goes out first, under
 * its old token: a result among it moves the run, and the claim then tells where to.
 */
async function takeRun(deps: AgentDeps, claimDeps: ClaimDeps): Promise<ClaimOutcome> {
  const { config, signal, print } = deps;
  const record = readClaimRecord(config);
  if (record !== null) {
    print(`Taking up run ${record.runId} again.`);
    const dead = await drain(deps, claimDeps, record.runId, record.runToken);
    if (dead !== null) return dead;
  }
  return claimRun(claimDeps, record?.runToken ?? null, signal);
}

async function drain(
  { config, timing, print, signal }: AgentDeps,
  { post }: ClaimDeps,
  runId: number,
  runToken: string,
): Promise<ClaimOutcome | null> {
  const spool = new Spool(config.stateDir, runId, { onProblem: print });
  let stopped: StopReason | null = null;
  const transport = new Transport({
    post,
    spool,
    timing,
    print,
    runToken: () => runToken,
    // The claim that follows is the new one.
    reauthorise: () => Promise.resolve(false),
    onSensorAnswer: () => {},
    onStop: (reason) => {
      stopped = reason;
    },
  });
  if (spool.entries.length > 0) print(`${spool.entries.length} posts wait in the spool.`);
  transport.start();
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([transport.drained(), ended]);
  await transport.stop();
  spool.close();
  if (signal.aborted) return { kind: "stopped" };
  const why = stopped as StopReason | null;
  return why?.kind === "dead" ? { kind: "dead", do: why.do, detail: why.detail } : null;
}

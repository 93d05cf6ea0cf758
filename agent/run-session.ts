import {
  type ClaimResponse,
  inventoryResponseSchema,
  type LogLevel,
} from "../contract/agent-api.ts";
import { inventorySchema } from "../contract/inventory.ts";
import type { StageName } from "../contract/stages.ts";
import { BurnReadings } from "./burn-readings.ts";
import type { ClaimDeps } from "./claim.ts";
import { aborted, pause, type Timing } from "./clock.ts";
import type { AgentConfig } from "./config.ts";
import type { Control, Ending } from "./control.ts";
import { captureEvidence, captureResetEvidence, type Evidence } from "./evidence.ts";
import { Heartbeat } from "./heartbeat.ts";
import { endInvestigation, openForInvestigation } from "./hold.ts";
import type { SessionLedger } from "./leftovers.ts";
import { createRedact, redactOutcome } from "./redact.ts";
import { RunLog, type UnnumberedLine } from "./run-log.ts";
import { RunToken } from "./run-token.ts";
import { RunWalk } from "./run-walk.ts";
import { SensorMux } from "./sensor-mux.ts";
import type { ReadSensors } from "./sensor-source.ts";
import { Spool } from "./spool.ts";
import { runAttempt } from "./stage-runner.ts";
import type { StageClock, StageDefinition } from "./stages/stage.ts";
import type { HostFiles, RunCommand } from "./tools/command.ts";
import { Transport } from "./transport.ts";

export interface RunSessionDeps {
  readonly config: AgentConfig;
  readonly control: Control;
  readonly claimDeps: ClaimDeps;
  readonly stages: readonly StageDefinition[];
  readonly run: RunCommand;
  readonly files: HostFiles;
  readonly clock: StageClock;
  readonly timing: Timing;
  readonly readSensors: ReadSensors;
  readonly ledger: SessionLedger;
  readonly endMarked: () => number;
  readonly print: (line: string) => void;
}

/** The last minute of samples is evidence. */
const EVIDENCE_SAMPLES_S = 60;
const LEDGER_TOUCH_MS = 2000;

/** A claimed run: joins spool, transport, heartbeat, samples, log and the walk, and ends them in order. */
export class RunSession {
  readonly #deps: RunSessionDeps;
  readonly #claim: ClaimResponse;
  readonly #spool: Spool;
  readonly #transport: Transport;
  readonly #heartbeat: Heartbeat;
  readonly #mux: SensorMux;
  readonly #log: RunLog;
  readonly #token: RunToken;
  readonly #walk: RunWalk;
  readonly #touch: NodeJS.Timeout;
  #droppedTold = 0;

  constructor(deps: RunSessionDeps, claim: ClaimResponse) {
    const { config, control, claimDeps, timing, clock, print } = deps;
    this.#deps = deps;
    this.#claim = claim;
    const redact = createRedact(() => [this.#token.value, config.bootToken]);
    const say = (line: string) => print(redact(line));
    const spool = new Spool(config.stateDir, claim.runId, { onProblem: say });
    this.#spool = spool;
    this.#token = new RunToken(
      { claimDeps, control, onClaim: ({ nextSequence }) => spool.reserve(nextSequence) },
      claim,
    );
    this.#transport = new Transport({
      post: claimDeps.post,
      spool: this.#spool,
      timing,
      runToken: () => this.#token.value,
      reauthorise: () => this.#token.reauthorise(),
      onSensorAnswer: (answer) =>
        control.onSensorAnswer(answer, (sensor) => this.#mux.unitOf(sensor)),
      onStop: (reason) => this.#onStop(reason),
      print: say,
    });
    const now = () => clock.now();
    this.#log = new RunLog({
      now,
      redact,
      flushMs: timing.flushMs,
      send: (lines) => this.#sendLines(lines),
    });
    this.#mux = new SensorMux({
      now,
      flushMs: timing.flushMs,
      send: (samples) => {
        void this.#transport.send("sensor", samples.length, (first) => ({
          samples: samples.map((sample, index) => ({ sequence: first + index, ...sample })),
        }));
        this.#tellDropped();
      },
      onUnfit: (sensor, why) =>
        this.#say(null, "warn", `${sensor.slice(0, 128)} is not sampled: ${why}.`),
    });
    this.#heartbeat = new Heartbeat({
      post: claimDeps.post,
      bootId: config.bootId,
      runToken: () => this.#token.value,
      stage: () => control.stage,
      droppedSamples: () => this.#droppedSamples(),
      intervalMs: claim.heartbeatSeconds * 1000,
      mark: () => control.mark(),
      onAnswer: (answer, askedAt) => control.onHeartbeat(answer, askedAt),
      onDead: (todo, detail) => this.#onStop({ kind: "dead", do: todo, detail }),
      reauthorise: () => this.#token.reauthorise(),
      onUnauthorised: (detail) => this.#onStop({ kind: "unauthorised", detail }),
      print: say,
    });
    this.#walk = this.#createWalk(redact);
    this.#touch = setInterval(() => deps.ledger.touch(), LEDGER_TOUCH_MS);
  }

  /** Works until the end is decided, and hands in what is left to say before it. */
  async walk(): Promise<Ending> {
    const { control, timing } = this.#deps;
    const { runId, profile, currentState, nonDestructive } = this.#claim;
    const writes = nonDestructive ? "non-destructive" : "destructive";
    this.#say(null, "info", `Run ${runId} claimed: ${profile}, ${writes}, at ${currentState}.`);
    this.#transport.start();
    this.#heartbeat.start();
    await this.#walk.walk();
    const ending = control.ending ?? { kind: "stopped" };
    this.#mux.flush();
    this.#log.flush();
    if (ending.kind === "command") {
      await Promise.race([this.#transport.drained(), pause(timing.finalFlushMs)]);
    }
    return ending;
  }

  /** A word of the agent's own, for the run's log and the host's journal. */
  say(line: string): void {
    this.#say(null, "info", line);
  }

  announce(command: "reboot" | "power_off"): Promise<boolean> {
    return this.#heartbeat.announce(command);
  }

  /** Ends every loop; what the console has not taken stays in the spool. */
  async close(): Promise<void> {
    clearInterval(this.#touch);
    this.#mux.flush();
    this.#log.flush();
    this.#mux.stop();
    this.#log.stop();
    await Promise.all([this.#heartbeat.stop(), this.#transport.stop()]);
    this.#spool.close();
  }

  #createWalk(redact: (text: string) => string): RunWalk {
    const deps = this.#deps;
    const evidenceDeps = { ...deps, redact };
    const { control, config, clock, timing } = deps;
    const say = (stage: StageName | null, level: LogLevel, text: string, source?: string) =>
      this.#say(stage, level, text, source);
    const postEvidence = (stage: StageName | null, evidence: Evidence) => {
      void this.#transport.send("evidence", 1, (sequence) => ({ sequence, stage, ...evidence }));
    };
    const holdDeps = {
      liveImage: config.liveImage,
      run: deps.run,
      sshKeys: this.#claim.sshKeys,
      log: (level: "info" | "warn", text: string) => say(null, level, text),
    };
    const walk: RunWalk = new RunWalk(
      {
        control,
        timing,
        now: () => clock.now(),
        runAttempt: (stage, facts) =>
          runAttempt(
            {
              ...deps,
              liveImage: config.liveImage,
              log: say,
              sample: (at, reading) => this.#mux.add(at, reading),
              postInventory: (inventory) => {
                // A document that the console would refuse is the stage's mistake, and belongs into its outcome.
                const fit = inventorySchema.parse(inventory);
                walk.learnInventory(fit);
                void this.#transport
                  .send("inventory", 1, (sequence) => ({ sequence, inventory: fit }))
                  .then((delivery) => {
                    if (delivery.kind !== "stored") return;
                    walk.learnSpec(inventoryResponseSchema.parse(delivery.body).spec);
                  });
              },
              postFirmware: (components) => {
                walk.learnFirmware(components);
                void this.#transport.send("firmware", 1, (sequence) => ({ sequence, components }));
              },
              postEvidence: (at, evidence) =>
                postEvidence(at, { ...evidence, text: redact(evidence.text) }),
              endStrays: () => deps.endMarked(),
            },
            stage,
            facts,
          ),
        captureEvidence: ({ readings, toolOutput }, signal) =>
          captureEvidence(
            { ...evidenceDeps, signal },
            { samples: readings.csv(EVIDENCE_SAMPLES_S), toolOutput },
          ),
        captureResetEvidence: (signal) => captureResetEvidence({ ...evidenceDeps, signal }),
        postEvidence,
        postResult: (outcome) => {
          this.#mux.flush();
          this.#log.flush();
          const clean = redactOutcome(outcome, redact);
          return this.#transport.send("result", 1, (sequence) => ({ sequence, ...clean }));
        },
        askState: async () => {
          // What is still under way may name a stage, and would be taken for the begin of an overridden attempt.
          await Promise.race([this.#transport.drained(), aborted(control.ended)]);
          return this.#token.askState();
        },
        openForInvestigation: () => openForInvestigation(holdDeps),
        endInvestigation: () => endInvestigation(holdDeps),
        burnReadings: new BurnReadings(config.stateDir, this.#claim.runId),
        poke: () => this.#heartbeat.poke(),
        log: say,
      },
      this.#claim,
    );
    return walk;
  }

  #onStop(
    reason:
      | { kind: "dead"; do: "power_off" | "reboot"; detail: string }
      | { kind: "unauthorised"; detail: string },
  ): void {
    const { control } = this.#deps;
    if (reason.kind === "unauthorised") control.end(reason);
    else control.end({ kind: "command", command: reason.do, why: reason.detail });
  }

  #droppedSamples(): number {
    return this.#mux.dropped + this.#transport.lostSamples;
  }

  #tellDropped(): void {
    const dropped = this.#droppedSamples();
    if (dropped === this.#droppedTold) return;
    this.#say(
      null,
      "warn",
      `${dropped - this.#droppedTold} samples were dropped: the console did not take them in time.`,
    );
    this.#droppedTold = dropped;
  }

  #sendLines(lines: readonly UnnumberedLine[]): void {
    void this.#transport.send("log", lines.length, (first) => ({
      lines: lines.map((line, index) => ({ sequence: first + index, ...line })),
    }));
  }

  #say(stage: StageName | null, level: LogLevel, text: string, source = "agent"): void {
    this.#log.add(stage, level, text, source);
    if (source === "agent" && level !== "debug") this.#deps.print(`${stage ?? "-"}: ${text}`);
  }
}

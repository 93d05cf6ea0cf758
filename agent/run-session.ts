import type { ClaimResponse, LogLevel } from "../contract/agent-api.ts";
import type { StageName } from "../contract/stages.ts";
import { pause } from "./clock.ts";
import type { Ending } from "./control.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { Hold } from "./hold.ts";
import { takeNetworkTurn } from "./network-turns.ts";
import { createRedact, type Redact } from "./redact.ts";
import { RunLog, type UnnumberedLine } from "./run-log.ts";
import { RunToken } from "./run-token.ts";
import type { RunWalk } from "./run-walk.ts";
import { SensorMux } from "./sensor-mux.ts";
import {
  createHold,
  createShelf,
  createWalk,
  type RunSessionDeps,
  type SessionParts,
} from "./session-walk.ts";
import { Spool } from "./spool.ts";
import { Transport } from "./transport.ts";

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
  readonly #redact: Redact;
  readonly #hold: Hold;
  readonly #token: RunToken;
  readonly #walk: RunWalk;
  readonly #touch: NodeJS.Timeout;
  #droppedTold = 0;

  constructor(deps: RunSessionDeps, claim: ClaimResponse) {
    const { config, control, claimDeps, timing, clock, print } = deps;
    this.#deps = deps;
    this.#claim = claim;
    const redact = createRedact(() => [this.#token.value, config.bootToken]);
    this.#redact = redact;
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
      access: () => this.#hold.access,
      hold: () => this.#hold.facts,
      intervalMs: claim.heartbeatSeconds * 1000,
      mark: () => control.mark(),
      onAnswer: (answer, askedAt) => control.onHeartbeat(answer, askedAt),
      onDead: (todo, detail) => this.#onStop({ kind: "dead", do: todo, detail }),
      reauthorise: () => this.#token.reauthorise(),
      onUnauthorised: (detail) => this.#onStop({ kind: "unauthorised", detail }),
      onSilence: (words) => deps.screen.notice(words),
      print: say,
    });
    deps.screen.claimed(claim, redact);
    const parts: SessionParts = {
      ...{ deps, claim, redact, transport: this.#transport },
      say: (stage, level, text, source) => this.#say(stage, level, text, source),
      sample: (stage, reading) => this.#mux.add(stage, reading),
      flush: () => this.#flush(),
      askState: () => this.#token.askState(),
      networkTurn: (wish) =>
        takeNetworkTurn({ post: claimDeps.post, runToken: () => this.#token.value, clock }, wish),
      poke: () => this.#heartbeat.poke(),
    };
    const shelf = createShelf(parts);
    this.#hold = createHold(parts, shelf);
    this.#walk = createWalk(parts, this.#hold, shelf);
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
    this.#flush();
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
    this.#flush();
    this.#mux.stop();
    this.#log.stop();
    await Promise.all([this.#heartbeat.stop(), this.#transport.stop()]);
    this.#spool.close();
  }

  #flush(): void {
    this.#mux.flush();
    this.#log.flush();
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
    if (source !== "agent" || level === "debug") return;
    this.#deps.print(this.#redact(`${stage ?? "-"}: ${text}`));
  }
}

import {
  type AgentHeartbeatRequest,
  type AgentHeartbeatResponse,
  agentHeartbeatResponseSchema,
  type HoldFacts,
  type HostAccess,
} from "../contract/agent-api.ts";
import type { StageName } from "../contract/stages.ts";
import type { ApiAnswer, Post } from "./api-client.ts";
import { pause } from "./clock.ts";

export interface HeartbeatDeps {
  readonly post: Post;
  readonly bootId: string;
  readonly runToken: () => string;
  readonly stage: () => StageName | null;
  readonly droppedSamples: () => number;
  /** How to get into the host while it holds. */
  readonly access: () => HostAccess | null;
  readonly hold: () => HoldFacts | null;
  readonly intervalMs: number;
  /** Taken before each heartbeat goes out, and handed back with its answer. */
  readonly mark: () => number;
  readonly onAnswer: (answer: AgentHeartbeatResponse, askedAt: number) => void;
  readonly onDead: (todo: "power_off" | "reboot", detail: string) => void;
  /** The token was refused; false when a new claim did not help. */
  readonly reauthorise: () => Promise<boolean>;
  readonly onUnauthorised: (detail: string) => void;
  /** Told when the console falls silent, in words, and with null when it answers again. */
  readonly onSilence: (words: string | null) => void;
  readonly print: (line: string) => void;
}

/** A console that hangs must not keep the next heartbeat waiting for long. */
const TIMEOUT_MS = 10_000;

/** The sign of life: on its own timer, whatever the stages do, and the way by which orders come. */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  readonly #stopped = new AbortController();
  #wake = new AbortController();
  #loop: Promise<void> | null = null;
  #silent = false;

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#loop ??= this.#beat();
  }

  /** Asks now instead of at the next turn. */
  poke(): void {
    this.#wake.abort();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#wake.abort();
    await this.#loop;
  }

  /** Tells the console that the final command is being carried out: the run's token ends with it. */
  async announce(obeying: "reboot" | "power_off"): Promise<boolean> {
    const answer = await this.#send({ obeying });
    return answer.kind === "ok";
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stopped;
    let claimedAnew = false;
    while (!signal.aborted) {
      const startedMs = performance.now();
      const askedAt = this.#deps.mark();
      const answer = await this.#send({}, signal);
      if (signal.aborted) return;
      if (answer.kind === "ok") {
        claimedAnew = false;
        if (this.#silent) {
          this.#deps.print("The console answers heartbeats again.");
          this.#deps.onSilence(null);
        }
        this.#silent = false;
        this.#deps.onAnswer(answer.body, askedAt);
      } else if (answer.kind === "problem" && answer.status === 410) {
        return this.#deps.onDead(answer.do ?? "power_off", answer.detail);
      } else if (answer.kind === "problem" && answer.status === 401) {
        if (claimedAnew || !(await this.#deps.reauthorise())) {
          return this.#deps.onUnauthorised(answer.detail);
        }
        claimedAnew = true;
      } else {
        const words = answer.kind === "problem" ? answer.detail : answer.message;
        if (!this.#silent) {
          this.#deps.print(`The console does not answer heartbeats: ${words}`);
          this.#deps.onSilence(`The console does not answer: ${words}`);
        }
        this.#silent = true;
      }
      const spentMs = performance.now() - startedMs;
      await pause(Math.max(0, this.#deps.intervalMs - spentMs), this.#wake.signal);
      if (this.#wake.signal.aborted) this.#wake = new AbortController();
    }
  }

  #send(
    extra: Pick<AgentHeartbeatRequest, "obeying">,
    signal?: AbortSignal,
  ): Promise<ApiAnswer<AgentHeartbeatResponse>> {
    const request: AgentHeartbeatRequest = {
      bootId: this.#deps.bootId,
      stage: this.#deps.stage(),
      droppedSamples: this.#deps.droppedSamples(),
      access: this.#deps.access(),
      hold: this.#deps.hold(),
      ...extra,
    };
    return this.#deps.post("heartbeat", JSON.stringify(request), agentHeartbeatResponseSchema, {
      bearer: this.#deps.runToken(),
      timeoutMs: TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

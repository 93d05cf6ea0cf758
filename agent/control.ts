import type { AgentHeartbeatResponse, SensorResponse } from "../contract/agent-api.ts";
import type { StageName } from "../contract/stages.ts";
import { breachSentence } from "../contract/wording/format.ts";

/** Why a stage attempt is ended from outside. */
export type AbortReason =
  /** The console flipped the stage; the words are its own. */
  | { readonly kind: "breach"; readonly reason: string }
  | { readonly kind: "cancelled" }
  /** The agent ends: nothing more is posted for this attempt. */
  | { readonly kind: "ending" };

/** How the agent's work on this run ends. */
export type Ending =
  | { readonly kind: "command"; readonly command: "reboot" | "power_off"; readonly why: string }
  /** SIGTERM: the unit is stopped or restarted; the spool stays. */
  | { readonly kind: "stopped" }
  | { readonly kind: "unauthorised"; readonly detail: string };

/** What the console orders, brought to whatever the agent is doing just then. */
export class Control {
  readonly #ended = new AbortController();
  readonly #cancelled = new AbortController();
  #ending: Ending | null = null;
  #attempt: { readonly stage: StageName; readonly abort: (reason: AbortReason) => void } | null =
    null;
  #hold: { readonly since: number; readonly release: (stage: StageName) => void } | null = null;
  #tick = 0;

  /** Set as soon as the end is decided. */
  get ending(): Ending | null {
    return this.#ending;
  }
  /** Aborts with the end. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }
  /** Aborts when the operator cancelled the run in the middle. */
  get cancelled(): AbortSignal {
    return this.#cancelled.signal;
  }
  /** The stage that runs. */
  get stage(): StageName | null {
    return this.#attempt?.stage ?? null;
  }

  /** An order of events: an answer to a question asked before a hold began says nothing about it. */
  mark(): number {
    this.#tick += 1;
    return this.#tick;
  }

  beginAttempt(stage: StageName, abort: (reason: AbortReason) => void): void {
    this.#attempt = { stage, abort };
    if (this.#ending !== null) abort({ kind: "ending" });
    else if (this.#cancelled.signal.aborted) abort({ kind: "cancelled" });
  }

  endAttempt(): void {
    this.#attempt = null;
  }

  /** Resolves with the stage to enter again, whenever that will be: a hold never expires. */
  waitForOverride(): Promise<StageName> {
    return new Promise((release) => {
      this.#hold = { since: this.mark(), release };
    });
  }

  leaveHold(): void {
    this.#hold = null;
  }

  /** @param askedAt `mark()` taken before the heartbeat was sent. */
  onHeartbeat(answer: AgentHeartbeatResponse, askedAt: number): void {
    switch (answer.cmd) {
      case "continue":
        return;
      case "abort_stage":
        if (answer.stage !== undefined && answer.stage !== this.#attempt?.stage) return;
        this.#attempt?.abort({
          kind: "breach",
          reason: answer.reason ?? "The console aborted the stage.",
        });
        return;
      case "override": {
        const hold = this.#hold;
        if (hold === null || answer.stage === undefined || askedAt < hold.since) return;
        this.#hold = null;
        hold.release(answer.stage);
        return;
      }
      case "cancel_stage":
        this.#attempt?.abort({ kind: "cancelled" });
        this.#cancelled.abort();
        return;
      case "reboot":
      case "power_off":
        this.end({ kind: "command", command: answer.cmd, why: "the console ordered it" });
    }
  }

  /**
   * Every breach that stands for the attempt under way: not empty means that it has failed already.
   * @param unitOf the unit in which a sensor is read; null when it is not known.
   */
  onSensorAnswer({ breaches }: SensorResponse, unitOf: (sensor: string) => string | null): void {
    if (breaches.length === 0) return;
    const words = breaches.map((breach) => breachSentence(breach, unitOf(breach.sensor)));
    this.#attempt?.abort({ kind: "breach", reason: words.join(" ") });
  }

  /** The first end stands. */
  end(ending: Ending): void {
    if (this.#ending !== null) return;
    this.#ending = ending;
    this.#attempt?.abort({ kind: "ending" });
    this.#ended.abort();
  }
}

import type { ClaimResponse } from "../contract/agent-api.ts";
import type { StageName } from "../contract/stages.ts";
import type { Verdict } from "../contract/verdict.ts";
import type { Ending } from "./control.ts";
import type { HeldFailure } from "./held-failure.ts";
import type { HostIdentity } from "./host-identity.ts";
import type { Login, MonitorFacts, StageMark } from "./monitor-screen.ts";
import { type Redact, redactAll } from "./redact.ts";

export interface RunScreenDeps {
  readonly identity: HostIdentity;
  readonly consoleUrl: string;
  readonly now: () => Date;
  readonly redact: Redact;
  /** Shows the facts on the host's own monitor; null where there is none to be written to. */
  readonly show: ((facts: Omit<MonitorFacts, "now">) => void) | null;
}

/** What the run's life means for the host's own monitor. */
export class RunScreen {
  readonly #deps: RunScreenDeps;
  #facts: Omit<MonitorFacts, "now">;
  #redact: Redact;

  constructor(deps: RunScreenDeps) {
    this.#deps = deps;
    this.#redact = deps.redact;
    this.#facts = {
      host: deps.identity,
      run: null,
      consoleUrl: deps.consoleUrl,
      phase: { kind: "claiming", words: null },
      marks: new Map(),
      notice: null,
    };
  }

  claiming(words: string | null): void {
    this.#show({ phase: { kind: "claiming", words } });
  }

  /** @param redact knows the run's token too. */
  claimed({ runId, profile, nonDestructive, hostName }: ClaimResponse, redact: Redact): void {
    this.#redact = redact;
    this.#show({
      host: { ...this.#facts.host, name: hostName ?? null },
      run: { id: runId, profile, nonDestructive },
    });
  }

  stageBegun(stage: StageName): void {
    this.#show({ phase: { kind: "stage", stage, since: this.#deps.now() } });
  }

  stageEnded(stage: StageName, mark: StageMark): void {
    this.#show({ marks: new Map(this.#facts.marks).set(stage, mark) });
  }

  held(failure: HeldFailure): void {
    this.#show({ phase: { kind: "held", failure, login: { kind: "opening" } } });
  }

  login(login: Login): void {
    const { phase } = this.#facts;
    if (phase.kind === "held") this.#show({ phase: { ...phase, login } });
  }

  passed(verdict: Verdict | null): void {
    const next = "The console says what the host does next.";
    this.#show({ phase: { kind: "passed", verdict, next } });
  }

  /** What is wrong beside the run; null when it is well again. */
  notice(notice: string | null): void {
    if (notice !== this.#facts.notice) this.#show({ notice });
  }

  /**
   * The agent ends, and what the host does then. A pass stays one on the screen.
   * @param cancelled the operator cancelled in mid-run; from a hold the order to end says it by itself.
   */
  ends(ending: Ending, cancelled: boolean): void {
    const { phase } = this.#facts;
    const next = nextText(ending);
    if (phase.kind === "passed") this.#show({ phase: { ...phase, next } });
    else if (ending.kind === "command" && (cancelled || phase.kind === "held")) {
      this.#show({ phase: { kind: "cancelled", next } });
    } else if (ending.kind === "command") {
      this.#show({ phase: { kind: "over", why: ending.why, next } });
    } else if (ending.kind === "unauthorised") {
      this.#show({ phase: { kind: "over", why: ending.detail, next } });
    }
  }

  #show(change: Partial<Omit<MonitorFacts, "now">>): void {
    this.#facts = { ...this.#facts, ...redactAll(change, this.#redact) };
    this.#deps.show?.(this.#facts);
  }
}

function nextText(ending: Ending): string {
  switch (ending.kind) {
    case "stopped":
      return "The agent stops.";
    case "unauthorised":
      return "The agent starts anew.";
    case "command":
      return ending.command === "reboot"
        ? "The host reboots into its own system."
        : "The host powers off.";
  }
}

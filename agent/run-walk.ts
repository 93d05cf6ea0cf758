import {
  type ClaimResponse,
  type ResultResponse,
  resultResponseSchema,
} from "../contract/agent-api.ts";
import type { FirmwareRow } from "../contract/firmware.ts";
import type { Inventory } from "../contract/inventory.ts";
import { type RunState, stageNameForState } from "../contract/run-state.ts";
import type { StageOutcome } from "../contract/stage-result.ts";
import type { StageName } from "../contract/stages.ts";
import { aborted, pause, type Timing } from "./clock.ts";
import type { Control } from "./control.ts";
import type { Evidence } from "./evidence.ts";
import type { HeldFailure } from "./held-failure.ts";
import type { Reading } from "./readings.ts";
import type { RunScreen } from "./run-screen.ts";
import { cancelledOutcome, errorReport } from "./stage-outcome.ts";
import type { Attempt, RunFacts } from "./stage-runner.ts";
import type { Delivery } from "./transport.ts";

export interface RunWalkDeps {
  readonly control: Control;
  readonly timing: Timing;
  readonly now: () => Date;
  readonly runAttempt: (stage: StageName, facts: RunFacts) => Promise<Attempt>;
  readonly captureEvidence: (attempt: Attempt, signal: AbortSignal) => Promise<readonly Evidence[]>;
  readonly captureResetEvidence: (signal: AbortSignal) => Promise<readonly Evidence[]>;
  readonly postEvidence: (stage: StageName | null, evidence: Evidence) => void;
  /** Hands in all samples and lines that wait, then the result. */
  readonly postResult: (outcome: StageOutcome) => Promise<Delivery>;
  /** Where the run is by the console's own word; null when the agent ends first. */
  readonly askState: () => Promise<RunState | null>;
  readonly hold: {
    open(failure: HeldFailure): Promise<void>;
    end(): Promise<void>;
    endLeftOver(): Promise<void>;
  };
  readonly screen: Pick<RunScreen, "stageBegun" | "stageEnded" | "held" | "passed">;
  readonly burnReadings: {
    load(): ReadonlyMap<string, readonly Reading[]>;
    save(readings: ReadonlyMap<string, readonly Reading[]>): void;
  };
  /** Asks the console for orders at once. */
  readonly poke: () => void;
  readonly log: (stage: StageName | null, level: "info" | "warn" | "error", text: string) => void;
}

const CANCEL_WHY = "the operator cancelled the run";

/** Walks a run from the state that the claim named: stage after stage, into holds and out of them, to its end. */
export class RunWalk {
  readonly #deps: RunWalkDeps;
  readonly #claim: ClaimResponse;
  #inventory: Inventory | null;
  #spec: ClaimResponse["spec"];
  #firmware: readonly FirmwareRow[] | null;
  /** Why the run holds, or would. */
  #failure: HeldFailure;
  /** The stage that a cancel refers to when none runs. */
  #lastStage: StageName = "Inventory";

  constructor(deps: RunWalkDeps, claim: ClaimResponse) {
    this.#deps = deps;
    this.#claim = claim;
    this.#inventory = claim.inventory;
    this.#spec = claim.spec;
    this.#firmware = claim.firmware;
    this.#failure = { stage: claim.failedStage ?? null, reason: claim.holdReason, blame: [] };
  }

  /** What a stage has found is known to those after it. */
  learnInventory(inventory: Inventory): void {
    this.#inventory = inventory;
  }
  /** A host known by its MAC alone gets its spec only when the console knows what it is. */
  learnSpec(spec: ClaimResponse["spec"]): void {
    this.#spec = spec;
  }
  learnFirmware(rows: readonly FirmwareRow[]): void {
    this.#firmware = rows;
  }

  /** Resolves when the end is decided: by the console, the operator or a signal. */
  async walk(): Promise<void> {
    const { control, log } = this.#deps;
    if (this.#claim.collectResetEvidence) await this.#collectReset();
    let state: RunState | null = this.#claim.currentState;
    if (state !== "FailedHolding") await this.#deps.hold.endLeftOver();
    let recheck = false;
    while (control.ending === null && state !== null) {
      if (control.cancelled.aborted) return this.#cancel(this.#lastStage);
      const stage = stageNameForState(state);
      if (stage !== null) {
        ({ state, recheck } = await this.#walkStage(stage));
      } else if (state === "FailedHolding") {
        state = await this.#hold(recheck);
      } else {
        log(null, "info", `The run is ${state}.`);
        this.#deps.poke();
        await aborted(AbortSignal.any([control.ended, control.cancelled]));
      }
    }
  }

  /** @returns the state after the stage; `recheck`: it must be asked for, as it may have changed meanwhile. */
  async #walkStage(stage: StageName): Promise<{ state: RunState | null; recheck: boolean }> {
    const { control, log, screen } = this.#deps;
    const over = { state: null, recheck: false };
    this.#lastStage = stage;
    screen.stageBegun(stage);
    const attempt = await this.#deps.runAttempt(stage, this.#facts());
    if (stage === "Burn") this.#deps.burnReadings.save(attempt.readings.all());
    let outcome = attempt.outcome;
    if (outcome === null || control.ending !== null) return over;
    const failed = outcome.status === "error" || outcome.result === "fail";
    const { summary, reason = summary, blame } = outcome;
    this.#failure = { stage, reason, blame };
    if (failed) await this.#evidence(stage, attempt);
    if (control.ending !== null) return over;
    if (outcome.status === "cancelled" || control.cancelled.aborted) {
      await this.#cancel(stage, outcome);
      return over;
    }
    let delivery = await this.#deliver(outcome);
    if (delivery.kind === "refused") {
      // Without any result the run would stay in this stage for good.
      log(stage, "error", `The console refused the result of ${stage}: ${delivery.detail}`);
      const { startedAt, endedAt } = outcome;
      const report = errorReport(
        `The console could not read the stage's result: ${delivery.detail}`.slice(0, 2000),
      );
      outcome = {
        stage,
        startedAt,
        endedAt,
        proof: [],
        measurements: [],
        gaps: [],
        blame: [],
        toolVersions: {},
        ...report,
      };
      delivery = await this.#deliver(outcome);
    }
    switch (delivery.kind) {
      case "stored": {
        const { nextState, judged, verdict } = resultResponseSchema.parse(
          delivery.body,
        ) satisfies ResultResponse;
        if (judged !== undefined) {
          this.#failure = { ...this.#failure, reason: judged };
          log(null, "warn", `The console judged ${stage} otherwise: ${judged}`);
        }
        const skipped = outcome.status === "skipped" ? "skipped" : "passed";
        screen.stageEnded(stage, nextState === "FailedHolding" ? "failed" : skipped);
        if (nextState === "Passed") screen.passed(verdict ?? null);
        const judgedFail = nextState === "FailedHolding" && !failed;
        if (judgedFail) await this.#evidence(stage, attempt);
        // An override given while that evidence was on its way may have been taken for begun.
        return { state: nextState, recheck: judgedFail };
      }
      case "conflict":
        this.#failure = { stage, reason: delivery.detail, blame: [] };
        log(null, "error", `The console expected another stage than ${stage}: ${delivery.detail}`);
        return { state: "FailedHolding", recheck: true };
      case "refused":
        this.#failure = { stage, reason: delivery.detail, blame: [] };
        return { state: "FailedHolding", recheck: true };
      case "dead":
      case "stopped":
        return over;
    }
  }

  /** The console may be away for long; the end of the agent is not kept waiting by it. */
  async #deliver(outcome: StageOutcome): Promise<Delivery> {
    const over = aborted(this.#deps.control.ended).then((): Delivery => ({ kind: "stopped" }));
    return Promise.race([this.#deps.postResult(outcome), over]);
  }

  #facts(): RunFacts {
    return {
      claim: { ...this.#claim, spec: this.#spec },
      inventory: this.#inventory,
      firmware: this.#firmware,
      burnReadings: this.#deps.burnReadings.load(),
    };
  }

  async #evidence(stage: StageName, attempt: Attempt): Promise<void> {
    const { control, log } = this.#deps;
    const signal = AbortSignal.any([control.ended, control.cancelled]);
    try {
      for (const evidence of await this.#deps.captureEvidence(attempt, signal)) {
        if (!signal.aborted) this.#deps.postEvidence(stage, evidence);
      }
    } catch (error) {
      log(null, "error", `Evidence could not be captured: ${String(error)}`);
    }
  }

  async #collectReset(): Promise<void> {
    for (const evidence of await this.#deps.captureResetEvidence(this.#deps.control.ended)) {
      this.#deps.postEvidence(null, evidence);
    }
  }

  /** Parks until an operator overrides, for as long as it takes. */
  async #hold(recheck: boolean): Promise<RunState | null> {
    const { control, log, hold, screen } = this.#deps;
    const override = control.waitForOverride();
    const ended = AbortSignal.any([control.ended, control.cancelled]);
    // Nothing said on a hold may name a stage: the console would take it for the beginning of an overridden attempt.
    log(null, "warn", "The run holds: waiting for an override.");
    if (recheck) {
      const state = await Promise.race([this.#deps.askState(), override, aborted(ended)]);
      if (state !== "FailedHolding") {
        control.leaveHold();
        return state ?? "FailedHolding";
      }
    }
    screen.held(this.#failure);
    const opened = hold.open(this.#failure).catch((error: unknown) => {
      log(null, "error", `The host could not be opened for investigation: ${String(error)}`);
    });
    const stage = await Promise.race([override, aborted(ended)]);
    control.leaveHold();
    await opened;
    if (stage === null) return "FailedHolding";
    log(null, "info", `Overridden: ${stage} is entered again.`);
    await hold.end();
    return stage;
  }

  /** Says that the stage ended by the operator's order, then ends the agent with the host powered off. */
  async #cancel(stage: StageName, outcome: StageOutcome | null = null): Promise<void> {
    const { control, timing } = this.#deps;
    const cancelled =
      outcome?.status === "cancelled" ? outcome : cancelledOutcome(stage, this.#deps.now());
    await Promise.race([
      this.#deps.postResult(cancelled),
      pause(timing.finalFlushMs, control.ended),
    ]);
    control.end({ kind: "command", command: "power_off", why: CANCEL_WHY });
  }
}

import type { ClaimResponse } from "../contract/agent-api.ts";
import type { RunState } from "../contract/run-state.ts";
import { isPassing } from "./api-client.ts";
import { type ClaimDeps, claimOnce, claimRun } from "./claim.ts";
import { backoffMs, pause } from "./clock.ts";
import type { Control } from "./control.ts";
import { writeClaimRecord } from "./state-dir.ts";

export interface RunTokenDeps {
  readonly claimDeps: ClaimDeps;
  readonly control: Control;
  /** Told of every claim that counts: how far the console's numbers went. */
  readonly onClaim: (claim: ClaimResponse) => void;
}

/** The token under which a run's posts go out, and how it is had anew. */
export class RunToken {
  readonly #deps: RunTokenDeps;
  #value = "";
  #reauthorising: Promise<boolean> | null = null;

  constructor(deps: RunTokenDeps, claim: ClaimResponse) {
    this.#deps = deps;
    this.#adopt(claim);
  }

  get value(): string {
    return this.#value;
  }

  /** Where the run is by the console's own word; null when the agent ends first. */
  async askState(): Promise<RunState | null> {
    const { claimDeps, control } = this.#deps;
    const outcome = await claimRun(claimDeps, this.#value, control.ended);
    switch (outcome.kind) {
      case "claimed":
        this.#adopt(outcome.claim);
        return outcome.claim.currentState;
      case "dead":
        control.end({ kind: "command", command: outcome.do, why: outcome.detail });
        return null;
      case "stopped":
        return null;
    }
  }

  /** After a 401: one new claim for all that were refused at the same time. False when it did not help. */
  reauthorise(): Promise<boolean> {
    this.#reauthorising ??= this.#claimAgain().finally(() => {
      this.#reauthorising = null;
    });
    return this.#reauthorising;
  }

  async #claimAgain(): Promise<boolean> {
    const { claimDeps, control } = this.#deps;
    for (let failures = 1; control.ending === null; failures += 1) {
      const answer = await claimOnce(claimDeps, this.#value, control.ended);
      if (answer.kind === "ok") {
        this.#adopt(answer.body);
        return true;
      }
      if (answer.kind === "problem" && answer.status === 410) {
        const command = answer.do ?? "power_off";
        control.end({ kind: "command", command, why: answer.detail });
        return false;
      }
      if (answer.kind === "problem" && !isPassing(answer.status)) return false;
      await pause(backoffMs(failures, claimDeps.timing), control.ended);
    }
    return false;
  }

  #adopt(claim: ClaimResponse): void {
    this.#value = claim.runToken;
    this.#deps.onClaim(claim);
    writeClaimRecord(this.#deps.claimDeps.config, claim.runId, claim.runToken);
  }
}

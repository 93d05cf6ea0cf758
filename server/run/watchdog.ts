import { stageNameForState } from "../../contract/run-state.ts";
import { budgetSeconds, partsOf } from "../../contract/stage-budget.ts";
import type { RunDeps } from "./context.ts";
import type { RunRecord } from "./ports.ts";
import type { RunMachine } from "./run-machine.ts";

/** Beyond the stage's remaining budget, silence is given this much longer before it is a finding, in seconds. */
export const SILENCE_MARGIN_S = 60;

/** Since when the agent is silent, in ms, or null while it is not (yet). */
export function silentSince(run: RunRecord, deps: RunDeps): number | null {
  if (stageNameForState(run.state) === null && run.state !== "FailedHolding") return null;
  if (run.obeyedAt !== null || run.lastSignAt === null) return null;
  const heard = Math.max(run.lastSignAt, deps.startedAt);
  const silent = deps.clock.now() - heard > deps.config.agent.lostAfterSeconds * 1000;
  return silent ? run.lastSignAt : null;
}

/**
 * When a silent host counts as hung, in ms: what was left of the stage's budget at the last sign of life, plus a
 * margin. The console's own downtime never counts, as the time runs from its start at the earliest.
 */
export function hangDeadline(run: RunRecord, deps: RunDeps): number | null {
  const stage = stageNameForState(run.state);
  if (stage === null) return null;
  const parts = partsOf(deps.store.inventories.get(run.id), run.nonDestructive);
  const budgetMs = budgetSeconds(stage, run.params[stage], parts) * 1000;
  const began = deps.store.attempts.running(run.id)?.startedAt ?? run.stateSince;
  const lastSign = Math.max(run.lastSignAt ?? began, began);
  const remainingMs = Math.max(0, began + budgetMs - lastSign);
  const lostMs = deps.config.agent.lostAfterSeconds * 1000;
  const heard = Math.max(lastSign, deps.startedAt);
  return heard + Math.max(lostMs, remainingMs) + SILENCE_MARGIN_S * 1000;
}

const BOOT_ADVICE: Readonly<Partial<Record<RunRecord["state"], string>>> = {
  WaitingReboot:
    "it was told to reboot and never asked for a boot script. Check that it can boot from the network and that its lab port has link.",
  WaitingWoL:
    "it never asked for a boot script. Power it on, choose network boot, and check that its lab port has link.",
  Booting:
    "it fetched its boot script but the agent never claimed the run. Look at its monitor: the live image may not have loaded, or Secure Boot refused it.",
};

/** Notices what does not happen: boots that never arrive, agents that fall silent. */
export class Watchdog {
  readonly #deps: RunDeps;
  readonly #machine: RunMachine;
  readonly #silenceChanged: (run: RunRecord) => void;
  readonly #silent = new Set<number>();

  constructor(deps: RunDeps, machine: RunMachine, silenceChanged: (run: RunRecord) => void) {
    this.#deps = deps;
    this.#machine = machine;
    this.#silenceChanged = silenceChanged;
  }

  check(): void {
    for (const run of this.#deps.store.runs.listOccupying()) {
      this.#checkBoot(run);
      this.#checkSilence(run);
      this.#checkHang(run);
    }
  }

  #checkBoot(run: RunRecord): void {
    const advice = BOOT_ADVICE[run.state];
    if (advice === undefined) return;
    const { clock, config, startedAt } = this.#deps;
    const minutes = config.boot.timeoutMinutes;
    if (clock.now() - Math.max(run.stateSince, startedAt) <= minutes * 60_000) return;
    const reason = `The host did not boot into the live image within ${minutes} min: ${advice}`;
    this.#machine.apply(run, "BootTimedOut", { failedStage: "boot", reason });
  }

  #checkSilence(run: RunRecord): void {
    const silent = silentSince(run, this.#deps) !== null;
    if (silent === this.#silent.has(run.id)) return;
    if (silent) this.#silent.add(run.id);
    else this.#silent.delete(run.id);
    this.#silenceChanged(run);
  }

  #checkHang(run: RunRecord): void {
    // The deadline lies beyond the first silence; asking for it reads the inventory.
    if (silentSince(run, this.#deps) === null) return;
    const deadline = hangDeadline(run, this.#deps);
    const now = this.#deps.clock.now();
    if (deadline === null || now <= deadline) return;
    const seconds = Math.round((now - (run.lastSignAt ?? run.stateSince)) / 1000);
    const reason = `The host fell silent during ${run.state} and gave no sign of life for ${seconds} s (host silent): it probably hung under load.`;
    this.#machine.apply(run, "HostSilent", { reason });
  }
}

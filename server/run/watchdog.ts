import { bootProgress } from "../../contract/boot-timeline.ts";
import { stageNameForState } from "../../contract/run-state.ts";
import { budgetSeconds, partsOf } from "../../contract/stage-budget.ts";
import { stateTitle } from "../../contract/wording/status-table.ts";
import { whereBootStopped } from "./boot-timeline.ts";
import type { RunDeps } from "./context.ts";
import type { RunRecord } from "./ports.ts";
import type { RunMachine } from "./run-machine.ts";
import { heardAt } from "./watch-time.ts";

/** Beyond the stage's remaining budget, silence is given this much longer before it is a finding, in seconds. */
export const SILENCE_MARGIN_S = 60;

/** How the reason of a run ends that holds because its host fell silent. */
const HUNG = "(host silent): it probably hung under load.";

/** A host that hung, or one whose firmware took longer to come back than the console waited: its next boot tells. */
export function heldForSilence({ state, reason }: RunRecord): boolean {
  return state === "FailedHolding" && reason !== null && reason.endsWith(HUNG);
}

/** Since when the agent is silent, in ms, or null while it is not (yet). */
export function silentSince(run: RunRecord, deps: RunDeps): number | null {
  if (stageNameForState(run.state) === null && run.state !== "FailedHolding") return null;
  if (run.obeyedAt !== null || run.lastSignAt === null) return null;
  const now = deps.clock.now();
  const heard = heardAt(run.lastSignAt, deps.watching.since(), now);
  const silent = now - heard > deps.config.agent.lostAfterSeconds * 1000;
  if (!silent) return null;
  // A clock that was set back leaves the last sign in the future.
  return run.lastSignAt > now ? heard : run.lastSignAt;
}

/**
 * When a silent host counts as hung, in ms: what was left of the stage's budget at the last sign of life, plus a
 * margin. The console's own downtime never counts, as the time runs from when it began to watch at the earliest.
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
  const heard = heardAt(lastSign, deps.watching.since(), deps.clock.now());
  return heard + Math.max(lostMs, remainingMs) + SILENCE_MARGIN_S * 1000;
}

/** States in which the console waits for a boot to come to its claim. */
const WAITS_FOR_BOOT: ReadonlySet<RunRecord["state"]> = new Set([
  "WaitingReboot",
  "WaitingWoL",
  "Booting",
]);

/** Notices what does not happen: boots that never arrive, agents that fall silent. */
export class Watchdog {
  readonly #deps: RunDeps;
  readonly #machine: RunMachine;
  readonly #changed: (run: RunRecord) => void;
  readonly #silent = new Set<number>();
  /** Boots, by their number, that were told to have stopped. */
  readonly #stopped = new Set<number>();

  constructor(deps: RunDeps, machine: RunMachine, changed: (run: RunRecord) => void) {
    this.#deps = deps;
    this.#machine = machine;
    this.#changed = changed;
  }

  check(): void {
    for (const run of this.#deps.store.runs.listOccupying()) {
      this.#checkBoot(run);
      this.#checkProgress(run);
      this.#checkSilence(run);
      this.#checkHang(run);
    }
  }

  #checkBoot(run: RunRecord): void {
    if (!WAITS_FOR_BOOT.has(run.state)) return;
    const { clock, config, watching } = this.#deps;
    const minutes = config.boot.timeoutMinutes;
    const now = clock.now();
    if (now - heardAt(run.stateSince, watching.since(), now) <= minutes * 60_000) return;
    const where = whereBootStopped(this.#deps, run.hostId);
    const reason = `The host did not boot into the live image within ${minutes} min. ${where}`;
    this.#machine.apply(run, "BootTimedOut", { failedStage: "boot", reason });
  }

  /** A boot that stands still sends nothing: that it is overdue is noticed here. */
  #checkProgress(run: RunRecord): void {
    if (!WAITS_FOR_BOOT.has(run.state)) return;
    const { store, clock } = this.#deps;
    const latest = store.boots.latestAttempt(run.hostId);
    if (latest === null) return;
    const stopped = bootProgress(latest.events, clock.now(), false).kind === "stopped";
    if (stopped === this.#stopped.has(latest.id)) return;
    if (stopped) this.#stopped.add(latest.id);
    else this.#stopped.delete(latest.id);
    this.#changed(run);
  }

  #checkSilence(run: RunRecord): void {
    const silent = silentSince(run, this.#deps) !== null;
    if (silent === this.#silent.has(run.id)) return;
    if (silent) this.#silent.add(run.id);
    else this.#silent.delete(run.id);
    this.#changed(run);
  }

  #checkHang(run: RunRecord): void {
    // The deadline lies beyond the first silence; asking for it reads the inventory.
    if (silentSince(run, this.#deps) === null) return;
    const deadline = hangDeadline(run, this.#deps);
    const now = this.#deps.clock.now();
    if (deadline === null || now <= deadline) return;
    const heard = heardAt(run.lastSignAt ?? run.stateSince, this.#deps.watching.since(), now);
    const seconds = Math.round((now - heard) / 1000);
    const reason = `The host fell silent during ${stateTitle(run.state)} and gave no sign of life for ${seconds} s ${HUNG}`;
    this.#machine.apply(run, "HostSilent", { reason });
  }
}

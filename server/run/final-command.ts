import { isTerminal, occupiesHost } from "../../contract/run-state.ts";
import type { RunRecord } from "./ports.ts";

export type FinalCommand = "cancel_stage" | "reboot" | "power_off";

/** The run is over and its host is free: posts are answered with what the host should do. */
export function isDead(run: Pick<RunRecord, "state">): boolean {
  return isTerminal(run.state) && !occupiesHost(run.state);
}

/** A cancelled agent still has its stage to abort and its outcome to post: until then it may post. */
export function awaitsCancelledOutcome(run: RunRecord): boolean {
  return (
    run.state === "Cancelled" &&
    run.failedStage === null &&
    run.agentBootId !== null &&
    !run.cancelAcknowledged
  );
}

/**
 * What a dead run's agent is told. The heartbeat forks on failed_stage: set (cancelled from a hold) → reboot
 * to the local disk; empty (cancelled in mid-run) → abort the stage, then power off, as its disks may be half written.
 */
export function finalCommand(run: RunRecord): FinalCommand {
  if (awaitsCancelledOutcome(run)) return "cancel_stage";
  return whatToDo(run);
}

/** The `do` of a 410. */
export function whatToDo(run: RunRecord): "reboot" | "power_off" {
  if (run.state === "Passed") return run.afterPass;
  // Never claimed, or could not begin: nothing was touched, so the host goes back to its own disk.
  if (run.agentBootId === null || run.state === "Failed") return "reboot";
  return run.failedStage === null ? "power_off" : "reboot";
}

import { isStageName, STAGES, type StageName } from "./stages.ts";

/** Where a run is. `FailedHolding` is terminal for the verdict and still occupies the host. */
export const RUN_STATES = [
  "Queued",
  "WaitingReboot",
  "WaitingWoL",
  "Booting",
  ...STAGES,
  "Passed",
  "Failed",
  "FailedHolding",
  "Cancelled",
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What can happen to a run. */
export const TRIGGERS = [
  "RebootCommanded",
  "WakeRequested",
  "BootScriptServed",
  "AgentClaimed",
  "StageCompleted",
  "StageFailed",
  "StageMismatch",
  "UnexpectedReset",
  "HostSilent",
  "Override",
  "OperatorCancelled",
  "DispatchFailed",
  "BootTimedOut",
] as const;
export type Trigger = (typeof TRIGGERS)[number];

/**
 * The state an override returns to is not a property of the state but of the run
 * (the stage that failed, or after a mismatch the expected one), so the table names it.
 */
export const RESUME_STAGE = "the stage that failed";
export type Target = RunState | typeof RESUME_STAGE;

type Row = Readonly<Partial<Record<Trigger, Target>>>;

/** A host that is on its way into the live image: it may fetch its script again and again. */
const WAITING_FOR_BOOT: Row = {
  BootScriptServed: "Booting",
  BootTimedOut: "Failed",
  OperatorCancelled: "Cancelled",
};

/** The row of a stage: where it goes when done, and every way out of it. */
function stageRow(stage: StageName): Row {
  const next = STAGES[STAGES.indexOf(stage) + 1];
  return {
    BootScriptServed: stage,
    AgentClaimed: stage,
    StageCompleted: next ?? "Passed",
    StageFailed: "FailedHolding",
    StageMismatch: "FailedHolding",
    UnexpectedReset: "FailedHolding",
    HostSilent: "FailedHolding",
    OperatorCancelled: "Cancelled",
  };
}

/** THE transition table. An absent pair is illegal. Server, renderer and docs all read this one. */
export const TRANSITIONS: Readonly<Record<RunState, Row>> = {
  Queued: {
    RebootCommanded: "WaitingReboot",
    WakeRequested: "WaitingWoL",
    DispatchFailed: "Failed",
    OperatorCancelled: "Cancelled",
  },
  WaitingReboot: WAITING_FOR_BOOT,
  WaitingWoL: WAITING_FOR_BOOT,
  Booting: { ...WAITING_FOR_BOOT, AgentClaimed: "Inventory" },
  ...(Object.fromEntries(STAGES.map((stage) => [stage, stageRow(stage)])) as Record<
    StageName,
    Row
  >),
  Passed: {},
  Failed: {},
  // A held host that netboots again re-enters the live image and parks again.
  FailedHolding: {
    BootScriptServed: "FailedHolding",
    AgentClaimed: "FailedHolding",
    Override: RESUME_STAGE,
    OperatorCancelled: "Cancelled",
  },
  Cancelled: {},
};

export type TransitionOutcome =
  | { readonly ok: true; readonly state: RunState }
  | { readonly ok: false; readonly kind: "illegal-transition"; readonly message: string };

/**
 * The next state of a run, or an error value when the trigger is not legal in its state.
 * @param resumeStage the stage an `Override` returns to; needed for that trigger only.
 */
export function transition(
  state: RunState,
  trigger: Trigger,
  resumeStage: StageName | null = null,
): TransitionOutcome {
  const target = TRANSITIONS[state][trigger];
  if (target === undefined) {
    return illegal(`${trigger} is not possible while the run is ${state}.`);
  }
  if (target !== RESUME_STAGE) return { ok: true, state: target };
  if (resumeStage === null) return illegal("The run has no stage to return to.");
  return { ok: true, state: resumeStage };
}

function illegal(message: string): TransitionOutcome {
  return { ok: false, kind: "illegal-transition", message };
}

/** The stage a state stands for, or null: the inverse of entering a stage. */
export function stageNameForState(state: RunState): StageName | null {
  return isStageName(state) ? state : null;
}

/** The verdict is in: nothing more will be tested unless an operator overrides a hold. */
export function isTerminal(state: RunState): boolean {
  return (
    state === "Passed" || state === "Failed" || state === "FailedHolding" || state === "Cancelled"
  );
}

/** A second run cannot start: the run is under way, or the host is held for investigation. */
export function occupiesHost(state: RunState): boolean {
  return !isTerminal(state) || state === "FailedHolding";
}

/** Counts against `dispatcher.maxConcurrentRuns`. Waiting in the queue or on a hold takes no slot. */
export function takesDispatcherSlot(state: RunState): boolean {
  return !isTerminal(state) && state !== "Queued";
}

/** The host is expected to netboot into the live image for this run. */
export function armsNetboot(state: RunState): boolean {
  return occupiesHost(state) && state !== "Queued";
}

/** The triggers that are legal in a state: which buttons to offer. */
export function legalTriggers(state: RunState): Trigger[] {
  return TRIGGERS.filter((trigger) => TRANSITIONS[state][trigger] !== undefined);
}

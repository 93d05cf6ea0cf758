import { describe, expect, test } from "vitest";
import {
  armsNetboot,
  isTerminal,
  legalTriggers,
  occupiesHost,
  RUN_STATES,
  type RunState,
  stageNameForState,
  TRIGGERS,
  type Trigger,
  takesDispatcherSlot,
  transition,
} from "../../contract/run-state.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";

/** The life of a run as the product document tells it, written down a second time, by hand. */
const NEXT: Record<StageName, RunState> = {
  Inventory: "Firmware",
  Firmware: "SpecValidate",
  SpecValidate: "SMART",
  SMART: "CPUStress",
  CPUStress: "Storage",
  Storage: "Network",
  Network: "Burn",
  Burn: "GPU",
  GPU: "PSU",
  PSU: "Reporting",
  Reporting: "Passed",
};

function expected(state: RunState, trigger: Trigger): RunState | null {
  const waiting = ["WaitingReboot", "WaitingWoL", "Booting"].includes(state);
  const stage = STAGES.find((name) => name === state);
  switch (trigger) {
    case "RebootCommanded":
      return state === "Queued" ? "WaitingReboot" : null;
    case "WakeRequested":
      return state === "Queued" ? "WaitingWoL" : null;
    case "DispatchFailed":
      return state === "Queued" ? "Failed" : null;
    case "BootTimedOut":
      return waiting ? "Failed" : null;
    case "BootScriptServed":
      if (waiting) return "Booting";
      return stage ?? (state === "FailedHolding" ? state : null);
    case "AgentClaimed":
      if (state === "Booting") return "Inventory";
      return stage ?? (state === "FailedHolding" ? state : null);
    case "StageCompleted":
      return stage === undefined ? null : NEXT[stage];
    case "StageFailed":
    case "StageMismatch":
    case "UnexpectedReset":
    case "HostSilent":
      return stage === undefined ? null : "FailedHolding";
    case "Override":
      return state === "FailedHolding" ? "Burn" : null;
    case "OperatorCancelled":
      return state === "Queued" || waiting || stage !== undefined || state === "FailedHolding"
        ? "Cancelled"
        : null;
  }
}

const PAIRS = RUN_STATES.flatMap((state) => TRIGGERS.map((trigger) => ({ state, trigger })));

describe("the transition table", () => {
  test("has 19 states and 13 triggers", () => {
    expect(RUN_STATES).toHaveLength(19);
    expect(TRIGGERS).toHaveLength(13);
    expect(PAIRS).toHaveLength(247);
  });

  test.each(PAIRS)("$state × $trigger", ({ state, trigger }) => {
    const outcome = transition(state, trigger, "Burn");
    const target = expected(state, trigger);
    if (target === null) {
      expect(outcome).toMatchObject({ ok: false, kind: "illegal-transition" });
      expect(outcome.ok ? "" : outcome.message).toContain(trigger);
    } else {
      expect(outcome).toEqual({ ok: true, state: target });
    }
    expect(legalTriggers(state).includes(trigger)).toBe(target !== null);
  });

  test("an override without a stage to return to is refused", () => {
    expect(transition("FailedHolding", "Override").ok).toBe(false);
  });

  test.each(STAGES)("an override returns to %s when that is what failed", (stage) => {
    expect(transition("FailedHolding", "Override", stage)).toEqual({ ok: true, state: stage });
  });

  test("walks the eleven stages in order from claim to pass", () => {
    let state: RunState = "Booting";
    const walked: RunState[] = [];
    for (const trigger of ["AgentClaimed", ...STAGES.map(() => "StageCompleted")] as Trigger[]) {
      const outcome = transition(state, trigger);
      if (!outcome.ok) throw new Error(outcome.message);
      state = outcome.state;
      walked.push(state);
    }
    expect(walked).toEqual([
      "Inventory",
      "Firmware",
      "SpecValidate",
      "SMART",
      "CPUStress",
      "Storage",
      "Network",
      "Burn",
      "GPU",
      "PSU",
      "Reporting",
      "Passed",
    ]);
  });
});

describe("what a state means", () => {
  const terminal = ["Passed", "Failed", "FailedHolding", "Cancelled"];
  const free = ["Passed", "Failed", "Cancelled"];

  test.each(RUN_STATES)("%s", (state) => {
    expect(isTerminal(state)).toBe(terminal.includes(state));
    expect(occupiesHost(state)).toBe(!free.includes(state));
    expect(takesDispatcherSlot(state)).toBe(!terminal.includes(state) && state !== "Queued");
    expect(armsNetboot(state)).toBe(!free.includes(state) && state !== "Queued");
    expect(stageNameForState(state)).toBe(
      (STAGES as readonly string[]).includes(state) ? state : null,
    );
  });

  test("a hold is terminal for the verdict and still occupies the host", () => {
    expect(isTerminal("FailedHolding")).toBe(true);
    expect(occupiesHost("FailedHolding")).toBe(true);
    expect(takesDispatcherSlot("FailedHolding")).toBe(false);
  });

  test("every active state can be cancelled, and so can a hold", () => {
    const cancellable = RUN_STATES.filter((state) =>
      legalTriggers(state).includes("OperatorCancelled"),
    );
    expect(cancellable).toEqual(RUN_STATES.filter(occupiesHost));
  });
});

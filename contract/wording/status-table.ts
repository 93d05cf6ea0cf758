/** THE table of what states, verdicts and stages look like: a word, an icon and a tone. Never colour alone. */
import type { BootProgress } from "../boot-timeline.ts";
import type { RunSummary, StageAttempt } from "../console-api.ts";
import type { RunState } from "../run-state.ts";
import { isTerminal, stageNameForState } from "../run-state.ts";
import { isStageName, STAGES, type StageName } from "../stages.ts";
import type { Verdict } from "../verdict.ts";
import type { IconName } from "./icons.ts";

/** `good` is the only green one, and only a full pass has it. */
export type Tone = "good" | "bad" | "hold" | "gaps" | "active" | "waiting" | "idle";

export interface Status {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: Tone;
  /** What it means for the person at the bench. */
  readonly means: string;
}

const testing = (what: string): Status => ({
  word: "Testing",
  icon: "play",
  tone: "active",
  means: `The host is being tested: ${what}.`,
});

export const BOOT_STATUS: Readonly<Record<BootProgress["kind"], Status>> = {
  under_way: {
    word: "Under way",
    icon: "boot",
    tone: "active",
    means: "The host boots over the network.",
  },
  claimed: {
    word: "Booted",
    icon: "check",
    tone: "idle",
    means: "The live image runs and its agent claimed the run.",
  },
  local_disk: {
    word: "Local disk",
    icon: "skip",
    tone: "idle",
    means: "The host was sent on to its own disk.",
  },
  stopped: {
    word: "Stopped",
    icon: "alert",
    tone: "gaps",
    means: "The boot did not go on in time.",
  },
};

export const STATE_STATUS: Readonly<Record<RunState, Status>> = {
  Queued: {
    word: "Queued",
    icon: "clock",
    tone: "waiting",
    means: "The run starts when a place is free.",
  },
  WaitingReboot: {
    word: "Rebooting",
    icon: "power",
    tone: "waiting",
    means: "The reporter is told to reboot the host into the live image.",
  },
  WaitingWoL: {
    word: "Switch it on",
    icon: "power",
    tone: "waiting",
    means: "A wake packet was sent. Switch the host on by hand if it does not start.",
  },
  Booting: {
    word: "Booting",
    icon: "boot",
    tone: "active",
    means: "The host fetched its boot script and loads the live image.",
  },
  Inventory: testing("listing its parts"),
  Firmware: testing("reading firmware versions"),
  SpecValidate: testing("comparing it with its spec"),
  SMART: testing("asking the disks for their health"),
  CPUStress: testing("processors, then memory, under load"),
  Storage: testing("reading and writing the disks"),
  Network: testing("sending and receiving on every link"),
  Burn: testing("everything under load at once"),
  GPU: testing("graphics processors"),
  PSU: testing("power supplies and rails"),
  Reporting: testing("the last artifacts are sent"),
  Passed: {
    word: "Passed",
    icon: "check",
    tone: "good",
    means: "Every stage was walked to its end.",
  },
  Failed: {
    word: "Could not begin",
    icon: "cross",
    tone: "bad",
    means: "The run could not begin; nothing was tested.",
  },
  FailedHolding: {
    word: "Holding",
    icon: "hand",
    tone: "hold",
    means: "A stage failed. The host waits for you, for as long as it takes.",
  },
  Cancelled: {
    word: "Cancelled",
    icon: "ban",
    tone: "idle",
    means: "An operator ended the run.",
  },
};

export const VERDICT_STATUS: Readonly<Record<Verdict, Status>> = {
  pass: {
    word: "Pass",
    icon: "check",
    tone: "good",
    means: "Everything expected was exercised and stayed within its limits.",
  },
  pass_with_gaps: {
    word: "Pass with gaps",
    icon: "gap",
    tone: "gaps",
    means: "What was exercised passed, but something expected was not exercised.",
  },
  fail: { word: "Fail", icon: "cross", tone: "bad", means: "A stage failed." },
  incomplete: {
    word: "Incomplete",
    icon: "gap",
    tone: "gaps",
    means: "Not enough was exercised to say anything about this host.",
  },
};

export const NO_VERDICT: Status = {
  word: "No verdict yet",
  icon: "clock",
  tone: "waiting",
  means: "The run is under way.",
};

export type StageStanding =
  | "pending"
  | "not_reached"
  | "running"
  | "pass"
  | "fail"
  | "error"
  | "skipped"
  | "cancelled";

export const STAGE_STATUS: Readonly<Record<StageStanding, Status>> = {
  pending: { word: "To come", icon: "circle", tone: "idle", means: "The stage has yet to run." },
  not_reached: {
    word: "Not reached",
    icon: "circle",
    tone: "idle",
    means: "The run ended before this stage.",
  },
  running: { word: "Running", icon: "play", tone: "active", means: "The stage is under way." },
  pass: { word: "Pass", icon: "check", tone: "good", means: "The stage passed." },
  fail: { word: "Fail", icon: "cross", tone: "bad", means: "The stage failed." },
  error: {
    word: "Error",
    icon: "alert",
    tone: "bad",
    means: "The test itself could not be carried out; that holds the run just as a failure does.",
  },
  skipped: {
    word: "Not exercised",
    icon: "skip",
    tone: "gaps",
    means: "The stage did not run; it says nothing about the part.",
  },
  cancelled: { word: "Cancelled", icon: "ban", tone: "idle", means: "The stage was ended early." },
};

export const STAGE_TITLES: Readonly<Record<StageName, string>> = {
  Inventory: "Inventory",
  Firmware: "Firmware",
  SpecValidate: "Spec",
  SMART: "SMART",
  CPUStress: "CPU and memory",
  Storage: "Storage",
  Network: "Network",
  Burn: "Burn",
  GPU: "GPU",
  PSU: "Power supply",
  Reporting: "Reporting",
};

/**
 * Where something happened, as people read it: a stage's name becomes its title, also within `Storage (expected
 * Burn)`; what is no stage (`boot`) stays as it is. The names themselves are for vetting.yaml, the API and the log.
 */
export function stageTitle(where: string): string {
  return where.replace(/\w+/g, (word) => (isStageName(word) ? STAGE_TITLES[word] : word));
}

/** A stage's title over its band of a graph, or the first word of it; null when there is room for neither. */
export function titleWithin(stage: StageName, letters: number): string | null {
  const title = STAGE_TITLES[stage];
  return [title, title.split(" ", 1)[0]!].find(({ length }) => length <= letters) ?? null;
}

/** Where a run is, as people read it: the title of its stage, or the word of its state. */
export function stateTitle(state: RunState): string {
  const stage = stageNameForState(state);
  return stage === null ? STATE_STATUS[state].word : STAGE_TITLES[stage];
}

/** How one attempt stands. */
export function attemptStanding(attempt: Pick<StageAttempt, "status" | "result">): StageStanding {
  if (attempt.status !== "complete") return attempt.status;
  return attempt.result === "pass" ? "pass" : "fail";
}

/** How a stage stands: as its last attempt, else whether it can still come. */
export function stageStanding(
  attempts: readonly Pick<StageAttempt, "status" | "result">[],
  state: RunState,
): StageStanding {
  const last = attempts.at(-1);
  if (last !== undefined) return attemptStanding(last);
  return isTerminal(state) && state !== "FailedHolding" ? "not_reached" : "pending";
}

/** The one status that is shown largest: a pass with gaps never reads or looks like a pass. */
export function headline(run: Pick<RunSummary, "state" | "verdict">): Status {
  if (run.state !== "Passed") return STATE_STATUS[run.state];
  if (run.verdict === "pass") return STATE_STATUS.Passed;
  return run.verdict === null ? NO_VERDICT : VERDICT_STATUS[run.verdict];
}

export function verdictStatus(verdict: Verdict | null): Status {
  return verdict === null ? NO_VERDICT : VERDICT_STATUS[verdict];
}

/** Position of the run in its eleven stages, 1 to 11; null outside of them. */
export function stageNumber(state: RunState): number | null {
  const stage = stageNameForState(state);
  return stage === null ? null : STAGES.indexOf(stage) + 1;
}

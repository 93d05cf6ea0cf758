import type { Blame } from "../../contract/stage-result.ts";
import type { StageName } from "../../contract/stages.ts";
import type { LabHost } from "./lab-host.ts";
import type { MachineName } from "./machines.ts";

/**
 * What must come of a fault at the console.
 * - `fail`: the stage fails and the run holds.
 * - `error`: nothing can be claimed of the part; the run holds just the same.
 * - `gap`: the run passes with gaps, and this one is listed.
 * - `warning`: the run passes, and its summary says so.
 * - `marginal`: the run passes, and a measurement is shown as inside its limit, but barely.
 */
export const COMES = ["fail", "error", "gap", "warning", "marginal"] as const;
export type Comes = (typeof COMES)[number];

/** What is tampered with to put the fault in. */
export const HOWS = [
  "fake tool",
  "fake sysfs",
  "kernel log",
  "BMC",
  "samples",
  "specification",
  "agent and host",
] as const;
export type How = (typeof HOWS)[number];

/** What a moment of a run may do to the host and to its agent. */
export interface Scene {
  readonly host: LabHost;
  /** The agent is killed and its unit starts it again, in the same boot. */
  readonly restartAgent: () => void;
  /** The host resets by itself and netboots again: a new boot, a new boot id, an empty state folder. */
  readonly resetHost: () => void;
  /** Somebody or NTP sets the host's clock. */
  readonly setClock: (aheadSeconds: number) => void;
}

/** When something happens: a stage begins, or starts a program, or some time or some readings of the sensors after that. */
export interface Moment {
  readonly stage: StageName;
  /** At the first start of this program in the stage, before it runs; left out: when the stage begins. */
  readonly tool?: string;
  readonly afterMs?: number;
  readonly afterReadings?: number;
  readonly does: (scene: Scene) => void;
}

/** A healthy machine, and what is wrong with it. */
export interface Injection {
  /** Left out: the edge node. */
  readonly machine?: MachineName;
  /** `soak` is short of patience with self-tests; `deep` asks for passes long enough that one which ends early is short by more than the tolerance. */
  readonly profile?: "quick" | "deep" | "soak";
  /** In the live image, and the run may write: only here disks are written to and shells are opened. */
  readonly destructive?: boolean;
  /** Programs that the image lacks. */
  readonly missing?: readonly string[];
  /** No program gets more than this, in seconds, however long the agent would wait. */
  readonly patienceS?: number;
  readonly before?: (host: LabHost) => void;
  readonly during?: readonly Moment[];
}

/** One distinct physical or tool fault. */
export interface FaultRow extends Injection {
  readonly id: string;
  /** In the field's own words. */
  readonly fault: string;
  readonly how: How;
  readonly stage: StageName;
  readonly comes: Comes;
  /** Each must be among what the console says of it. */
  readonly says: readonly string[];
  /** The part to pull. */
  readonly blames?: Partial<Blame>;
  /** Kinds of evidence that the console must hold, beside those of every failed stage. */
  readonly evidence?: readonly string[];
}

/** A machine without a fault, whatever it looks like: it must pass, and nothing may be said against it. */
export interface CleanRow extends Injection {
  readonly id: string;
  readonly fault: string;
  readonly verdict: "pass" | "pass_with_gaps";
  /** All that may be listed as not exercised, by stage and what, each with a word of why. */
  readonly gaps?: readonly (readonly [stage: StageName, what: string, why: string])[];
  /** Left out: each stage is passed at its first attempt. */
  readonly attempts?: Partial<Record<StageName, number>>;
}

/** What a run in the lab came to; the runner draws its table from these. */
export interface FaultOutcome {
  readonly kind: "fault" | "clean";
  readonly id: string;
  readonly fault: string;
  readonly how: string;
  readonly stage: string;
  /** The fault was caught as it must be; a clean machine raised no false alarm. */
  readonly good: boolean;
  /** By which stage; empty when none said a word. */
  readonly by: string;
  /** What the console says. */
  readonly words: string;
}

declare module "vitest" {
  interface TaskMeta {
    /** For the table of `npm run test:faults`, which reads it from the JSON report. */
    fault?: FaultOutcome;
  }
}

import type { Blame } from "../contract/stage-result.ts";

/** Why a run holds, as its agent knows it: for the greeting, and for the host's own monitor. */
export interface HeldFailure {
  /** A stage, or after a mismatch `<got> (expected <expected>)`; null when the agent was not told. */
  readonly stage: string | null;
  readonly reason: string | null;
  readonly blame: readonly Blame[];
}

/** The part to pull, in one line: `DIMM_A1, 16 GB DDR4, serial 123`. */
export function blameText({ part, slot, model, serial }: Blame): string {
  return [part, slot && `slot ${slot}`, model, serial && `serial ${serial}`]
    .filter((word) => word !== null && word !== "")
    .join(", ");
}

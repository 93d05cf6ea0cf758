import type { HoldFacts } from "../../contract/agent-api.ts";
import type { RunDetail, StageAttempt } from "../../contract/console-api.ts";
import type { Blame } from "../../contract/stage-result.ts";
import { isStageName } from "../../contract/stages.ts";
import type { IconName } from "../../contract/wording/icons.ts";
import { STAGE_TITLES, stageTitle } from "../../contract/wording/status-table.ts";

/** The attempt by which the run failed; null when it failed outside of its stages. */
export function failedAttempt(run: Pick<RunDetail, "failedStage" | "stages">): StageAttempt | null {
  if (run.failedStage === null) return null;
  // After a mismatch the name reads `<got> (expected <expected>)`.
  const expected = /\(expected (\w+)\)$/.exec(run.failedStage)?.[1] ?? run.failedStage;
  return run.stages.filter(({ stage }) => stage === expected).at(-1) ?? null;
}

/** The part, named as it is printed on the board: `Bay 3, slot 03, WD4000, serial WD-1`. */
export function partText(blame: Blame): string {
  return [blame.part, ...partFacts(blame)].join(", ");
}

/** What tells the part from its siblings, beside its name. */
export function partFacts({ part, slot, model, serial }: Blame): string[] {
  return [
    slot !== null && slot !== part ? `slot ${slot}` : null,
    model,
    serial === null ? null : `serial ${serial}`,
  ].filter((word) => word !== null && word !== "") as string[];
}

/** Why the run holds, in one sentence that names the part. */
export function whyItHolds(run: Pick<RunDetail, "failedStage" | "stages" | "reason">): string {
  const attempt = failedAttempt(run);
  const where =
    run.failedStage === null
      ? "The run failed"
      : isStageName(run.failedStage)
        ? `${STAGE_TITLES[run.failedStage]} failed`
        : `The host posted ${stageTitle(run.failedStage)}`;
  const parts = attempt?.blame ?? [];
  const first = parts[0];
  const which =
    first === undefined
      ? ""
      : ` on ${partText(first)}${parts.length > 1 ? ` and ${parts.length - 1} more` : ""}`;
  const reason = run.reason ?? attempt?.reason ?? null;
  return reason === null ? `${where}${which}.` : `${where}${which}: ${reason}`;
}

export interface LedWords {
  readonly icon: IconName;
  readonly word: string;
  /** What it means for who looks for the machine. */
  readonly means: string;
}

const LED: Readonly<Record<HoldFacts["chassisLed"], LedWords>> = {
  lit: {
    icon: "check",
    word: "Lit",
    means: "Look for the machine with the lit identify light.",
  },
  no_bmc: {
    icon: "circle",
    word: "Not lit",
    means: "The host has no BMC that could light it. Look for its serial number.",
  },
  failed: {
    icon: "alert",
    word: "Not lit",
    means: "The BMC did not take the order. Look for its serial number.",
  },
  left_alone: {
    icon: "circle",
    word: "Left as it was",
    means: "The host is not in the live image, where nothing of it is touched.",
  },
};

/** What is known of the chassis identify light. */
export function ledWords(hold: HoldFacts | null): LedWords {
  if (hold !== null) return LED[hold.chassisLed];
  return { icon: "clock", word: "Not told yet", means: "The agent has yet to say." };
}

/** What to do next, in order. */
export function nextSteps(run: RunDetail): string[] {
  const attempt = failedAttempt(run);
  const part = attempt?.blame[0];
  const access = run.access !== null;
  return [
    part === undefined
      ? "Read the evidence below, then look at the host."
      : `Look at ${partText(part)}, with the evidence below at hand.`,
    ...(access
      ? ["Compare the host key, then log in by SSH if you need to look from inside."]
      : []),
    ...(run.canOverride
      ? [
          "Mended? Override enters the stage again, with your reason in the report.",
          "A part that needs the power off: switch the host off, swap it and boot it from the network. It comes back to this hold.",
        ]
      : []),
    ...(run.canCancel ? ["Given up? Cancel & reboot gives the host back to its own disk."] : []),
  ];
}

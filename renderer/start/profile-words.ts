import { profileParamsSchema } from "../../contract/stage-params.ts";
import type { Preflight } from "../../contract/start-api.ts";
import { formatDuration } from "../../contract/wording/format.ts";
import type { ProfileView } from "../store/console-slice.ts";

type Estimate = Preflight["estimates"][number];

/** What each of the built-in profiles is for. One of vetting.yaml says it by its name. */
export const WHAT_PROFILES_ARE_FOR: Readonly<Record<string, string>> = {
  quick: "Minutes for each stage: is it fit for the rack?",
  deep: "Hours: the drives' long self-tests, and long stress.",
  soak: "Days under load, for what fails rarely.",
};

/** What a profile does to a host, from what it sets; empty when this page does not know all of it. */
export function whatItDoes(params: ProfileView["params"], nonDestructive: boolean): string[] {
  const known = profileParamsSchema.safeParse(params);
  if (!known.success) return [];
  const { SMART, CPUStress, Storage, Network, Burn } = known.data;
  const badblocks = Storage.badblocks ? " and badblocks over spinning ones" : "";
  return [
    SMART.selfTest === "none"
      ? "no self-test of the drives"
      : `${SMART.selfTest} self-test of the drives`,
    `processors ${formatDuration(CPUStress.cpuSeconds)}, then memory ${formatDuration(CPUStress.ramSeconds)}`,
    nonDestructive
      ? `disks read ${formatDuration(Storage.readSeconds)} each way`
      : `disks written ${formatDuration(Storage.writeSeconds)}${badblocks}`,
    `network ${formatDuration(Network.secondsPerDirection)} each way`,
    `all at once ${formatDuration(Burn.seconds)}`,
  ];
}

/** How long it takes on this host, and on what that stands. */
export function estimateWords(estimate: Estimate): { time: string; basis: string } {
  const time = formatDuration(estimate.seconds);
  if (estimate.basis === "profile") {
    return { time: `at least ${time}`, basis: "what it sets; this host has not run it yet" };
  }
  const runs =
    estimate.runs === 1 ? "its last run took that long" : `median of ${estimate.runs} runs`;
  return { time: `about ${time} on this host`, basis: runs };
}

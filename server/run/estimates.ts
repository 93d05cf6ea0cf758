import { isDeepStrictEqual } from "node:util";
import { expectedSeconds, partsOf } from "../../contract/stage-budget.ts";
import { STAGES } from "../../contract/stages.ts";
import type { Preflight } from "../../contract/start-api.ts";
import type { RunDeps } from "./context.ts";

/** So far back the host's runs are looked at, over all profiles. */
const MOST_RUNS = 200;
/** The newest runs of a profile say most about the next. */
const MOST_OF_PROFILE = 20;

/**
 * How long each profile takes on a host: the median of its own runs that were walked to the end, with the same
 * parameters and just as destructive; where there are none, the sum of what the profile sets.
 */
export function estimatesOf(
  { store, registry }: Pick<RunDeps, "store" | "registry">,
  hostId: number,
  nonDestructive: boolean,
): Preflight["estimates"] {
  const past = store.runs.walkedToEnd(hostId, nonDestructive, MOST_RUNS);
  const parts = partsOf(store.inventories.latestOfHost(hostId), nonDestructive);
  return registry.names().flatMap((profile): Preflight["estimates"] => {
    const params = registry.get(profile);
    if (params === null) return [];
    const taken = past
      .filter((run) => run.profile === profile && isDeepStrictEqual(run.params, params))
      .slice(0, MOST_OF_PROFILE)
      .map(({ seconds }) => seconds);
    if (taken.length > 0) {
      return [{ profile, seconds: median(taken), basis: "past", runs: taken.length }];
    }
    const sum = STAGES.reduce(
      (seconds, stage) => seconds + expectedSeconds(stage, params[stage], parts),
      0,
    );
    return [{ profile, seconds: sum, basis: "profile", runs: 0 }];
  });
}

/** @param values at least one. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] ?? 0;
  const low = sorted[Math.ceil(middle) - 1] ?? high;
  return (low + high) / 2;
}

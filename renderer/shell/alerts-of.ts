import type { HostSummary, RunSummary } from "../../contract/console-api.ts";

/** What is worth a sound: a hold waits for somebody; `failed` could not begin or failed; `gaps` is neither. */
export type AlertKind = "hold" | "failed" | "pass" | "gaps";

export interface RunAlert {
  readonly kind: AlertKind;
  readonly run: RunSummary;
}

type Hosts = ReadonlyMap<number, Pick<HostSummary, "run">>;

/** What a run as it stands calls for, or null. What an operator ended by hand calls for nothing: somebody was there. */
export function alertKind({
  state,
  verdict,
}: Pick<RunSummary, "state" | "verdict">): AlertKind | null {
  if (state === "FailedHolding") return "hold";
  if (state === "Failed") return "failed";
  if (state !== "Passed" || verdict === null) return null;
  if (verdict === "fail") return "failed";
  return verdict === "pass" ? "pass" : "gaps";
}

/**
 * What came about between two views of the hosts. Nothing when there was no view before: what already was when the
 * page opened is on the screen, and is no news. After a lost connection the views tell what was missed, once.
 */
export function alertsOf(before: Hosts | null, after: Hosts | null): RunAlert[] {
  if (before === null || after === null) return [];
  const alerts: RunAlert[] = [];
  for (const [hostId, { run }] of after) {
    const was = before.get(hostId)?.run ?? null;
    if (run === null || run === was) continue;
    const kind = alertKind(run);
    if (kind === null) continue;
    // A host that shows an older run again tells nothing new of it.
    if (was !== null && run.id < was.id) continue;
    // A run that was overridden and holds again is in the same state, but since another time.
    const same = was?.id === run.id && alertKind(was) === kind && was.stateSince === run.stateSince;
    if (!same) alerts.push({ kind, run });
  }
  return alerts;
}

/** How many hosts wait for somebody. */
export function holdingCount(hosts: Hosts | null): number {
  let count = 0;
  for (const { run } of hosts?.values() ?? []) if (run?.state === "FailedHolding") count += 1;
  return count;
}

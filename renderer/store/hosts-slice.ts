import type { StateCreator } from "zustand";
import type { HostSummary, LiveEvent, RunSummary } from "../../contract/console-api.ts";
import { isTerminal, occupiesHost } from "../../contract/run-state.ts";

export interface HostsSlice {
  /** Null until the first snapshot. */
  readonly hosts: ReadonlyMap<number, HostSummary> | null;
  setHosts(hosts: readonly HostSummary[]): void;
  putHost(host: HostSummary): void;
  /** A run as it now stands; its host shows it when it is the run that the host shows, or a newer one. */
  putRun(run: RunSummary): void;
  /** Hosts and runs as they came, in one change. */
  putAll(changes: readonly HostsChange[]): void;
}

export type HostsChange = Extract<LiveEvent, { type: "host" | "run" }>;

export const hostsSlice: StateCreator<HostsSlice> = (set) => ({
  hosts: null,
  setHosts: (hosts) =>
    set(({ hosts: known }) => ({
      hosts: new Map(hosts.map((host) => [host.id, same(known?.get(host.id), host)])),
    })),
  putHost: (host) => set((state) => changed(state, [{ type: "host", host }])),
  putRun: (run) => set((state) => changed(state, [{ type: "run", run }])),
  putAll: (changes) => set((state) => changed(state, changes)),
});

/** What is known, where it is the same: a host that did not change is not drawn anew by a snapshot. */
function same(known: HostSummary | undefined, host: HostSummary): HostSummary {
  return known !== undefined && JSON.stringify(known) === JSON.stringify(host) ? known : host;
}

function changed(
  state: HostsSlice,
  changes: readonly HostsChange[],
): HostsSlice | Pick<HostsSlice, "hosts"> {
  const { hosts } = state;
  // Some hosts without the others would look like all there are.
  if (hosts === null) return state;
  let next: Map<number, HostSummary> | null = null;
  for (const change of changes) {
    const host = change.type === "host" ? change.host : withRun(next ?? hosts, change.run);
    if (host === null) continue;
    next ??= new Map(hosts);
    next.set(host.id, host);
  }
  return next === null ? state : { hosts: next };
}

/** The run's host with the run on it; null when it shows a newer one, or is not known. */
function withRun(hosts: HostsSlice["hosts"], run: RunSummary): HostSummary | null {
  const host = hosts?.get(run.hostId);
  if (host === undefined) return null;
  if (host.run !== null && host.run.id > run.id && !occupiesHost(run.state)) return null;
  return { ...host, run };
}

export const ATTENTION = [
  "holding",
  "failed",
  "silent",
  "running",
  "queued",
  "ready",
  "offline",
] as const;
export type Attention = (typeof ATTENTION)[number];

/** Where a host stands in the order of attention. */
export function attentionOf({ run, online }: Pick<HostSummary, "run" | "online">): Attention {
  if (run !== null) {
    if (run.state === "FailedHolding") return "holding";
    if (run.state === "Failed" || (isTerminal(run.state) && run.verdict === "fail"))
      return "failed";
    if (run.silentSince !== null && !isTerminal(run.state)) return "silent";
    if (run.state === "Queued") return "queued";
    if (!isTerminal(run.state)) return "running";
  }
  return online ? "ready" : "offline";
}

/** Names with numbers in their natural order; one collator, as making the comparison each time is slow. */
const BY_NAME = new Intl.Collator(undefined, { numeric: true });

/** Attention first, then by name. */
export function sortedHosts(hosts: Iterable<HostSummary>): HostSummary[] {
  return [...hosts]
    .map((host) => ({ host, rank: ATTENTION.indexOf(attentionOf(host)) }))
    .sort((a, b) => a.rank - b.rank || BY_NAME.compare(a.host.name, b.host.name))
    .map(({ host }) => host);
}

/** How many hosts stand where in the order of attention. */
export function countByAttention(hosts: Iterable<HostSummary>): ReadonlyMap<Attention, number> {
  const counts = new Map<Attention, number>();
  for (const host of hosts) {
    const attention = attentionOf(host);
    counts.set(attention, (counts.get(attention) ?? 0) + 1);
  }
  return counts;
}

import type { StateCreator } from "zustand";
import type { HostSummary, RunSummary } from "../../contract/console-api.ts";
import { isTerminal, occupiesHost } from "../../contract/run-state.ts";

export interface HostsSlice {
  /** Null until the first snapshot. */
  readonly hosts: ReadonlyMap<number, HostSummary> | null;
  setHosts(hosts: readonly HostSummary[]): void;
  putHost(host: HostSummary): void;
  /** A run as it now stands; its host shows it when it is the run that the host shows, or a newer one. */
  putRun(run: RunSummary): void;
}

export const hostsSlice: StateCreator<HostsSlice> = (set) => ({
  hosts: null,
  setHosts: (hosts) => set({ hosts: new Map(hosts.map((host) => [host.id, host])) }),
  putHost: (host) => set(({ hosts }) => ({ hosts: new Map(hosts ?? []).set(host.id, host) })),
  putRun: (run) =>
    set(({ hosts }) => {
      const host = hosts?.get(run.hostId);
      if (hosts === null || host === undefined) return {};
      if (host.run !== null && host.run.id > run.id && !occupiesHost(run.state)) return {};
      return { hosts: new Map(hosts).set(host.id, { ...host, run }) };
    }),
});

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

/** Attention first, then by name. */
export function sortedHosts(hosts: Iterable<HostSummary>): HostSummary[] {
  return [...hosts].sort(
    (a, b) =>
      ATTENTION.indexOf(attentionOf(a)) - ATTENTION.indexOf(attentionOf(b)) ||
      a.name.localeCompare(b.name, undefined, { numeric: true }),
  );
}

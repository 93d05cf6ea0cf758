import type { HostSummary, RunSummary } from "../../contract/console-api.ts";
import { RUN_STATES, type RunState } from "../../contract/run-state.ts";
import { VERDICTS, type Verdict } from "../../contract/verdict.ts";

/** Which runs are listed. The address holds it, so that a list can be kept, sent and gone back to. */
export interface RunsFilter {
  readonly hostId: number | null;
  readonly profile: string | null;
  readonly verdict: Verdict | null;
  readonly state: RunState | null;
  /** Days of the reader's own calendar, `2026-11-25`, both included. */
  readonly from: string | null;
  readonly to: string | null;
  /** Part of a host's name or serial, of an operator or a ticket. */
  readonly text: string;
}

export const ALL_RUNS: RunsFilter = {
  hostId: null,
  profile: null,
  verdict: null,
  state: null,
  from: null,
  to: null,
  text: "",
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads an address; what it says wrongly is not asked. */
export function readRunsFilter(query: URLSearchParams): RunsFilter {
  const day = (key: string) => {
    const value = query.get(key) ?? "";
    return DAY.test(value) && !Number.isNaN(dayStart(value)) ? value : null;
  };
  const host = Number(query.get("host"));
  return {
    hostId: Number.isSafeInteger(host) && host > 0 ? host : null,
    profile: query.get("profile") || null,
    verdict: VERDICTS.find((verdict) => verdict === query.get("verdict")) ?? null,
    state: RUN_STATES.find((state) => state === query.get("state")) ?? null,
    from: day("from"),
    to: day("to"),
    text: query.get("q") ?? "",
  };
}

/** The address of a list; the same filter always has the same one. */
export function runsHref(filter: RunsFilter): string {
  const query = new URLSearchParams();
  const { hostId, profile, verdict, state, from, to, text } = filter;
  const pairs = { host: hostId?.toString() ?? null, profile, verdict, state, from, to, q: text };
  for (const [key, value] of Object.entries(pairs)) {
    if (value !== null && value !== "") query.set(key, value);
  }
  const asked = query.toString();
  return asked === "" ? "#/runs" : `#/runs?${asked}`;
}

/** What the console is asked: the next `limit` runs, older than `before`. */
export function runsPath(filter: RunsFilter, limit: number, before: number | null): string {
  const query = new URLSearchParams(runsHref(filter).split("?")[1] ?? "");
  if (filter.from !== null) query.set("from", String(dayStart(filter.from)));
  if (filter.to !== null) query.set("to", String(dayEnd(filter.to)));
  if (before !== null) query.set("before", String(before));
  query.set("limit", String(limit));
  return `runs?${query.toString()}`;
}

/** Does a run belong to the list? For runs that the live stream tells of. */
export function fitsFilter(
  filter: RunsFilter,
  run: RunSummary,
  host: Pick<HostSummary, "serial"> | undefined,
): boolean {
  const created = Date.parse(run.createdAt);
  const words = [run.hostName, host?.serial, run.operator, run.ticket];
  const text = filter.text.trim().toLowerCase();
  return (
    (filter.hostId === null || filter.hostId === run.hostId) &&
    (filter.profile === null || filter.profile === run.profile) &&
    (filter.verdict === null || filter.verdict === run.verdict) &&
    (filter.state === null || filter.state === run.state) &&
    (filter.from === null || created >= dayStart(filter.from)) &&
    (filter.to === null || created <= dayEnd(filter.to)) &&
    (text === "" || words.some((word) => word?.toLowerCase().includes(text)))
  );
}

/** Midnight of the reader's own clock, in ms. */
function dayStart(day: string): number {
  return new Date(`${day}T00:00:00`).getTime();
}

function dayEnd(day: string): number {
  return new Date(`${day}T23:59:59.999`).getTime();
}

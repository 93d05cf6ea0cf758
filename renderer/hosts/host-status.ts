import type { HostSummary, RunSummary } from "../../contract/console-api.ts";
import { headline, type Status, VERDICT_STATUS } from "../../contract/wording/status-table.ts";
import type { Attention } from "../store/hosts-slice.ts";

const READY: Status = {
  word: "Ready",
  icon: "circle",
  tone: "idle",
  means: "The reporter answers; a run can be started.",
};
const OFFLINE: Status = {
  word: "Offline",
  icon: "plug",
  tone: "idle",
  means: "No reporter answers from this host.",
};

/** The word shown largest: of the run while it matters, else whether the host can be reached. */
export function tileStatus(host: Pick<HostSummary, "run" | "online">): Status {
  const { run } = host;
  // A hold that was cancelled has failed all the same: the host must not look fit.
  if (run?.state === "Cancelled" && run.verdict === "fail") return VERDICT_STATUS.fail;
  if (run === null || run.state === "Cancelled") return host.online ? READY : OFFLINE;
  return headline(run);
}

/** The words of the filter. */
export const ATTENTION_WORDS: Readonly<Record<Attention, string>> = {
  holding: "Holding",
  failed: "Failed",
  silent: "Silent",
  running: "Running",
  queued: "Queued",
  ready: "Ready",
  offline: "Offline",
};

/** Maker and model, or what else tells the machine from others. */
export function modelOf({ vendor, product, macs }: HostSummary): string {
  const model = [vendor, product].filter((part) => part !== null).join(" ");
  return model === "" ? macs.join(", ") : model;
}

const arrivals = new WeakMap<RunSummary, number>();

/** When this page got to know the run as it stands, in ms. */
function arrivalMs(run: RunSummary, nowMs: number): number {
  const known = arrivals.get(run) ?? nowMs;
  arrivals.set(run, known);
  return known;
}

/**
 * Seconds that are left of a run now. The server told them when the state last changed and tells no more until it
 * changes again; null when it told none.
 */
export function leftSeconds(run: RunSummary, nowMs: number): number | null {
  if (run.remainingSeconds === null) return null;
  return Math.max(0, run.remainingSeconds - (nowMs - arrivalMs(run, nowMs)) / 1000);
}

/** `seen just now`, to the minute else: a tile does not count seconds. */
export function seenText(lastSeenMs: number | null, nowMs: number): string {
  if (lastSeenMs === null) return "never seen";
  const minutes = Math.floor((nowMs - lastSeenMs) / 60_000);
  if (minutes < 1) return "seen just now";
  if (minutes < 60) return `seen ${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `seen ${hours} h ago` : `seen ${Math.floor(hours / 24)} d ago`;
}

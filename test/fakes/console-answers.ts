/** What the fake console answers about the history and before a start: as the real one does, over the data of a spec. */
import type { HostSummary, RunDetail, RunSummary } from "../../contract/console-api.ts";
import { isTerminal, occupiesHost } from "../../contract/run-state.ts";
import type { Preflight, PreflightFinding } from "../../contract/start-api.ts";
import { INVENTORY, summaryOf } from "./console-data.ts";

/** GET runs: newest first, with the filters of the page. */
export function listedRuns(
  runs: readonly RunDetail[],
  hosts: readonly HostSummary[],
  query: URLSearchParams,
): RunSummary[] {
  const text = query.get("q")?.trim().toLowerCase() ?? "";
  const serial = (hostId: number) => hosts.find(({ id }) => id === hostId)?.serial ?? "";
  const asked = (key: string, value: string | null) =>
    query.get(key) === null || query.get(key) === value;
  return runs
    .map(summaryOf)
    .filter(
      (run) =>
        asked("host", String(run.hostId)) &&
        asked("profile", run.profile) &&
        asked("verdict", run.verdict) &&
        asked("state", run.state) &&
        Date.parse(run.createdAt) >= Number(query.get("from") ?? 0) &&
        Date.parse(run.createdAt) <= Number(query.get("to") ?? Number.POSITIVE_INFINITY) &&
        run.id < Number(query.get("before") ?? Number.POSITIVE_INFINITY) &&
        [run.hostName, serial(run.hostId), run.operator, run.ticket].some((word) =>
          (word ?? "").toLowerCase().includes(text),
        ),
    )
    .sort((a, b) => b.id - a.id)
    .slice(0, Number(query.get("limit") ?? 1000));
}

/** GET hosts/:id/preflight: a host without a spec and with an old firmware, and what stands in its way. */
export function preflightOf(
  host: HostSummary,
  labUrl: string | null,
  nonDestructive: boolean,
): Preflight {
  const findings: PreflightFinding[] = [];
  if (host.run !== null && occupiesHost(host.run.state)) {
    const { id, state } = host.run;
    const what = isTerminal(state) ? "holds" : "is under way on";
    const text = `Run ${id} ${what} ${host.name}.`;
    findings.push({ id: "host-occupied", level: "stop", text, mend: null });
  }
  if (!host.online) {
    findings.push({
      id: "host-offline",
      level: "warn",
      text: `The reporter of ${host.name} has not been heard for more than 60 s, so it cannot be told to reboot: wake it or power it on by hand, or start its reporter.`,
      mend: `curl -fsSL ${labUrl}/register/quick.sh | sudo sh`,
    });
  }
  findings.push(
    {
      id: "stale-pins",
      level: "warn",
      text: "The firmware that run 6 found does not meet the pins of spec r640, and the stage Spec fails on it: bios is 2.10.0, pinned to 2.19.1. Update the host, or pin what it has.",
      mend: null,
    },
    {
      id: "last-gaps",
      level: "info",
      text: "Its last run (6) could not exercise everything; what was not mended is left out again. ECC counters (CPU and memory): No EDAC driver is loaded.",
      mend: null,
    },
  );
  return {
    findings,
    estimates: [
      { profile: "quick", seconds: nonDestructive ? 1281 : 1700, basis: "past", runs: 3 },
      { profile: "deep", seconds: 141_000, basis: "profile", runs: 0 },
      { profile: "soak", seconds: 350_000, basis: "profile", runs: 0 },
    ],
    disks: {
      asOf: host.lastSeen ?? new Date(0).toISOString(),
      list: INVENTORY.disks.map(({ name, model, serial, sizeBytes, inUse }) => ({
        name,
        model,
        serial,
        sizeBytes,
        inUse,
      })),
    },
  };
}

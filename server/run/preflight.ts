import type { DoctorCheck } from "../../contract/console-api.ts";
import { diffFirmware, type FirmwareDiffRow } from "../../contract/firmware.ts";
import type { Inventory } from "../../contract/inventory.ts";
import { isTerminal, takesDispatcherSlot } from "../../contract/run-state.ts";
import type { Preflight, PreflightFinding } from "../../contract/start-api.ts";
import { gapsOf } from "../../contract/verdict.ts";
import { STAGE_TITLES, stateTitle } from "../../contract/wording/status-table.ts";
import { shownBoot } from "./boot-timeline.ts";
import type { RunDeps } from "./context.ts";
import { noRoomForRun } from "./disk-room.ts";
import { isOnline } from "./dispatcher.ts";
import { estimatesOf } from "./estimates.ts";
import { labFindings } from "./lab-findings.ts";
import type { HostRecord } from "./ports.ts";
import { standingsOf } from "./run-machine.ts";

export interface PreflightQuestion {
  readonly nonDestructive: boolean;
  /** What the doctor says now. */
  readonly checks: readonly DoctorCheck[];
}

const LEVELS: readonly PreflightFinding["level"][] = ["stop", "warn", "info"];

/** What is worth knowing before a run is started on a host, worst first. It changes nothing. */
export function preflightOf(
  deps: RunDeps,
  host: HostRecord,
  { nonDestructive, checks }: PreflightQuestion,
): Preflight {
  const { store } = deps;
  const inventory = store.inventories.latestOfHost(host.id);
  const asOf = store.inventories.latestTimeOfHost(host.id);
  const findings = [
    ...occupancy(deps, host),
    ...room(deps),
    ...reachability(deps, host),
    ...labFindings(checks),
    ...firmwareSetup(host, inventory),
    ...lastBoot(deps, host),
    ...specFindings(deps, host),
    ...lastGaps(deps, host),
    ...diskFindings(inventory, nonDestructive),
  ];
  return {
    findings: LEVELS.flatMap((level) => findings.filter((one) => one.level === level)),
    estimates: estimatesOf(deps, host.id, nonDestructive),
    disks:
      inventory === null || asOf === null
        ? null
        : {
            asOf: new Date(asOf).toISOString(),
            list: inventory.disks.map(({ name, model, serial, sizeBytes, inUse }) => ({
              name,
              model,
              serial,
              sizeBytes,
              inUse,
            })),
          },
  };
}

function finding(
  id: string,
  level: PreflightFinding["level"],
  text: string,
  mend: string | null = null,
): PreflightFinding {
  return { id, level, text, mend };
}

function occupancy({ store, config }: RunDeps, host: HostRecord): PreflightFinding[] {
  const occupant = store.runs.occupying(host.id);
  if (occupant !== null) {
    const { id, state } = occupant;
    const text = isTerminal(state)
      ? `Run ${id} holds ${host.name}: it waits for somebody to look at it. Override it, or cancel and reboot.`
      : `Run ${id} (${stateTitle(state)}) is under way on ${host.name}. Wait for its end, or cancel it.`;
    return [finding("host-occupied", "stop", text)];
  }
  const busy = store.runs.listOccupying().filter(({ state }) => takesDispatcherSlot(state)).length;
  const most = config.dispatcher.maxConcurrentRuns;
  if (busy < most) return [];
  const text = `${busy} runs are under way, and at most ${most} may be: this one waits until a place is free.`;
  return [finding("queue-full", "info", text)];
}

function room(deps: RunDeps): PreflightFinding[] {
  const text = noRoomForRun(deps);
  return text === null ? [] : [finding("disk-full", "stop", text)];
}

function reachability(
  { clock, config, labUrl }: RunDeps,
  { name, reporterSeenAt, netbootNote }: HostRecord,
): PreflightFinding[] {
  const { staleAfterSeconds } = config.reporter;
  const now = clock.now();
  const url = labUrl();
  const install = url === null ? null : `curl -fsSL ${url}/register/quick.sh | sudo sh`;
  const note =
    netbootNote === null
      ? []
      : [finding("netboot-note", "warn", `The reporter of ${name} says: ${netbootNote}`)];
  if (reporterSeenAt === null) {
    const text = `${name} has no reporter: wake it or power it on by hand, with network boot first in its boot order.`;
    return [finding("no-reporter", "info", text, install)];
  }
  if (isOnline({ reporterSeenAt }, now, staleAfterSeconds)) return note;
  const text = `The reporter of ${name} has not been heard for more than ${staleAfterSeconds} s, so it cannot be told to reboot: wake it or power it on by hand, or start its reporter.`;
  return [finding("host-offline", "warn", text, install), ...note];
}

function firmwareSetup(
  { name, secureBoot }: HostRecord,
  inventory: Inventory | null,
): PreflightFinding[] {
  if ((secureBoot ?? inventory?.secureBoot) !== "enabled") return [];
  const text = `Secure Boot is on in ${name}: it refuses the boot loader and the live image. Switch it off in the firmware's setup for the test.`;
  return [finding("secure-boot", "warn", text)];
}

function lastBoot({ store, clock }: RunDeps, host: HostRecord): PreflightFinding[] {
  const record = store.boots.latestAttempt(host.id);
  if (record === null) return [];
  const { progress, startedAt } = shownBoot(record, clock.now(), false);
  if (progress.kind !== "stopped") return [];
  const when = `${startedAt.slice(0, 16).replace("T", " ")} UTC`;
  const text = `Its last network boot (${when}): ${progress.sentence}`;
  return [finding("boot-stopped", "warn", text)];
}

function specFindings(deps: RunDeps, host: HostRecord): PreflightFinding[] {
  const { store, registry } = deps;
  const spec = registry.specFor(host);
  if (spec === null) {
    const text =
      host.spec === null
        ? `No spec fits ${host.name}: nothing says what belongs into it, and a run can only pass with gaps.`
        : `The spec "${host.spec}" was chosen for ${host.name} and is not in vetting.yaml any more: nothing says what belongs into it, and a run can only pass with gaps.`;
    return [finding("no-spec", "warn", text)];
  }
  const snapshot = store.firmware.latestOfHost(host.id);
  if (spec.firmware.length === 0 || snapshot === null) return [];
  const unmet = diffFirmware(spec.firmware, snapshot.rows).filter(({ kind }) => kind !== "match");
  if (unmet.length === 0) return [];
  const text = `The firmware that run ${snapshot.runId} found does not meet the pins of spec ${spec.name}, and the stage ${STAGE_TITLES.SpecValidate} fails on it: ${unmet.map(pinText).join("; ")}. Update the host, or pin what it has.`;
  return [finding("stale-pins", "warn", text)];
}

function pinText({ kind, component, identifier, expected, actual }: FirmwareDiffRow): string {
  const what =
    identifier === null || identifier === "system" ? component : `${component} ${identifier}`;
  if (kind === "missing") return `${what} is pinned to ${expected} and is not there`;
  return `${what} is ${actual ?? "not readable"}, pinned to ${expected}`;
}

function lastGaps({ store }: RunDeps, host: HostRecord): PreflightFinding[] {
  const run = store.runs.latest(host.id);
  if (run?.verdict !== "pass_with_gaps") return [];
  const gaps = gapsOf(standingsOf(store.attempts.list(run.id)), run.spec !== null);
  const named = gaps
    .map(({ stage, what, why }) => `${what} (${STAGE_TITLES[stage]}): ${why}`)
    .join(" ");
  const text = `Its last run (${run.id}) could not exercise everything; what was not mended is left out again. ${named}`;
  return [finding("last-gaps", "info", text)];
}

function diskFindings(inventory: Inventory | null, nonDestructive: boolean): PreflightFinding[] {
  if (inventory === null) {
    return nonDestructive
      ? []
      : [
          finding(
            "disks-unknown",
            "warn",
            "The host has had no inventory yet, so its disks are not known: every one that is free will be written over.",
          ),
        ];
  }
  if (nonDestructive) return [];
  if (inventory.disks.some(({ inUse }) => inUse === null)) return [];
  const text =
    inventory.disks.length === 0
      ? "At its last inventory the host had no disk: there is nothing to write to."
      : "At its last inventory every disk was in use: such a disk is left alone, so nothing would be written.";
  return [finding("no-disk-to-write", "info", text)];
}

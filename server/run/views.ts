import type {
  HostDetail,
  HostSummary,
  RunDetail,
  RunSummary,
  StageAttempt,
} from "../../contract/console-api.ts";
import { isTerminal, legalTriggers, stageNameForState } from "../../contract/run-state.ts";
import { expectedSeconds, type HostParts, partsOf } from "../../contract/stage-budget.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import { gapsOf } from "../../contract/verdict.ts";
import { shownBoot } from "./boot-timeline.ts";
import type { RunDeps } from "./context.ts";
import { isOnline } from "./dispatcher.ts";
import type { AttemptRecord, BreachRecord, HostRecord, RunRecord } from "./ports.ts";
import { standingsOf } from "./run-machine.ts";
import { silentSince } from "./watchdog.ts";

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

const MOST_BOOTS_SHOWN = 50;

/** Draws records as the console's API shows them. */
export class Views {
  readonly #deps: RunDeps;

  constructor(deps: RunDeps) {
    this.#deps = deps;
  }

  runSummary(run: RunRecord): RunSummary {
    const host = this.#deps.store.hosts.get(run.hostId);
    return {
      id: run.id,
      hostId: run.hostId,
      hostName: host?.name ?? `host ${run.hostId}`,
      profile: run.profile,
      nonDestructive: run.nonDestructive,
      state: run.state,
      verdict: run.verdict,
      failedStage: run.failedStage,
      reason: run.reason,
      start: run.start,
      afterPass: run.afterPass,
      operator: run.operator,
      ticket: run.ticket,
      createdAt: iso(run.createdAt),
      startedAt: isoOrNull(run.startedAt),
      endedAt: isoOrNull(run.endedAt),
      stateSince: iso(run.stateSince),
      remainingSeconds: this.#remainingSeconds(run),
      silentSince: isoOrNull(silentSince(run, this.#deps)),
      warnings: [...run.warnings],
    };
  }

  runDetail(run: RunRecord): RunDetail {
    const { store } = this.#deps;
    const attempts = store.attempts.list(run.id);
    const breaches = store.breaches.list(run.id);
    const legal = legalTriggers(run.state);
    const parts = this.#parts(run);
    return {
      ...this.runSummary(run),
      stages: attempts.map((attempt) => this.#attempt(run, attempt, breaches, parts)),
      gaps: gapsOf(standingsOf(attempts), run.spec !== null),
      overrides: store.overrides.list(run.id).map(({ stage, reason, operator, at }) => ({
        stage,
        reason,
        operator,
        at: iso(at),
      })),
      evidence: store.evidence.list(run.id).map((item) => ({
        id: item.id,
        stage: item.stage,
        kind: item.kind,
        name: item.name,
        bytes: item.bytes,
        truncated: item.truncated,
        receivedAt: iso(item.receivedAt),
      })),
      thresholds: [...run.thresholds],
      params: run.params,
      spec: run.spec?.name ?? null,
      catalogue: run.catalogue,
      inventory: store.inventories.get(run.id),
      agentVersion: run.agentVersion,
      consoleVersion: run.consoleVersion,
      sensors: store.samples.sensors(run.id),
      droppedSamples: run.droppedSamples,
      access: run.access,
      hold: run.hold,
      boots: this.#bootsOf(run),
      canCancel: legal.includes("OperatorCancelled"),
      canOverride: legal.includes("Override"),
    };
  }

  hostSummary(host: HostRecord): HostSummary {
    const { store, clock, config, registry } = this.#deps;
    const run = store.runs.occupying(host.id) ?? store.runs.latest(host.id);
    const boot = store.boots.latestAttempt(host.id);
    const seen = Math.max(host.reporterSeenAt ?? 0, run?.lastSignAt ?? 0);
    return {
      id: host.id,
      name: host.name,
      macs: [...host.macs],
      vendor: host.vendor,
      product: host.product,
      serial: host.serial,
      os: host.os,
      spec: registry.specFor(host)?.name ?? null,
      notes: host.notes,
      lastSeen: seen === 0 ? null : iso(seen),
      online: isOnline(host, clock.now(), config.reporter.staleAfterSeconds),
      secureBoot: host.secureBoot,
      netbootMethod: host.netbootMethod,
      netbootNote: host.netbootNote,
      run: run === null ? null : this.runSummary(run),
      boot: boot === null ? null : shownBoot(boot, clock.now(), false),
      simulated: host.simulated,
    };
  }

  hostDetail(host: HostRecord): HostDetail {
    const { store, clock } = this.#deps;
    const boots = store.boots.listAttempts(host.id, MOST_BOOTS_SHOWN);
    return {
      ...this.hostSummary(host),
      inventory: store.inventories.latestOfHost(host.id),
      boots: boots.map((boot, index) => shownBoot(boot, clock.now(), index > 0)),
    };
  }

  #bootsOf(run: RunRecord): RunDetail["boots"] {
    const { store, clock } = this.#deps;
    const latest = store.boots.latestAttempt(run.hostId);
    return store.boots
      .listAttemptsOfRun(run.id)
      .map((boot) => shownBoot(boot, clock.now(), boot.id !== latest?.id));
  }

  #attempt(
    run: RunRecord,
    attempt: AttemptRecord,
    breaches: readonly BreachRecord[],
    parts: HostParts,
  ): StageAttempt {
    return {
      id: attempt.id,
      stage: attempt.stage,
      attempt: attempt.attempt,
      status: attempt.status,
      result: attempt.result,
      claimedResult: attempt.claimedResult === attempt.result ? null : attempt.claimedResult,
      reason: attempt.reason,
      summary: attempt.outcome?.summary ?? null,
      startedAt: iso(attempt.startedAt),
      endedAt: isoOrNull(attempt.endedAt),
      expectedSeconds: expectedSeconds(attempt.stage, run.params[attempt.stage], parts),
      proof: attempt.outcome?.proof ?? [],
      measurements: attempt.outcome?.measurements ?? [],
      gaps: attempt.outcome?.gaps ?? [],
      blame: attempt.outcome?.blame ?? [],
      toolVersions: attempt.outcome?.toolVersions ?? {},
      breaches: breaches
        .filter(({ attemptId }) => attemptId === attempt.id)
        .map(({ sensor, value, limit, unit, severity, t }) => ({
          sensor,
          value,
          limit,
          unit,
          severity,
          t: iso(t),
        })),
    };
  }

  #parts(run: RunRecord): HostParts {
    return partsOf(this.#deps.store.inventories.get(run.id), run.nonDestructive);
  }

  /** What is left of the stage under way, and all stages after it. */
  #remainingSeconds(run: RunRecord): number | null {
    if (isTerminal(run.state)) return null;
    const stage = stageNameForState(run.state);
    const from = stage === null ? 0 : STAGES.indexOf(stage);
    const parts = this.#parts(run);
    const expected = (name: StageName) => expectedSeconds(name, run.params[name], parts);
    const rest = STAGES.slice(from).reduce((sum, name) => sum + expected(name), 0);
    if (stage === null) return Math.round(rest);
    const elapsed = (this.#deps.clock.now() - run.stateSince) / 1000;
    return Math.round(rest - Math.min(elapsed, expected(stage)));
  }
}

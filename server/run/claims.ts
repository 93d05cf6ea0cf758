import { isDeepStrictEqual } from "node:util";
import type {
  AgentHeartbeatRequest,
  AgentHeartbeatResponse,
  ClaimRequest,
  ClaimResponse,
} from "../../contract/agent-api.ts";
import { stageNameForState } from "../../contract/run-state.ts";
import { STAGES } from "../../contract/stages.ts";
import { breachSentence } from "../../contract/wording/format.ts";
import { stageTitle } from "../../contract/wording/status-table.ts";
import { deadRun } from "./artifact-log.ts";
import type { BootTimeline } from "./boot-timeline.ts";
import type { RunDeps } from "./context.ts";
import { done, failed, type Result } from "./failure.ts";
import { finalCommand, isDead } from "./final-command.ts";
import type { BootTokenRecord, NewRun, RunRecord } from "./ports.ts";
import type { RunMachine } from "./run-machine.ts";
import { hashToken } from "./tokens.ts";
import { withWarning } from "./warnings.ts";
import { heldForSilence } from "./watchdog.ts";

/** How an agent takes up a run, and what its heartbeats are answered with. */
export class Claims {
  readonly #deps: RunDeps;
  readonly #machine: RunMachine;
  readonly #timeline: BootTimeline;
  readonly #accessChanged: (runId: number) => void;

  /** @param accessChanged told when the way into a held host was opened or closed, or its LED was lit. */
  constructor(
    deps: RunDeps,
    machine: RunMachine,
    timeline: BootTimeline,
    accessChanged: (runId: number) => void,
  ) {
    this.#deps = deps;
    this.#machine = machine;
    this.#timeline = timeline;
    this.#accessChanged = accessChanged;
  }

  claim(request: ClaimRequest, bearer: string | null): Result<ClaimResponse> {
    const known =
      bearer === null ? null : this.#deps.store.runs.findByRunTokenHash(hashToken(bearer));
    if (known !== null && bearer !== null) {
      if (isDead(known)) return deadRun(known);
      if (known.agentBootId === request.bootId) return this.#resume(known, request, bearer);
    }
    const token = this.#bootToken(request);
    if (!token.ok) return token;
    const run = this.#deps.store.runs.get(token.value.runId);
    if (run === null) return failed("not-found", `There is no run ${token.value.runId}.`);
    if (isDead(run)) return deadRun(run);
    return this.#claimAnew(run, token.value, request);
  }

  /** @returns 410 once the final command was obeyed. */
  heartbeat(run: RunRecord, request: AgentHeartbeatRequest): Result<AgentHeartbeatResponse> {
    const { store, clock } = this.#deps;
    if (run.obeyedAt !== null) return deadRun(run);
    const now = clock.now();
    const obeys = isDead(run) && request.obeying !== undefined;
    const told = toldOnHold(run, request);
    const changes = !isDeepStrictEqual(told, { access: run.access, hold: run.hold });
    const updated = store.runs.update(run.id, {
      lastSignAt: now,
      ...(request.droppedSamples === undefined ? {} : { droppedSamples: request.droppedSamples }),
      ...(obeys ? { obeyedAt: now } : {}),
      ...(changes ? told : {}),
    });
    if (changes) this.#accessChanged(run.id);
    if (isDead(updated)) return done({ cmd: finalCommand(updated) });
    const stage = stageNameForState(updated.state);
    if (stage === null) return done(this.#heldHeartbeat(updated, request));
    if (updated.overridePending) return done({ cmd: "override", stage });
    const reason = this.#standingBreach(updated);
    return done(reason === null ? { cmd: "continue" } : { cmd: "abort_stage", stage, reason });
  }

  /**
   * An agent on a hold waits. One that still works on a stage which the console has given up (it was silent for too
   * long and lives after all) must end it, or its old attempt would be taken for the overridden one.
   */
  #heldHeartbeat(run: RunRecord, { stage }: AgentHeartbeatRequest): AgentHeartbeatResponse {
    if (stage === null || stage === undefined || stage !== run.resumeStage) {
      return { cmd: "continue" };
    }
    const last = this.#deps.store.attempts.list(run.id).findLast((it) => it.stage === stage);
    if (last === undefined || last.outcome !== null) return { cmd: "continue" };
    return { cmd: "abort_stage", stage, reason: run.reason ?? "The run holds." };
  }

  /** The fail breaches of the running attempt as one sentence, or null. */
  #standingBreach(run: RunRecord): string | null {
    const attempt = this.#deps.store.attempts.running(run.id);
    if (attempt === null) return null;
    const sentences = breachSentences(this.#deps.store.breaches.listForAttempt(attempt.id));
    return sentences.length === 0 ? null : sentences.join(" ");
  }

  /** An unused boot token for this MAC, or why it is refused. A misuse is shown on its run. */
  #bootToken(request: ClaimRequest): Result<BootTokenRecord> {
    const { store } = this.#deps;
    const token = store.boots.findToken(hashToken(request.bootToken));
    if (token === null) {
      return failed("boot-token-refused", "The boot token is unknown: boot the host again.");
    }
    const run = store.runs.get(token.runId);
    // Cancelled before the claim, which revoked the token: the host learns what to do, not that it is a stranger.
    if (token.usedAt === null && token.mac === request.mac && run !== null && isDead(run)) {
      return deadRun(run);
    }
    const problem =
      token.usedAt !== null
        ? "A boot token was presented a second time after it had been exchanged; it was refused."
        : token.revokedAt !== null
          ? "A revoked boot token was presented; it was refused. Only the latest boot script counts."
          : token.mac !== request.mac
            ? `A boot token issued to ${token.mac} was presented by ${request.mac}; it was refused.`
            : null;
    if (problem === null) return done(token);
    if (run !== null) store.runs.update(run.id, withWarning(run, problem));
    return failed("boot-token-refused", problem);
  }

  /** The agent was restarted in the same boot: its stage begins anew, unless it had failed already. */
  #resume(run: RunRecord, request: ClaimRequest, bearer: string): Result<ClaimResponse> {
    const { store, clock } = this.#deps;
    const breach = this.#standingBreach(run);
    const stage = stageNameForState(run.state);
    if (stage !== null && breach !== null) {
      const held = this.#machine.apply(run, "StageFailed", { reason: breach });
      return held.ok ? this.#answer(held.value, bearer) : held;
    }
    const resumed = store.transaction(() => {
      if (stage !== null) {
        const running = store.attempts.running(run.id);
        if (running !== null) {
          store.attempts.finish(running.id, {
            status: "error",
            result: "not_applicable",
            claimedResult: null,
            reason: "The agent was restarted in the middle of the stage; the stage began anew.",
            endedAt: clock.now(),
            outcome: null,
          });
        }
        store.attempts.start(run.id, stage, clock.now());
      }
      return this.#machine.apply(run, "AgentClaimed", {
        ...reasonOf(run),
        patch: this.#identity(request),
      });
    });
    return resumed.ok ? this.#answer(resumed.value, bearer) : resumed;
  }

  #claimAnew(run: RunRecord, token: BootTokenRecord, request: ClaimRequest): Result<ClaimResponse> {
    const { store, clock } = this.#deps;
    const runToken = this.#deps.randomToken();
    const now = clock.now();
    const stage = stageNameForState(run.state);
    // The same boot with a new token: the answer to its first claim was lost, and the agent asked for a new script.
    const sameBoot = run.agentBootId === request.bootId;
    if (sameBoot) {
      store.transaction(() => {
        store.boots.markUsed(token.hash, now);
        store.runs.update(run.id, { runTokenHash: hashToken(runToken) });
      });
      const again = store.runs.get(run.id) ?? run;
      return this.#resume(again, request, runToken);
    }
    const reset = stage !== null && run.agentBootId !== null;
    const claimed = store.transaction(() => {
      store.boots.markUsed(token.hash, now);
      this.#timeline.note(run.hostId, {
        step: "claim",
        detail: `Agent ${request.agentVersion} claimed the run`,
      });
      const patch: Partial<NewRun> = {
        ...this.#identity(request),
        runTokenHash: hashToken(runToken),
        access: null,
        hold: null,
        startedAt: run.startedAt ?? now,
      };
      if (heldForSilence(run)) {
        const reason = `${run.reason} It has netbooted since and claimed the run anew: it reset by itself (unexpected reset), or somebody reset it.`;
        const evidence = { ...patch, collectResetEvidence: true };
        return this.#machine.apply(run, "AgentClaimed", { reason, patch: evidence });
      }
      if (!reset) return this.#machine.apply(run, "AgentClaimed", { ...reasonOf(run), patch });
      return this.#machine.apply(run, "UnexpectedReset", {
        reason: `The host reset by itself during ${stageTitle(stage)}: it netbooted again and claimed the run anew (unexpected reset).`,
        patch: { ...patch, collectResetEvidence: true },
      });
    });
    return claimed.ok ? this.#answer(claimed.value, runToken) : claimed;
  }

  #identity(request: ClaimRequest): Partial<NewRun> {
    return {
      agentBootId: request.bootId,
      agentVersion: request.agentVersion,
      lastSignAt: this.#deps.clock.now(),
      ...(request.catalogue === undefined ? {} : { catalogue: request.catalogue }),
    };
  }

  #answer(run: RunRecord, runToken: string): Result<ClaimResponse> {
    const { store, config, networkPeers } = this.#deps;
    const host = store.hosts.get(run.hostId);
    const holds = run.state === "FailedHolding";
    return done({
      runId: run.id,
      runToken,
      ...(host === null ? {} : { hostName: host.name }),
      currentState: run.state,
      profile: run.profile,
      nonDestructive: run.nonDestructive,
      stages: STAGES.map((name) => ({ name, params: { ...run.params[name] } })),
      heartbeatSeconds: config.agent.heartbeatSeconds,
      nextSequence: store.answers.nextSequence(run.id),
      spec: run.spec,
      inventory: store.inventories.get(run.id),
      firmware: store.firmware.get(run.id),
      networkPeer: networkPeers.acquire(run.id),
      holdReason: holds ? run.reason : null,
      failedStage: holds ? run.failedStage : null,
      collectResetEvidence: run.collectResetEvidence,
      sshKeys: config.agent.sshKeys,
    });
  }
}

/** What an agent says of its host counts on a hold; an older agent says nothing. */
function toldOnHold(
  run: RunRecord,
  { access, hold }: AgentHeartbeatRequest,
): Pick<RunRecord, "access" | "hold"> {
  if (run.state !== "FailedHolding") return { access: null, hold: null };
  return {
    access: access === undefined ? run.access : access,
    hold: hold === undefined ? run.hold : hold,
  };
}

/** A held run keeps why it holds when its agent claims again. */
function reasonOf(run: RunRecord): { reason?: string } {
  return run.reason === null ? {} : { reason: run.reason };
}

/** One sentence a fail breach. */
export function breachSentences(
  breaches: readonly {
    sensor: string;
    value: number;
    limit: number;
    unit: string;
    severity: string;
  }[],
): string[] {
  return breaches
    .filter(({ severity }) => severity === "fail")
    .map((breach) => breachSentence(breach, breach.unit));
}

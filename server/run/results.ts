import type {
  EvidenceRequest,
  FirmwareRequest,
  InventoryRequest,
  InventoryResponse,
  ResultResponse,
} from "../../contract/agent-api.ts";
import { blameSensor } from "../../contract/blame-sensor.ts";
import { stageNameForState } from "../../contract/run-state.ts";
import type { Blame, ResultRequest, StageOutcome } from "../../contract/stage-result.ts";
import type { StageName } from "../../contract/stages.ts";
import { judgeStage } from "../../contract/verdict.ts";
import { deadRun, storedFailure } from "./artifact-log.ts";
import { breachSentences } from "./claims.ts";
import type { RunDeps } from "./context.ts";
import { done, type Failure, failed, type Result } from "./failure.ts";
import { awaitsCancelledOutcome, isDead } from "./final-command.ts";
import type { ArtifactKind, BreachRecord, RunRecord } from "./ports.ts";
import { redactTokens } from "./redact.ts";
import type { RunMachine, StageEnd } from "./run-machine.ts";
import type { ThresholdWatch } from "./threshold-watch.ts";

const STORED = { stored: true } as const;
/** As many as the contract takes. */
const MOST_BLAMED = 64;

/** Takes single artifacts: inventory, firmware, evidence, and the result that moves the run. */
export class Results {
  readonly #deps: RunDeps;
  readonly #machine: RunMachine;
  readonly #watch: ThresholdWatch;
  readonly #touch: (run: RunRecord, stage: StageName | null) => void;

  constructor(
    deps: RunDeps,
    machine: RunMachine,
    watch: ThresholdWatch,
    touch: (run: RunRecord, stage: StageName | null) => void,
  ) {
    this.#deps = deps;
    this.#machine = machine;
    this.#watch = watch;
    this.#touch = touch;
  }

  /** Stores it, and lets a host that was known by its MAC alone learn what it is, and so its spec. */
  inventory(runId: number, { sequence, inventory }: InventoryRequest): Result<InventoryResponse> {
    return this.#once(runId, "inventory", sequence, (run) => {
      const { store, registry, clock } = this.#deps;
      store.inventories.put(runId, inventory, clock.now());
      this.#touch(run, "Inventory");
      const host = store.hosts.get(run.hostId);
      if (host === null) return done({ ...STORED, spec: run.spec });
      const { vendor, product, serial, uuid } = inventory.system;
      const known = store.hosts.update(host.id, {
        vendor: host.vendor ?? vendor,
        product: host.product ?? product,
        serial: host.serial ?? serial,
        uuid: host.uuid ?? uuid,
      });
      const spec = run.spec ?? registry.specFor(known);
      if (spec !== run.spec) store.runs.update(runId, { spec });
      return done({ ...STORED, spec });
    });
  }

  firmware(runId: number, { sequence, components }: FirmwareRequest): Result<typeof STORED> {
    return this.#once(runId, "firmware", sequence, (run) => {
      this.#deps.store.firmware.replace(runId, components);
      this.#touch(run, "Firmware");
      return done(STORED);
    });
  }

  evidence(runId: number, evidence: EvidenceRequest): Result<typeof STORED> {
    return this.#once(runId, "evidence", evidence.sequence, (run) => {
      const { store, clock } = this.#deps;
      store.evidence.add(runId, { ...evidence, text: redactTokens(evidence.text) }, clock.now());
      // What an unexpected reset left behind has come.
      if (evidence.kind === "pstore" && run.collectResetEvidence) {
        store.runs.update(runId, { collectResetEvidence: false });
      }
      this.#touch(run, evidence.stage);
      return done(STORED);
    });
  }

  result(runId: number, request: ResultRequest): Result<ResultResponse> {
    const { sequence, ...outcome } = request;
    const takes = (run: RunRecord) => awaitsCancelledOutcome(run) && outcome.status === "cancelled";
    return this.#once(
      runId,
      "result",
      sequence,
      (run) => {
        if (run.state === "Cancelled") return this.#cancelled(run, outcome);
        const stage = stageNameForState(run.state);
        if (stage === null) {
          const detail = `Run ${runId} is ${run.state} and takes no result; wait for an override.`;
          return failed("stage-mismatch", detail, { nextState: run.state });
        }
        return outcome.stage === stage
          ? this.#judge(run, outcome)
          : this.#mismatch(run, outcome.stage, stage);
      },
      takes,
    );
  }

  /**
   * Runs the work once for a sequence: a repeat gets its first answer again, before any guard is asked.
   * @param takesFromDead which dead runs still take this artifact.
   */
  #once<T>(
    runId: number,
    kind: ArtifactKind,
    sequence: number,
    work: (run: RunRecord) => Result<T>,
    takesFromDead: (run: RunRecord) => boolean = awaitsCancelledOutcome,
  ): Result<T> {
    const { store } = this.#deps;
    const take = (): Result<T> => {
      const known = store.answers.find(runId, sequence);
      if (known !== null) {
        return known.kind === kind ? (known.body as Result<T>) : storedFailure(known);
      }
      const run = store.runs.get(runId);
      if (run === null) return failed("not-found", `There is no run ${runId}.`);
      if (isDead(run) && !takesFromDead(run)) return deadRun(run);
      const result = work(run);
      store.answers.add(runId, {
        kind,
        first: sequence,
        last: sequence,
        status: result.ok ? 200 : 409,
        body: result,
      });
      return result;
    };
    try {
      return store.transaction(take);
    } catch (error) {
      // A breach that was told in there is not recorded: the repeat has to find it again, or it would pass.
      this.#watch.forget(runId);
      throw error;
    }
  }

  #cancelled(run: RunRecord, outcome: StageOutcome): Result<ResultResponse> {
    const { store } = this.#deps;
    const attempt = store.attempts.list(run.id).findLast(({ stage }) => stage === outcome.stage);
    if (attempt !== undefined) {
      store.attempts.finish(attempt.id, {
        status: "cancelled",
        result: "not_applicable",
        claimedResult: null,
        reason: outcome.reason ?? "Cancelled by the operator.",
        endedAt: Date.parse(outcome.endedAt),
        outcome,
      });
    }
    store.runs.update(run.id, { cancelAcknowledged: true, lastSignAt: this.#deps.clock.now() });
    return done({ nextState: "Cancelled" });
  }

  #mismatch(run: RunRecord, got: StageName, expected: StageName): Failure {
    const failedStage = `${got} (expected ${expected})`;
    const reason = `The agent posted a result for ${got} while the run was in ${expected}.`;
    const parked = this.#machine.apply(run, "StageMismatch", {
      failedStage,
      reason,
      end: {
        status: "error",
        result: "not_applicable",
        claimedResult: null,
        outcome: null,
      },
      patch: { lastSignAt: this.#deps.clock.now() },
    });
    if (!parked.ok) return parked;
    const detail = `${reason} The run holds; wait for an override.`;
    return failed("stage-mismatch", detail, { nextState: parked.value.state });
  }

  #judge(run: RunRecord, outcome: StageOutcome): Result<ResultResponse> {
    const { store } = this.#deps;
    this.#touch(run, outcome.stage);
    const attempt = store.attempts.running(run.id);
    if (attempt !== null) this.#watch.atEnd(run, attempt, Date.parse(outcome.endedAt));
    const breaches = attempt === null ? [] : store.breaches.listForAttempt(attempt.id);
    const judged = judgeStage(outcome, breachSentences(breaches));
    const end: StageEnd = {
      status: judged.status,
      result: judged.result,
      claimedResult: outcome.result,
      outcome: { ...outcome, blame: this.#blame(run, outcome, breaches) },
    };
    const moves = judged.result === "pass" || judged.status === "skipped";
    const reason = judged.objection ?? outcome.reason ?? (moves ? undefined : outcome.summary);
    const touched = store.runs.get(run.id) ?? run;
    const next = this.#machine.apply(touched, moves ? "StageCompleted" : "StageFailed", {
      end,
      ...(reason === undefined ? {} : { reason }),
    });
    if (!next.ok) return next;
    return done({
      nextState: next.value.state,
      ...(next.value.verdict === null ? {} : { verdict: next.value.verdict }),
      ...(judged.objection === null ? {} : { judged: judged.objection.slice(0, 2000) }),
    });
  }

  /** What the agent blames, and the parts whose sensors were beyond a limit that fails the stage. */
  #blame(run: RunRecord, { blame }: StageOutcome, breaches: readonly BreachRecord[]): Blame[] {
    const inventory = this.#deps.store.inventories.get(run.id);
    const named = breaches
      .filter(({ severity }) => severity === "fail")
      .flatMap(({ sensor }) => blameSensor(sensor, inventory) ?? []);
    const fresh = named.filter(
      ({ part, slot }) => !blame.some((known) => known.part === part && known.slot === slot),
    );
    return [...blame, ...fresh].slice(0, MOST_BLAMED);
  }
}

import type { LogRequest, SensorRequest, SensorResponse } from "../../contract/agent-api.ts";
import { MAX_SAMPLES_PER_BATCH } from "../../contract/agent-api.ts";
import type { SamplePoint } from "../../contract/console-api.ts";
import { stageNameForState } from "../../contract/run-state.ts";
import type { StageName } from "../../contract/stages.ts";
import type { RunDeps } from "./context.ts";
import { done, type Failure, failed, type Result } from "./failure.ts";
import { awaitsCancelledOutcome, isDead, whatToDo } from "./final-command.ts";
import type { RunRecord, StoredAnswer } from "./ports.ts";
import { redactTokens } from "./redact.ts";
import type { ThresholdWatch } from "./threshold-watch.ts";

/** Batches wait at most this long for company before they are committed together. */
export const COMMIT_AFTER_MS = 100;
/** … or until this many samples and lines wait. */
export const COMMIT_AT_ROWS = 1000;

interface Waiting {
  readonly runId: number;
  readonly rows: number;
  /** Runs inside the transaction; returns what to do and answer after the commit. */
  readonly store: (fresh: FreshSamples) => AfterCommit;
  readonly fail: (failure: Failure) => void;
  /** An error that nobody expected: the post is answered with it, the console lives on. */
  readonly crash: (error: unknown) => void;
}
type AfterCommit = () => void;
/** The samples that a commit stores, by run. */
type FreshSamples = Map<number, SamplePoint[]>;

/** The answer of a post for a run that is over. */
export function deadRun(run: RunRecord): Failure {
  const todo = whatToDo(run);
  const words = todo === "reboot" ? "reboot" : "power off";
  return failed("run-dead", `Run ${run.id} is over (${run.state}); the host should ${words}.`, {
    do: todo,
  });
}

export function storedFailure(answer: StoredAnswer): Failure {
  const { first, last, kind } = answer;
  const which = first === last ? `Sequence ${first}` : `Sequence ${first} to ${last}`;
  return failed("sequence-conflict", `${which} already belongs to another artifact (${kind}).`);
}

/**
 * Takes samples and log lines. Posts of all hosts are committed together in short transactions, and each is
 * answered only when its rows are on disk. A repeat gets its first answer again and stores nothing.
 */
export class ArtifactLog {
  readonly #deps: RunDeps;
  readonly #watch: ThresholdWatch;
  readonly #touch: (run: RunRecord, stage: StageName | null) => void;
  readonly #breached: (runId: number) => void;
  #waiting: Waiting[] = [];
  #rows = 0;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param touch told of each artifact that is a sign of life, inside the transaction.
   * @param breached told after the commit of a run whose attempt breached a threshold just now.
   */
  constructor(
    deps: RunDeps,
    watch: ThresholdWatch,
    touch: (run: RunRecord, stage: StageName | null) => void,
    breached: (runId: number) => void,
  ) {
    this.#deps = deps;
    this.#watch = watch;
    this.#touch = touch;
    this.#breached = breached;
  }

  samples(runId: number, { samples }: SensorRequest): Promise<Result<SensorResponse>> {
    if (samples.length > MAX_SAMPLES_PER_BATCH) {
      const detail = `A batch holds at most ${MAX_SAMPLES_PER_BATCH} samples; this one has ${samples.length}.`;
      return Promise.resolve(failed("too-many-samples", detail));
    }
    return this.#enqueue<SensorResponse>(runId, samples.length, (answer, fresh) =>
      this.#storeSamples(runId, samples, answer, fresh),
    );
  }

  log(runId: number, { lines }: LogRequest): Promise<Result<{ accepted: number }>> {
    return this.#enqueue<{ accepted: number }>(runId, lines.length, (answer) =>
      this.#storeLines(runId, lines, answer),
    );
  }

  /** Commits all that waits. Synchronous, so that a result is judged over everything that came before it. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#rows = 0;
    if (batch.length === 0) return;
    const fresh: FreshSamples = new Map();
    try {
      const after = this.#deps.store.transaction(() => batch.map((entry) => entry.store(fresh)));
      this.#tell(fresh);
      for (const finish of after) finish();
    } catch (error) {
      // Nothing of the transaction is stored, so nothing may be acknowledged: agents keep it and come again.
      for (const entry of batch) this.#watch.forget(entry.runId);
      if (!this.#deps.isDiskFull(error)) {
        for (const entry of batch) entry.crash(error);
        return;
      }
      const failure = failed(
        "disk-full",
        "The console's disk is full: nothing was stored. The agent keeps its data and tries again.",
      );
      for (const entry of batch) entry.fail(failure);
    }
  }

  /** One event for all hosts: of two hundred, each a post a second, a page would else hear two hundred times. */
  #tell(fresh: FreshSamples): void {
    if (fresh.size === 0) return;
    const runs = [...fresh].map(([runId, points]) => ({ runId, points }));
    this.#deps.events.publish({ type: "samples", runs });
  }

  #enqueue<T>(
    runId: number,
    rows: number,
    store: (answer: (result: Result<T>) => void, fresh: FreshSamples) => AfterCommit,
  ): Promise<Result<T>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        runId,
        rows,
        store: (fresh) => store(resolve, fresh),
        fail: resolve,
        crash: reject,
      });
      this.#rows += rows;
      if (this.#rows >= COMMIT_AT_ROWS) this.flush();
      else this.#timer ??= setTimeout(() => this.flush(), COMMIT_AFTER_MS);
    });
  }

  /** The run if it still takes artifacts, else the failure to answer. */
  #open(runId: number): Result<RunRecord> {
    const run = this.#deps.store.runs.get(runId);
    if (run === null) return failed("not-found", `There is no run ${runId}.`);
    return isDead(run) && !awaitsCancelledOutcome(run) ? deadRun(run) : done(run);
  }

  #storeSamples(
    runId: number,
    samples: SensorRequest["samples"],
    answer: (result: Result<SensorResponse>) => void,
    fresh: FreshSamples,
  ): AfterCommit {
    const { store, clock } = this.#deps;
    const first = samples[0]?.sequence ?? 0;
    const last = samples.at(-1)?.sequence ?? 0;
    const known = store.answers.find(runId, first);
    if (known !== null && known.kind !== "sensor") return () => answer(storedFailure(known));
    if (known?.last === last) return () => answer(done(known.body as SensorResponse));
    const open = this.#open(runId);
    if (!open.ok) return () => answer(open);
    const run = open.value;
    const attempt = store.attempts.running(runId);
    const stage = stageNameForState(run.state);
    const judged = attempt !== null && attempt.stage === stage ? attempt : null;
    if (judged !== null) this.#watch.prepare(run, judged);
    const mine = samples.filter((sample) => sample.stage === judged?.stage);
    const others = samples.filter((sample) => sample.stage !== judged?.stage);
    const now = clock.now();
    const stored = store.samples.insert(runId, judged?.id ?? null, mine, now);
    const rest = store.samples.insert(runId, null, others, now);
    const breaches = judged === null ? [] : this.#watch.observe(run, judged, stored);
    const standing =
      judged === null
        ? []
        : store.breaches
            .listForAttempt(judged.id)
            .filter(({ severity }) => severity === "fail")
            .map(({ sensor, value, limit }) => ({ sensor, value, limit }));
    const body: SensorResponse = { accepted: samples.length, breaches: standing };
    if (known === null) {
      store.answers.add(runId, { kind: "sensor", first, last, status: 200, body });
    }
    this.#touch(run, samples.at(-1)?.stage ?? null);
    const points = [...stored, ...rest].map(
      ({ sensor, unit, t, value }): SamplePoint => [sensor, unit, Date.parse(t), value],
    );
    if (points.length > 0) fresh.set(runId, [...(fresh.get(runId) ?? []), ...points]);
    return () => {
      if (breaches.length > 0) this.#breached(runId);
      answer(done(body));
    };
  }

  #storeLines(
    runId: number,
    lines: LogRequest["lines"],
    answer: (result: Result<{ accepted: number }>) => void,
  ): AfterCommit {
    const { store, clock, events } = this.#deps;
    const first = lines[0]?.sequence ?? 0;
    const last = lines.at(-1)?.sequence ?? 0;
    const known = store.answers.find(runId, first);
    if (known !== null && known.kind !== "log") return () => answer(storedFailure(known));
    const body = { accepted: lines.length };
    if (known?.last === last) return () => answer(done(body));
    const open = this.#open(runId);
    if (!open.ok) return () => answer(open);
    const clean = lines.map((line) => ({ ...line, text: redactTokens(line.text) }));
    const fresh = store.logs.insert(runId, clean, clock.now());
    if (known === null) store.answers.add(runId, { kind: "log", first, last, status: 200, body });
    this.#touch(open.value, lines.at(-1)?.stage ?? null);
    return () => {
      if (fresh.length > 0) events.publish({ type: "log", runId, lines: fresh });
      answer(done(body));
    };
  }
}

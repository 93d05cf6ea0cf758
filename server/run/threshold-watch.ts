import type { Sample } from "../../contract/agent-api.ts";
import type { RunDeps } from "./context.ts";
import type { AttemptRecord, RunRecord } from "./ports.ts";
import { AttemptThresholds, type Breach } from "./threshold-evaluator.ts";

/** Keeps one evaluator an attempt that runs, and records what it tells. Survives a restart of the console. */
export class ThresholdWatch {
  readonly #store: RunDeps["store"];
  readonly #evaluators = new Map<number, { attemptId: number; thresholds: AttemptThresholds }>();

  constructor(store: RunDeps["store"]) {
    this.#store = store;
  }

  /**
   * Rebuilds the attempt's streaks from what is stored, if this console has none of it yet. Comes before new samples
   * are stored, or they would be counted as old ones.
   */
  prepare(run: RunRecord, attempt: AttemptRecord): void {
    this.#evaluator(run, attempt);
  }

  /**
   * Judges new samples, in the transaction that stores them. If that is rolled back, `forget` the run: what was told
   * here is not recorded then, and would not be told again.
   * @returns what was recorded just now.
   */
  observe(run: RunRecord, attempt: AttemptRecord, samples: readonly Sample[]): Breach[] {
    return this.#record(run, attempt, this.#evaluator(run, attempt).observe(samples));
  }

  /** Judges the time between the last sample and the end of the attempt. */
  atEnd(run: RunRecord, attempt: AttemptRecord, endMs: number): Breach[] {
    return this.#record(run, attempt, this.#evaluator(run, attempt).atEnd(endMs));
  }

  forget(runId: number): void {
    this.#evaluators.delete(runId);
  }

  #record(run: RunRecord, attempt: AttemptRecord, breaches: readonly Breach[]): Breach[] {
    for (const breach of breaches) {
      this.#store.breaches.add({ ...breach, runId: run.id, attemptId: attempt.id });
    }
    return [...breaches];
  }

  #evaluator(run: RunRecord, attempt: AttemptRecord): AttemptThresholds {
    const known = this.#evaluators.get(run.id);
    if (known?.attemptId === attempt.id) return known.thresholds;
    const told = this.#store.breaches.listForAttempt(attempt.id).map(AttemptThresholds.key);
    const thresholds = new AttemptThresholds(run.thresholds, told);
    // After a restart the streaks are rebuilt from what is stored: the longest forSeconds is far enough back,
    // since a streak that began earlier is a breach already.
    const newest = this.#store.samples.newest(run.id, attempt.id);
    if (newest !== null) {
      const back = AttemptThresholds.lookBackSeconds(run.thresholds) * 1000;
      thresholds.observe(this.#store.samples.since(run.id, attempt.id, newest - back));
    }
    this.#evaluators.set(run.id, { attemptId: attempt.id, thresholds });
    return thresholds;
  }
}

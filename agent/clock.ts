import type { StageClock } from "./stages/stage.ts";

/**
 * A clock that goes on evenly from the time of day at which it was made. NTP sets a fresh boot's clock, often while
 * a stage runs: a jump of an hour between two hot readings would look like an hour of heat.
 * @param wallMs the machine's time of day, which may be set; tests hand in their own.
 */
export function createClock({ wallMs }: { readonly wallMs: () => number }): StageClock {
  const originMs = wallMs() - performance.now();
  return {
    now: () => new Date(originMs + performance.now()),
    monotonicS: () => performance.now() / 1000,
    sleep: (seconds, signal) => pause(seconds * 1000, signal),
  };
}

/** The machine's own clock. */
export const systemClock: StageClock = createClock({ wallMs: Date.now });

/** Resolves after the time, or at once when the signal aborts; never rejects. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((wake) => {
    if (signal?.aborted) return wake();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      wake();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** Resolves with null when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<null> {
  const known = abortions.get(signal);
  if (known !== undefined) return known;
  const promise = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  abortions.set(signal, promise);
  return promise;
}
/** One listener a signal: whoever waits for the run's end once a stage must not pile them up. */
const abortions = new WeakMap<AbortSignal, Promise<null>>();

/** The agent's own rhythms, in milliseconds unless named otherwise. Tests shorten them. */
export interface Timing {
  /** Samples and log lines wait at most this long for company. */
  readonly flushMs: number;
  /** Background readings of the sensors are this far apart. */
  readonly sensorMs: number;
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  /** Between two claims that the console refuses: only a human can mend that. */
  readonly refusedRetryMs: number;
  readonly requestTimeoutMs: number;
  /** How long an aborted stage may take to hand back its report. */
  readonly settleMs: number;
  /** How long the last artifacts may take before a final command is obeyed without them. */
  readonly finalFlushMs: number;
  /** How long the last words to an investigator stand before the session ends. */
  readonly farewellMs: number;
  /** Beyond the stage's own budget. */
  readonly budgetMarginS: number;
}

export const DEFAULT_TIMING: Timing = {
  flushMs: 2000,
  sensorMs: 2000,
  retryBaseMs: 250,
  retryCapMs: 5000,
  refusedRetryMs: 15_000,
  requestTimeoutMs: 30_000,
  settleMs: 5000,
  finalFlushMs: 60_000,
  farewellMs: 2000,
  budgetMarginS: 30,
};

/** Exponential, capped, and spread over the upper half, so that agents do not return in step. */
export function backoffMs(
  failures: number,
  timing: Pick<Timing, "retryBaseMs" | "retryCapMs">,
  random: () => number = Math.random,
): number {
  const full = Math.min(timing.retryCapMs, timing.retryBaseMs * 2 ** Math.min(failures - 1, 20));
  return full * (0.5 + random() / 2);
}

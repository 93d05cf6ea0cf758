/** How often the run's life is looked after: dispatch, time-outs, silence. */
const TICK_MS = 1000;

/**
 * Calls `tick` about once a second, never twice at once. A tick that fails is logged and the next one comes.
 * @returns the function that stops it, settled when the last tick is over
 */
export function startTicking(
  tick: () => Promise<void>,
  log: { error(details: object, message: string): void },
  everyMs = TICK_MS,
): () => Promise<void> {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (running !== null) return;
    running = attempt(tick)
      .catch((err: unknown) => log.error({ err }, "a tick failed"))
      .finally(() => {
        running = null;
      });
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** A throw before the first await is a rejection like any other. */
async function attempt(tick: () => Promise<void>): Promise<void> {
  await tick();
}

import { setTimeout as pause } from "node:timers/promises";

const INTERVAL_MS = 200;

/**
 * Waits until something has happened in the lab: the one way in which these tests wait.
 * @param what names it in the failure
 * @throws what `happened` throws, at once: it has become impossible
 */
export async function until(
  what: string,
  timeoutS: number,
  happened: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + timeoutS * 1000;
  while (!(await happened())) {
    if (performance.now() > deadline) throw new Error(`Not within ${timeoutS} s: ${what}.`);
    await pause(INTERVAL_MS);
  }
}

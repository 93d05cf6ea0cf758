import type { ElectronApi } from "./electron-api.ts";

/** What the server tells of its runs (`RunningConsole.runs`). */
interface ActiveRuns {
  count(): number;
  onChange(listener: () => void): () => void;
}

/**
 * Keeps the machine awake while a run is active: a laptop that sleeps answers no host. The screen may go dark.
 * @returns ends it
 */
export function keepAwake({ powerSaveBlocker }: ElectronApi, runs: ActiveRuns): () => void {
  let blocker: number | null = null;
  const release = () => {
    if (blocker !== null) powerSaveBlocker.stop(blocker);
    blocker = null;
  };
  const follow = () => {
    if (runs.count() === 0) release();
    else blocker ??= powerSaveBlocker.start("prevent-app-suspension");
  };
  follow();
  const unsubscribe = runs.onChange(follow);
  return () => {
    unsubscribe();
    release();
  };
}

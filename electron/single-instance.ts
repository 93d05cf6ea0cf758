import { linkedRunIn } from "./deep-link.ts";
import type { ElectronApi } from "./electron-api.ts";

/**
 * One desktop app a data directory (Electron keeps the lock in the profile folder, which lies in it): a second start
 * brings the window of the first to the front, with the run that it was asked for.
 * @returns false when another instance is there and has been told; this one has to end
 */
export function claimSingleInstance(
  { app }: ElectronApi,
  onSecondStart: (runId: number | null) => void,
): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on("second-instance", (_event, argv) => onSecondStart(linkedRunIn(argv)));
  return true;
}

/** For the terminal of the second start: its window is nowhere to be seen. */
export function alreadyRunning(dataDir: string): string {
  return `Vetting already runs with the data directory ${dataDir}; its window was brought to the front. For a second console start with another --data-dir.`;
}

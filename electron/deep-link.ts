import type { ElectronApi } from "./electron-api.ts";

const SCHEME = "vetting";
const RUN_LINK = /^vetting:\/\/run\/(\d{1,15})\/?$/i;

/** The run that a `vetting://run/7` means, or null for anything else: links come from anywhere. */
export function runIdIn(link: string): number | null {
  const found = RUN_LINK.exec(link);
  return found === null ? null : Number(found[1]);
}

/** The run that one of a program's arguments links to: how Windows and Linux hand a link over. */
export function linkedRunIn(args: readonly string[]): number | null {
  for (const arg of args) {
    const runId = runIdIn(arg);
    if (runId !== null) return runId;
  }
  return null;
}

/**
 * Takes links to runs. To be called before the app is ready: macOS sends the first one early.
 * @param onRun gets the run of each link
 */
export function setupDeepLinks({ app }: ElectronApi, onRun: (runId: number) => void): void {
  // From a checkout this would register Electron itself as the program for our links.
  if (app.isPackaged) app.setAsDefaultProtocolClient(SCHEME);
  app.on("open-url", (event, link) => {
    event.preventDefault();
    const runId = runIdIn(link);
    if (runId !== null) onRun(runId);
  });
}

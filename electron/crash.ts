import type { BrowserWindow, ElectronApi, MessageBoxOptions } from "./electron-api.ts";
import { type LogFile, logLine } from "./log-file.ts";

/** A page that dies more often than this in a minute is not mended by one more reload. */
const MAX_RELOADS_A_MINUTE = 3;
const MINUTE_MS = 60_000;

export interface CrashOptions {
  readonly log: LogFile;
  readonly now: () => number;
}

/** Brings a page back that crashed, could not be loaded or hangs. Runs are the server's: none is touched. */
export function mendCrashedPage(
  { dialog }: ElectronApi,
  window: BrowserWindow,
  { log, now }: CrashOptions,
): void {
  const reloads: number[] = [];
  const reloadOrAsk = (what: string) => {
    log.write(logLine("error", what));
    const recent = reloads.filter((at) => at > now() - MINUTE_MS);
    reloads.splice(0, reloads.length, ...recent);
    if (reloads.length < MAX_RELOADS_A_MINUTE) {
      reloads.push(now());
      window.webContents.reload();
      return;
    }
    void ask(what);
  };
  const ask = async (what: string) => {
    const { response } = await dialog.showMessageBox(window, {
      type: "error",
      message: "The window keeps crashing.",
      detail: `${what} The console itself goes on, and so do its runs.`,
      buttons: ["Reload", "Close the window"],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    });
    if (window.isDestroyed()) return;
    if (response === 1) window.close();
    else window.webContents.reload();
  };
  window.webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
    if (reason === "clean-exit") return;
    reloadOrAsk(`The window's process ended (${reason}, exit code ${exitCode}).`);
  });
  window.webContents.on("did-fail-load", (_event, code, description, _url, isMainFrame) => {
    // -3: aborted, as by a newer load or a download.
    if (isMainFrame && code !== -3) reloadOrAsk(`The page could not be loaded (${description}).`);
  });
  window.on("unresponsive", () => {
    log.write(logLine("warn", "The window does not answer."));
  });
}

export interface ServerCrashOptions {
  readonly log: LogFile;
  readonly process: Pick<NodeJS.Process, "on" | "stderr">;
}

/**
 * The server runs in this process: what nobody caught has ended it. Says why and offers to start anew. A state that
 * nobody knows is not carried on; everything acknowledged is on disk, and hosts keep what they could not deliver.
 */
export function setupServerCrash(
  electron: ElectronApi,
  { log, process }: ServerCrashOptions,
): void {
  let crashed = false;
  const onError = (error: unknown) => {
    log.write(logLine("error", "The console crashed.", error));
    process.stderr.write(`The console crashed: ${stackOf(error)}\n`);
    // While the dialog is open the rest of the wreck may throw again: the first cause is the one to tell.
    if (crashed) return;
    crashed = true;
    void offerRestart(electron, log, {
      message: "The console has stopped because of a fault in it.",
      detail: `${reasonOf(error)}\n\nHosts go on with their stages and keep their results until the console is back.`,
      exitCode: 1,
    });
  };
  process.on("uncaughtException", onError);
  process.on("unhandledRejection", onError);
}

/** The console could not start: says why, on stderr as well, and offers to try again. */
export function cannotStart(
  electron: ElectronApi,
  error: unknown,
  { log, process }: ServerCrashOptions,
): Promise<void> {
  log.write(logLine("error", "The console could not start.", error));
  process.stderr.write(`${reasonOf(error).replaceAll("\n", " ")}\n`);
  return offerRestart(electron, log, {
    message: "The console could not start.",
    detail: reasonOf(error),
    exitCode: 2,
  });
}

interface Ending {
  readonly message: string;
  readonly detail: string;
  /** When the user does not restart. */
  readonly exitCode: number;
}

async function offerRestart(
  { app, dialog, shell }: ElectronApi,
  log: LogFile,
  { message, detail, exitCode }: Ending,
): Promise<void> {
  await app.whenReady();
  const buttons = ["Restart", "Quit", ...(log.path === null ? [] : ["Show the Log"])];
  const box: MessageBoxOptions = {
    type: "error",
    message,
    detail,
    buttons,
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  };
  for (;;) {
    const { response } = await dialog.showMessageBox(box);
    if (response === 2 && log.path !== null) {
      // The log opens beside it; the question stays.
      await shell.openPath(log.path);
      continue;
    }
    if (response === 0) app.relaunch();
    app.exit(response === 0 ? 0 : exitCode);
    return;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

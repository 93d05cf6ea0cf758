import { resolve } from "node:path";
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeTheme,
  powerSaveBlocker,
  screen,
  session,
  shell,
  Tray,
} from "electron";
import { readOptions, readyLine, startConsole } from "../server/start-console.ts";
import { setupAbout } from "./about.ts";
import { consoleArguments } from "./arguments.ts";
import { cannotStart, mendCrashedPage, setupServerCrash } from "./crash.ts";
import { linkedRunIn, setupDeepLinks } from "./deep-link.ts";
import type { ElectronApi } from "./electron-api.ts";
import { setupIpc } from "./ipc.ts";
import { type LogFile, logLine, NO_LOG, openLogFile } from "./log-file.ts";
import { setupMenu } from "./menu.ts";
import { Notifier } from "./notifications.ts";
import { OwnConsole } from "./own-console.ts";
import { settlePlaces } from "./places.ts";
import { keepAwake } from "./power.ts";
import { Quit } from "./quit.ts";
import { Reports } from "./reports.ts";
import { setupSecurity } from "./security.ts";
import { alreadyRunning, claimSingleInstance } from "./single-instance.ts";
import { setupTray } from "./tray.ts";
import { ConsoleWindow } from "./window.ts";

// The desktop app: the console in this process, its page in a sandboxed window.

const electron: ElectronApi = {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  screen,
  session,
  shell,
  Tray,
};

let log: LogFile = NO_LOG;
let window: ConsoleWindow | null = null;
/** The run that a link asked for before there was a window. */
let wantedRunId = linkedRunIn(process.argv);

function open(runId: number | null): void {
  if (window === null) wantedRunId = runId ?? wantedRunId;
  else if (runId === null) window.show();
  else window.openRun(runId);
}

async function main(): Promise<void> {
  // Until the first await: what Electron wants to know before it is ready.
  const options = readOptions(consoleArguments(process.argv, app.isPackaged), process.env);
  const dataDir = resolve(options.dataDir);
  const places = settlePlaces(electron, dataDir, import.meta.dirname);
  log = openLogFile(places.logFile);
  setupDeepLinks(electron, open);
  if (!claimSingleInstance(electron, open)) {
    process.stderr.write(`${alreadyRunning(dataDir)}\n`);
    return app.exit(0);
  }
  setupServerCrash(electron, { log, process });
  await app.whenReady();

  const running = await startConsole({
    ...options,
    programDir: places.programDir,
    programVersion: app.getVersion(),
    logStream: both(log, process.stderr),
  });
  const ownConsole = new OwnConsole(running.consoleUrl);
  const { origin } = ownConsole;
  const current = () => window?.current ?? null;

  const quit = new Quit(electron, {
    activeRuns: running.runs.count,
    close: running.close,
    window: current,
    log,
    process,
  });
  window = new ConsoleWindow(electron, {
    consoleUrl: running.consoleUrl,
    preloadFile: places.preloadFile,
    stateFile: places.windowStateFile,
    version: app.getVersion(),
    onClose: () => quit.onWindowClose(process.platform),
    onCreated: (created) => mendCrashedPage(electron, created, { log, now: Date.now }),
  });
  const reports = new Reports(electron, { ownConsole, window: current });
  const notifier = new Notifier(electron, window);

  setupSecurity(electron, { origin, onOwnPage: (path) => reports.show(path) });
  setupIpc(electron, {
    window: current,
    origin,
    handlers: {
      notify: (notification) => notifier.notify(notification),
      saveReport: (request) => reports.save(request),
      setBadge: (count) => notifier.setBadge(count),
    },
    onRefused: (why) => log.write(logLine("warn", `A message was refused: ${why}`)),
  });
  setupMenu(electron, process.platform, {
    showLog: () => void shell.openPath(places.logFile),
    showDataDir: () => void shell.openPath(dataDir),
  });
  setupAbout(electron, { dataDir });
  keepAwake(electron, running.runs);
  setupTray(electron, {
    iconFile: places.trayIconFile,
    platform: process.platform,
    runs: running.runs,
    open: () => open(null),
    onMissing: (error) => log.write(logLine("warn", "There is no tray.", error)),
  });
  app.on("activate", () => open(null));

  open(wantedRunId);
  process.stdout.write(
    options.json
      ? readyLine(running)
      : `Vetting is running in its window. A browser on this machine can show it too: ${running.consoleUrl}\n`,
  );
}

function both(first: LogFile, second: LogFile | NodeJS.WriteStream) {
  return {
    write: (line: string) => {
      first.write(line);
      second.write(line);
    },
  };
}

// Without top-level await: Electron is ready only when this module has been evaluated.
main().catch((error: unknown) => cannotStart(electron, error, { log, process }));

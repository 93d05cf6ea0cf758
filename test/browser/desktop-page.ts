import { basename, join } from "node:path";
import type { Page } from "@playwright/test";
import { DESKTOP_OUTPUT, ensureBuilt } from "../../build/outputs.ts";
import { inRoot, ROOT_DIR } from "../../build/root-dir.ts";
import { setupIpc } from "../../electron/ipc.ts";
import { Notifier } from "../../electron/notifications.ts";
import { OwnConsole } from "../../electron/own-console.ts";
import { Reports } from "../../electron/reports.ts";
import { ConsoleWindow } from "../../electron/window.ts";
import { createElectron, type StandIn } from "../electron/stand-in/electron.ts";
import { type PreloadMessage, preloadScript } from "../electron/stand-in/preload-script.ts";

const VERSION = "9.8.7";

export function buildShell(): Promise<void> {
  return ensureBuilt(ROOT_DIR, [DESKTOP_OUTPUT], () => {});
}

export interface DesktopPage {
  /** What the shell has done over the stand-in. */
  readonly lab: StandIn;
  readonly window: ConsoleWindow;
  /** Messages that the shell has refused. */
  readonly refused: readonly string[];
}

/**
 * Opens the console in a page as the desktop window does: Chromium evaluates the built preload before the page, and
 * behind its messages stand the shell's own modules. Of Electron there are only stand-ins: of its two objects in the
 * preload, and of its API in the shell, where the one window is this page.
 * @param saveDir where the user of the save dialog saves to
 */
export async function openDesktopPage(
  page: Page,
  { consoleUrl, saveDir }: { readonly consoleUrl: string; readonly saveDir: string },
): Promise<DesktopPage> {
  const refused: string[] = [];
  const lab = createElectron({
    appPath: ROOT_DIR,
    version: VERSION,
    saveTo: (path) => join(saveDir, basename(path)),
    load: async (url, headers) => {
      // A report that is printed, in a window without a preload.
      if ("Authorization" in headers) return (await fetch(url, { headers })).status;
      const { preload = "", additionalArguments = [] } = shown().options.webPreferences ?? {};
      await page.addInitScript({ content: preloadScript(preload, additionalArguments) });
      return (await page.goto(url))?.status() ?? 0;
    },
  });
  const ownConsole = new OwnConsole(consoleUrl);
  const window = new ConsoleWindow(lab.electron, {
    consoleUrl,
    preloadFile: inRoot("dist/electron/preload.cjs"),
    stateFile: join(saveDir, "window.json"),
    version: VERSION,
    onClose: () => true,
    onCreated: () => {},
  });
  const reports = new Reports(lab.electron, { ownConsole, window: () => window.current });
  const notifier = new Notifier(lab.electron, window);
  setupIpc(lab.electron, {
    window: () => window.current,
    origin: ownConsole.origin,
    handlers: {
      notify: (notification) => notifier.notify(notification),
      saveReport: (request) => reports.save(request),
      setBadge: (count) => notifier.setBadge(count),
    },
    onRefused: (why) => refused.push(why),
  });
  const shown = () => {
    const [first] = lab.windows;
    if (first === undefined) throw new Error("The window is closed.");
    return first;
  };
  await page.exposeFunction(
    "toShell",
    (way: PreloadMessage["way"], channel: string, sent: unknown) => {
      const from = lab.fromPage(shown());
      if (way === "invoke") return from.invoke(channel, sent);
      from.send(channel, sent);
      return undefined;
    },
  );
  window.show();
  shown().webContents.send = (channel, ...args) =>
    void page.evaluate(([name, given]) => (window as never as Wired).fromShell(name, given), [
      channel,
      args,
    ] as const);
  return { lab, window, refused };
}

interface Wired {
  fromShell(channel: string, args: readonly unknown[]): void;
}

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Page } from "@playwright/test";
import { DESKTOP_OUTPUT, ensureBuilt } from "../../build/outputs.ts";
import { inRoot, ROOT_DIR } from "../../build/root-dir.ts";
import { VERSION_SWITCH } from "../../electron/channels.ts";
import { setupIpc } from "../../electron/ipc.ts";
import { Notifier } from "../../electron/notifications.ts";
import { OwnConsole } from "../../electron/own-console.ts";
import { Reports } from "../../electron/reports.ts";
import { ConsoleWindow } from "../../electron/window.ts";
import { createElectron, type StandIn } from "../electron/stand-in/electron.ts";

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
    load: async (url, headers) =>
      "Authorization" in headers
        ? (await fetch(url, { headers })).status
        : ((await page.goto(url))?.status() ?? 0),
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
  await page.exposeFunction("toShell", (way: "send" | "invoke", channel: string, sent: unknown) => {
    const from = lab.fromPage(shown());
    if (way === "invoke") return from.invoke(channel, sent);
    from.send(channel, sent);
    return undefined;
  });
  await page.addInitScript({ content: preloadWithStandIns() });
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

/** The built preload, in the main frame alone as Electron has it, with what a sandboxed one is given. */
function preloadWithStandIns(): string {
  const preload = readFileSync(inRoot("dist/electron/preload.cjs"), "utf8");
  return `if (window === window.top) {
    const heard = new Map();
    window.fromShell = (channel, args) => heard.get(channel)?.({}, ...args);
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name, api) =>
          Object.defineProperty(window, name, { value: Object.freeze(api) }),
      },
      ipcRenderer: {
        on: (channel, listener) => heard.set(channel, listener),
        send: (channel, payload) => void window.toShell("send", channel, payload),
        invoke: (channel, payload) => window.toShell("invoke", channel, payload),
      },
    };
    const require = (name) => {
      if (name !== "electron") throw new Error("A sandboxed preload gets no " + name + ".");
      return electron;
    };
    const process = { argv: ["electron", ${JSON.stringify(`${VERSION_SWITCH}${VERSION}`)}] };
    ((require, process, module, exports) => {${preload}\n})(require, process, { exports: {} }, {});
  }`;
}

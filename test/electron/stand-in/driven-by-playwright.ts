/**
 * What the built main.mjs gets as `electron` when Playwright drives it without Electron's runtime: the stand-in, whose
 * console window is a page of a real Chromium. Playwright finds in it what it looks for in Electron: the two addresses
 * on stderr, `require("electron")` in the main process, the start that waits until it listens, and the page.
 */
import { Chromium } from "./chromium.ts";
import { createElectron } from "./electron.ts";
import { preloadScript } from "./preload-script.ts";

const { appPath = "", version = "" } = JSON.parse(process.env.STAND_IN ?? "{}") as {
  appPath?: string;
  version?: string;
};
const chromium = Chromium.start();

const lab = createElectron({
  appPath,
  version,
  exit: (code) => process.exit(code),
  load: async (url, headers) => {
    const [window] = lab.windows;
    // A report that is printed.
    if (window === undefined || "Authorization" in headers) {
      return (await fetch(url, { headers })).status;
    }
    const { preload = "", additionalArguments = [] } = window.options.webPreferences ?? {};
    const page = await (await chromium).open(
      url,
      preloadScript(preload, additionalArguments),
      ({ way, channel, payload }) =>
        way === "invoke"
          ? lab.fromPage(window).invoke(channel, payload)
          : void lab.fromPage(window).send(channel, payload),
    );
    window.webContents.send = (channel, ...args) => page.send(channel, args);
    return 200;
  },
});

const ready = Promise.withResolvers<void>();
lab.app.whenReady = () => ready.promise;
/** Playwright calls this once it listens; in Electron its own loader brings it. */
Object.assign(globalThis, { __playwright_run: () => void chromium.then(() => ready.resolve()) });

export const {
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
} = lab.api;

/**
 * What the built main.mjs gets as `electron` when it runs under Node: the stand-in, with wires to the test that forked
 * the process. The test is told what happens and says what the user and the system do.
 */
import { openSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { MessageBoxOptions } from "../../../electron/electron-api.ts";
import { createElectron, preventable } from "./electron.ts";

/** From the test to the app. */
export type Command =
  | { readonly do: "quit" }
  | { readonly do: "close-window" }
  | { readonly do: "open-link"; readonly link: string }
  | { readonly do: "kill-page" }
  | { readonly do: "throw"; readonly message: string }
  | { readonly do: "press"; readonly button: number }
  | { readonly do: "page-sends"; readonly channel: string; readonly payload: unknown }
  | { readonly do: "choose-in-tray"; readonly label: string }
  | { readonly do: "look" };

/** From the app to the test. */
export type Report =
  | { readonly saw: "box"; readonly box: MessageBoxOptions }
  | { readonly saw: "exit"; readonly code: number; readonly relaunched: boolean }
  | { readonly saw: "state"; readonly state: AppState };

export interface AppState {
  readonly windows: readonly {
    readonly url: string;
    readonly shown: boolean;
    readonly focused: number;
    readonly reloads: number;
    readonly sent: readonly { readonly channel: string; readonly args: readonly unknown[] }[];
    readonly preload: string | undefined;
  }[];
  readonly blockers: number;
  readonly badges: readonly number[];
  readonly notifications: readonly string[];
  readonly hasMenu: boolean;
  readonly profile: string | undefined;
  readonly tray: {
    readonly icon: string;
    readonly toolTip: string;
    readonly menu: readonly (string | undefined)[];
  } | null;
}

const FIRST = "instance.lock";
const SECOND = "second-";

const { appPath = "", version = "" } = JSON.parse(process.env.STAND_IN ?? "{}") as {
  appPath?: string;
  version?: string;
};
const presses: number[] = [];
let waiting: ((button: number) => void) | null = null;

const lab = createElectron({
  appPath,
  version,
  lock: claimLock,
  exit: (code) => {
    report({ saw: "exit", code, relaunched: lab.seen.relaunched > 0 });
    process.exit(code);
  },
  press: (box) => {
    report({ saw: "box", box });
    const button = presses.shift();
    if (button !== undefined) return button;
    // Nobody is there to press one.
    if (process.send === undefined) return box.cancelId ?? 0;
    return new Promise((resolve) => {
      waiting = resolve;
    });
  },
});

/** One file in the profile folder for the first instance; a second leaves its arguments there, and the first reads. */
function claimLock(): boolean {
  const profile = lab.paths.get("userData") ?? "";
  try {
    openSync(join(profile, FIRST), "wx");
  } catch {
    // Moved into place whole: the first reads it as soon as it is there.
    const draft = join(profile, `draft-${process.pid}`);
    writeFileSync(draft, JSON.stringify(process.argv));
    renameSync(draft, join(profile, `${SECOND}${process.pid}`));
    return false;
  }
  process.once("exit", () => rmSync(join(profile, FIRST), { force: true }));
  const known = new Set<string>();
  watch(profile, (_event, name) => {
    if (name === null || !basename(name).startsWith(SECOND) || known.has(name)) return;
    known.add(name);
    const argv = JSON.parse(readFileSync(join(profile, name), "utf8")) as string[];
    lab.app.emit("second-instance", {}, argv, "/", null);
  }).unref();
  return true;
}

function report(what: Report): void {
  process.send?.(what);
}

function look(): AppState {
  return {
    windows: lab.windows.map(({ webContents, shown, focused, options }) => ({
      url: webContents.url,
      shown,
      focused,
      reloads: webContents.reloads,
      sent: webContents.sent,
      preload: options.webPreferences?.preload,
    })),
    blockers: lab.seen.blockers.size,
    badges: lab.seen.badges,
    notifications: lab.seen.notifications.map(({ options }) => options?.title ?? ""),
    hasMenu: lab.seen.menu !== null,
    profile: lab.paths.get("userData"),
    tray: trayOf(lab.seen.tray),
  };
}

function trayOf(tray: typeof lab.seen.tray): AppState["tray"] {
  if (tray === null) return null;
  const labels = tray.menu.flatMap(({ type, label }) => (type === "separator" ? [] : [label]));
  return { icon: tray.icon, toolTip: tray.toolTip, menu: labels };
}

process.on("message", (command: Command) => {
  const [window] = lab.windows;
  switch (command.do) {
    case "quit":
      return lab.app.quit();
    case "close-window":
      return window?.close();
    case "open-link":
      return void lab.app.emit("open-url", preventable(), command.link);
    case "kill-page":
      return void window?.webContents.emit(
        "render-process-gone",
        {},
        { reason: "crashed", exitCode: 139 },
      );
    case "throw":
      // As from a timer of the server's that nobody catches.
      return void setTimeout(() => {
        throw new Error(command.message);
      }, 0);
    case "press":
      if (waiting === null) presses.push(command.button);
      else waiting(command.button);
      waiting = null;
      return undefined;
    case "page-sends":
      if (window !== undefined) lab.fromPage(window).send(command.channel, command.payload);
      return undefined;
    case "choose-in-tray": {
      const item = lab.seen.tray?.menu.find(({ label }) => label === command.label);
      return item?.click?.(null as never, undefined, null as never);
    }
    case "look":
      return report({ saw: "state", state: look() });
  }
});
// The wire to the test must not keep the process alive, nor end it.
process.channel?.unref();

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

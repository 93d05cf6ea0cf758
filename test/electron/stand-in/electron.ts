/**
 * A stand-in for the part of Electron's API that the shell uses, for machines without its runtime: windows that only
 * fetch their page over HTTP, dialogs that answer what a test says. Held to Electron's own declarations by the types
 * below. What it does is how we read Electron's documents; it shows nothing of Electron itself.
 */
import { EventEmitter } from "node:events";
import type {
  BrowserWindow,
  BrowserWindowOptions,
  ElectronApi,
  MenuItemOptions,
  MessageBoxOptions,
  Rectangle,
} from "../../../electron/electron-api.ts";
import { fetchPage, type Members, StandInContents, withoutToken } from "./contents.ts";

type App = ElectronApi["app"];
type NotificationOptions = ConstructorParameters<ElectronApi["Notification"]>[0];

export interface StandInOptions {
  readonly appPath: string;
  readonly version: string;
  readonly isPackaged?: boolean;
  readonly workAreas?: readonly Rectangle[];
  readonly notificationsSupported?: boolean;
  /** False: the desktop has no tray, and making an icon in it throws. */
  readonly hasTray?: boolean;
  /** False: another instance holds the lock. */
  readonly lock?: () => boolean;
  /** What `app.exit` does, beside being remembered. */
  readonly exit?: (code: number) => void;
  /** Which button of a message box is pressed. */
  readonly press?: (box: MessageBoxOptions) => number | Promise<number>;
  /** Where the user saves; null: the dialog is cancelled. */
  readonly saveTo?: (defaultPath: string) => string | null;
  /** What a page's address answers; by default it is fetched. */
  readonly load?: (url: string, headers: Readonly<Record<string, string>>) => Promise<number>;
}

/** An event whose default can be prevented. */
export function preventable() {
  const event = {
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}

export type StandIn = ReturnType<typeof createElectron>;

export function createElectron(options: StandInOptions) {
  const windows: StandInWindow[] = [];
  const exits: number[] = [];
  const paths = new Map<string, string>([
    ["documents", "/documents"],
    ["userData", "/profile"],
  ]);
  const seen = {
    relaunched: 0,
    protocols: [] as string[],
    badges: [] as number[],
    boxes: [] as MessageBoxOptions[],
    saves: [] as string[],
    notifications: [] as StandInNotification[],
    openedOutside: [] as string[],
    openedPaths: [] as string[],
    about: null as Parameters<App["setAboutPanelOptions"]>[0] | null,
    menu: null as readonly MenuItemOptions[] | null,
    blockers: new Map<number, string>(),
    tray: null as StandInTray | null,
  };

  class StandInApp
    extends EventEmitter
    implements
      Members<
        App,
        | "exit"
        | "getAppPath"
        | "getPath"
        | "getVersion"
        | "isPackaged"
        | "quit"
        | "relaunch"
        | "requestSingleInstanceLock"
        | "setAboutPanelOptions"
        | "setAsDefaultProtocolClient"
        | "setBadgeCount"
        | "setPath"
        | "whenReady"
      >
  {
    readonly isPackaged = options.isPackaged ?? false;
    getAppPath = () => options.appPath;
    getVersion = () => options.version;
    getPath = (name: string) => paths.get(name) ?? `/${name}`;
    setPath = (name: string, path: string) => {
      paths.set(name, path);
    };
    whenReady = () => new Promise<void>((resolve) => setImmediate(resolve));
    requestSingleInstanceLock = () => options.lock?.() ?? true;
    setAsDefaultProtocolClient = (protocol: string) => {
      seen.protocols.push(protocol);
      return true;
    };
    setBadgeCount = (count?: number) => {
      seen.badges.push(count ?? 0);
      return true;
    };
    setAboutPanelOptions = (about: Parameters<App["setAboutPanelOptions"]>[0]) => {
      seen.about = about;
    };
    relaunch = () => {
      seen.relaunched += 1;
    };
    quit = () => {
      const event = preventable();
      this.emit("before-quit", event);
      if (event.defaultPrevented) return;
      for (const window of [...windows]) window.close();
      if (windows.length === 0) this.exit(0);
    };
    exit = (code?: number) => {
      exits.push(code ?? 0);
      options.exit?.(code ?? 0);
    };
  }
  const app = new StandInApp();

  class StandInWindow
    extends EventEmitter
    implements
      Members<
        BrowserWindow,
        | "close"
        | "destroy"
        | "flashFrame"
        | "focus"
        | "getNormalBounds"
        | "isDestroyed"
        | "isMaximized"
        | "isMinimized"
        | "loadURL"
        | "maximize"
        | "restore"
        | "show"
      >
  {
    readonly webContents = new StandInContents();
    readonly options: BrowserWindowOptions;
    bounds: Rectangle;
    shown = false;
    focused = 0;
    flashing = false;
    maximized = false;
    minimized = false;
    destroyed = false;

    constructor(given: BrowserWindowOptions = {}) {
      super();
      this.options = given;
      const { x = 0, y = 0, width = 800, height = 600, show = true } = given;
      this.bounds = { x, y, width, height };
      this.shown = show;
      windows.push(this);
      app.emit("web-contents-created", {}, this.webContents);
    }
    loadURL = async (url: string, { extraHeaders = "" }: { extraHeaders?: string } = {}) => {
      const headers = Object.fromEntries(
        extraHeaders
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => line.split(/:\s*/, 2) as [string, string]),
      );
      const { webContents } = this;
      webContents.loading = true;
      const status = await (options.load ?? fetchPage)(url, headers);
      webContents.loading = false;
      webContents.url = withoutToken(url);
      webContents.mainFrame.url = webContents.url;
      webContents.emit("did-navigate", {}, webContents.url, status, "");
      webContents.emit("did-finish-load");
      this.emit("ready-to-show");
    };
    show = () => {
      this.shown = true;
    };
    focus = () => {
      this.focused += 1;
    };
    flashFrame = (flag: boolean) => {
      this.flashing = flag;
    };
    maximize = () => {
      this.maximized = true;
    };
    isMaximized = () => this.maximized;
    isMinimized = () => this.minimized;
    restore = () => {
      this.minimized = false;
    };
    getNormalBounds = () => this.bounds;
    isDestroyed = () => this.destroyed;
    close = () => {
      const event = preventable();
      this.emit("close", event);
      if (!event.defaultPrevented) this.destroy();
    };
    destroy = () => {
      if (this.destroyed) return;
      this.destroyed = true;
      windows.splice(windows.indexOf(this), 1);
      this.emit("closed");
      if (windows.length > 0) return;
      // Electron ends by itself when nobody listens.
      if (!app.emit("window-all-closed")) app.quit();
    };
  }

  class StandInNotification
    extends EventEmitter
    implements Members<InstanceType<ElectronApi["Notification"]>, "show">
  {
    readonly options: NotificationOptions;
    shown = false;
    constructor(given: NotificationOptions) {
      super();
      this.options = given;
      seen.notifications.push(this);
    }
    static isSupported = () => options.notificationsSupported ?? true;
    show = () => {
      this.shown = true;
    };
  }

  class StandInTray
    extends EventEmitter
    implements
      Members<InstanceType<ElectronApi["Tray"]>, "destroy" | "setContextMenu" | "setToolTip">
  {
    readonly icon: string;
    toolTip = "";
    menu: readonly MenuItemOptions[] = [];
    constructor(icon: string) {
      super();
      if (options.hasTray === false) throw new Error("no tray");
      this.icon = icon;
      seen.tray = this;
    }
    setToolTip = (toolTip: string) => {
      this.toolTip = toolTip;
    };
    // What the stand-in's own buildFromTemplate makes.
    setContextMenu = (menu: unknown) => {
      this.menu = menu as readonly MenuItemOptions[];
    };
    destroy = () => {
      seen.tray = null;
    };
  }

  const dialog = {
    showMessageBox: async (...given: [MessageBoxOptions] | [unknown, MessageBoxOptions]) => {
      const box = given.at(-1) as MessageBoxOptions;
      seen.boxes.push(box);
      const response = (await options.press?.(box)) ?? box.cancelId ?? 0;
      return { response, checkboxChecked: false };
    },
    showSaveDialog: async (...given: readonly unknown[]) => {
      const { defaultPath = "" } = given.at(-1) as { defaultPath?: string };
      seen.saves.push(defaultPath);
      const filePath = options.saveTo?.(defaultPath) ?? null;
      return { canceled: filePath === null, filePath: filePath ?? "" };
    },
  } satisfies Members<ElectronApi["dialog"], "showMessageBox" | "showSaveDialog">;

  const handlers = new Map<string, (event: unknown, payload: unknown) => unknown>();
  const ipcMain = Object.assign(new EventEmitter(), {
    handle: (channel: string, handler: (event: never, payload: unknown) => unknown) => {
      handlers.set(channel, handler as (event: unknown, payload: unknown) => unknown);
    },
  });

  const permissions = {
    request: null as Parameters<Session["setPermissionRequestHandler"]>[0],
    check: null as Parameters<Session["setPermissionCheckHandler"]>[0],
    device: null as Parameters<Session["setDevicePermissionHandler"]>[0],
  };
  type Session = ElectronApi["session"]["defaultSession"];
  const defaultSession = {
    setPermissionRequestHandler: (handler) => {
      permissions.request = handler;
    },
    setPermissionCheckHandler: (handler) => {
      permissions.check = handler;
    },
    setDevicePermissionHandler: (handler) => {
      permissions.device = handler;
    },
  } satisfies Members<
    Session,
    "setDevicePermissionHandler" | "setPermissionCheckHandler" | "setPermissionRequestHandler"
  >;

  const api = {
    app,
    BrowserWindow: StandInWindow,
    dialog,
    ipcMain,
    Menu: {
      buildFromTemplate: (template: MenuItemOptions[]) => template,
      setApplicationMenu: (menu: readonly MenuItemOptions[]) => {
        seen.menu = menu;
      },
    },
    nativeTheme: { shouldUseDarkColors: true },
    Notification: StandInNotification,
    powerSaveBlocker: {
      start: (type) => {
        const id = seen.blockers.size + 1;
        seen.blockers.set(id, type);
        return id;
      },
      stop: (id) => seen.blockers.delete(id),
    } satisfies Members<ElectronApi["powerSaveBlocker"], "start" | "stop">,
    screen: {
      getAllDisplays: () =>
        (options.workAreas ?? [{ x: 0, y: 0, width: 1920, height: 1080 }]).map((workArea) => ({
          workArea,
        })),
    },
    session: { defaultSession },
    shell: {
      openExternal: async (url: string) => {
        seen.openedOutside.push(url);
      },
      openPath: async (path: string) => {
        seen.openedPaths.push(path);
        return "";
      },
    } satisfies Members<ElectronApi["shell"], "openExternal" | "openPath">,
    Tray: StandInTray,
  };

  return {
    /** For the shell. The members it has are checked above; the cast says that it has no others. */
    electron: api as unknown as ElectronApi,
    api,
    app,
    windows,
    exits,
    paths,
    permissions,
    seen,
    /** A message as the page of a window sends it; `over` makes it come from somewhere else. */
    fromPage: (window: StandInWindow, over: Record<string, unknown> = {}) => {
      const event = { sender: window.webContents, senderFrame: window.webContents.mainFrame };
      return {
        send: (channel: string, payload: unknown) =>
          ipcMain.emit(channel, { ...event, ...over }, payload),
        invoke: async (channel: string, payload: unknown) =>
          handlers.get(channel)?.({ ...event, ...over }, payload),
      };
    },
  };
}

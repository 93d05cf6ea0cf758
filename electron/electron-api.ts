/**
 * What the shell uses of Electron. Every module is handed this, so that it can be run where there is no runtime; only
 * main.ts and preload.ts import the real thing. Test code takes its types from here too.
 */
export type Electron = typeof import("electron");

export type ElectronApi = Pick<
  Electron,
  | "app"
  | "BrowserWindow"
  | "dialog"
  | "ipcMain"
  | "Menu"
  | "nativeTheme"
  | "Notification"
  | "powerSaveBlocker"
  | "screen"
  | "session"
  | "shell"
  | "Tray"
>;

export type BrowserWindow = import("electron").BrowserWindow;
export type BrowserWindowOptions = import("electron").BrowserWindowConstructorOptions;
export type IpcMainEvent = import("electron").IpcMainEvent;
export type IpcMainInvokeEvent = import("electron").IpcMainInvokeEvent;
export type MenuItemOptions = import("electron").MenuItemConstructorOptions;
export type MessageBoxOptions = import("electron").MessageBoxOptions;
export type PrintToPDFOptions = import("electron").PrintToPDFOptions;
export type Rectangle = import("electron").Rectangle;
export type WebContents = import("electron").WebContents;

/** What the preload uses of Electron. */
export type ElectronRendererApi = Pick<Electron, "contextBridge" | "ipcRenderer">;

import type { ElectronApi, MenuItemOptions } from "./electron-api.ts";

export interface MenuActions {
  readonly showLog: () => void;
  readonly showDataDir: () => void;
}

/** Sets the app's menu, with the conventions of its platform. */
export function setupMenu(
  { app, Menu }: ElectronApi,
  platform: NodeJS.Platform,
  actions: MenuActions,
): void {
  const facts = { platform, isPackaged: app.isPackaged };
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(facts, actions)));
}

/** The menu as data. Roles bring their platform's labels and keys with them. */
export function menuTemplate(
  { platform, isPackaged }: { readonly platform: NodeJS.Platform; readonly isPackaged: boolean },
  { showLog, showDataDir }: MenuActions,
): MenuItemOptions[] {
  const isMac = platform === "darwin";
  const view: MenuItemOptions[] = [
    { role: "reload" },
    { type: "separator" },
    { role: "resetZoom" },
    { role: "zoomIn" },
    { role: "zoomOut" },
    { type: "separator" },
    { role: "togglefullscreen" },
  ];
  // Somebody at the bench who hits F12 should not land in a debugger.
  if (!isPackaged) view.push({ type: "separator" }, { role: "toggleDevTools" });
  const help: MenuItemOptions[] = [
    { label: "Show the Log", click: showLog },
    { label: "Show the Data Folder", click: showDataDir },
  ];
  // On macOS About belongs to the app's own menu.
  if (!isMac) help.push({ type: "separator" }, { role: "about" });
  return [
    ...(isMac ? [{ role: "appMenu" } as const] : []),
    // Close where the app lives on without its window, quit where it does not.
    { role: "fileMenu", submenu: [{ role: isMac ? "close" : "quit" }] },
    { role: "editMenu" },
    { label: "View", submenu: view },
    { role: "windowMenu" },
    { role: "help", submenu: help },
  ];
}

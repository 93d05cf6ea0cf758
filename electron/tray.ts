import type { ElectronApi, MenuItemOptions } from "./electron-api.ts";

/** What the server tells of its runs (`RunningConsole.runs`). */
interface Runs {
  count(): number;
  holding(): number;
  onChange(listener: () => void): () => void;
}

export interface TrayOptions {
  /** A file of its own for each platform: macOS wants a template image, which it knows by its name. */
  readonly iconFile: string;
  readonly platform: NodeJS.Platform;
  readonly runs: Runs;
  readonly open: () => void;
  /** Told of a desktop that has no tray. */
  readonly onMissing: (error: unknown) => void;
}

/**
 * An icon in the tray that tells how the runs stand. Some Linux desktops have none, and nothing depends on it: the
 * window is not hidden into it, and whatever its menu offers is elsewhere too.
 * @returns ends it
 */
export function setupTray(
  { app, Menu, Tray }: ElectronApi,
  { iconFile, platform, runs, open, onMissing }: TrayOptions,
): () => void {
  let tray: InstanceType<ElectronApi["Tray"]>;
  try {
    tray = new Tray(iconFile);
  } catch (error) {
    onMissing(error);
    return () => {};
  }
  const show = () => {
    const status = statusOf(runs);
    tray.setToolTip(`Vetting: ${status}`);
    // A new one each time: on Linux an item that changes is not drawn anew. There the icon shows only with a menu.
    tray.setContextMenu(
      Menu.buildFromTemplate(trayTemplate(status, { open, quit: () => app.quit() })),
    );
  };
  show();
  // On macOS the click opens the menu.
  if (platform !== "darwin") tray.on("click", open);
  const unsubscribe = runs.onChange(show);
  return () => {
    unsubscribe();
    tray.destroy();
  };
}

export function trayIcon(platform: NodeJS.Platform): string {
  return platform === "darwin" ? "trayTemplate.png" : "tray.png";
}

/** "2 running, 1 holding": in the words of the page's status bar. */
export function statusOf(runs: Pick<Runs, "count" | "holding">): string {
  const parts = [
    { count: runs.count(), word: "running" },
    { count: runs.holding(), word: "holding" },
  ].filter(({ count }) => count > 0);
  if (parts.length === 0) return "nothing running";
  return parts.map(({ count, word }) => `${count} ${word}`).join(", ");
}

function trayTemplate(
  status: string,
  { open, quit }: { readonly open: () => void; readonly quit: () => void },
): MenuItemOptions[] {
  return [
    { label: "Open Vetting", click: open },
    { type: "separator" },
    { label: `${status.charAt(0).toUpperCase()}${status.slice(1)}`, enabled: false },
    { type: "separator" },
    { label: "Quit", click: quit },
  ];
}

import type { DesktopNotification } from "../contract/desktop-api.ts";
import type { ElectronApi } from "./electron-api.ts";
import type { ConsoleWindow } from "./window.ts";

/** So many stay clickable: notification centres keep them, and a click must still lead somewhere. */
const MAX_KEPT = 50;

/** Native notifications that lead to their run. */
export class Notifier {
  readonly #electron: ElectronApi;
  readonly #window: Pick<ConsoleWindow, "show" | "openRun" | "current">;
  /** Electron drops the click of a notification that nobody holds a reference to. */
  readonly #kept: unknown[] = [];

  constructor(electron: ElectronApi, window: Pick<ConsoleWindow, "show" | "openRun" | "current">) {
    this.#electron = electron;
    this.#window = window;
  }

  notify({ title, body, runId }: DesktopNotification): void {
    const { Notification } = this.#electron;
    if (!Notification.isSupported()) {
      // No notification service: the task bar at least asks for a look.
      this.#window.current?.flashFrame(true);
      return;
    }
    const notification = new Notification({ title, body });
    notification.on("click", () => {
      if (runId === null) this.#window.show();
      else this.#window.openRun(runId);
    });
    this.#kept.push(notification);
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    notification.show();
  }

  /** The number on the app's icon, where the platform has one; 0 takes it away. */
  setBadge(count: number): void {
    this.#electron.app.setBadgeCount(count);
  }
}

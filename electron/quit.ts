import type { BrowserWindow, ElectronApi, MessageBoxOptions } from "./electron-api.ts";
import { type LogFile, logLine } from "./log-file.ts";

export interface QuitOptions {
  readonly activeRuns: () => number;
  /** Stops the console cleanly. */
  readonly close: () => Promise<void>;
  readonly window: () => BrowserWindow | null;
  readonly log: LogFile;
  readonly process: Pick<NodeJS.Process, "on">;
}

/** How the app ends: asked for while runs are active, and always with a console that has been stopped cleanly. */
export class Quit {
  readonly #electron: ElectronApi;
  readonly #options: QuitOptions;
  #asking = false;
  #stopping = false;

  constructor(electron: ElectronApi, options: QuitOptions) {
    this.#electron = electron;
    this.#options = options;
    const { app } = electron;
    app.on("before-quit", (event) => {
      // The app ends by `exit` once the console has stopped, and by nothing before.
      event.preventDefault();
      void this.#askAndStop();
    });
    // Without a listener Electron would quit at once. A window that closes for good asks through `onWindowClose`.
    app.on("window-all-closed", () => {});
    // Whoever sends a signal has decided; a second one does not wait.
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      options.process.on(signal, () => {
        if (this.#stopping) app.exit(1);
        else void this.#stop();
      });
    }
  }

  /**
   * The user closes the window: on macOS the app lives on in the dock; elsewhere that is the wish to quit.
   * @returns whether the window may close now
   */
  onWindowClose(platform: NodeJS.Platform): boolean {
    if (this.#stopping || platform === "darwin") return true;
    this.#electron.app.quit();
    return false;
  }

  async #askAndStop(): Promise<void> {
    if (this.#asking || this.#stopping) return;
    this.#asking = true;
    const quits = await this.#mayStop();
    this.#asking = false;
    if (quits) await this.#stop();
  }

  async #mayStop(): Promise<boolean> {
    const { activeRuns, window } = this.#options;
    const count = activeRuns();
    if (count === 0) return true;
    const box: MessageBoxOptions = {
      type: "warning",
      message: count === 1 ? "A run is active." : `${count} runs are active.`,
      detail:
        "Hosts that are in a stage go on with it and hand in their results when Vetting runs again. Until then nothing is shown, no limit is watched, and no host that waits can boot.",
      buttons: ["Keep Running", "Quit"],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    };
    const parent = window();
    const { dialog } = this.#electron;
    const { response } =
      parent === null ? await dialog.showMessageBox(box) : await dialog.showMessageBox(parent, box);
    return response === 1;
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    let exitCode = 0;
    try {
      await this.#options.close();
    } catch (error) {
      this.#options.log.write(logLine("error", "The console did not stop cleanly.", error));
      exitCode = 1;
    }
    this.#electron.app.exit(exitCode);
  }
}

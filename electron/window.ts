import { CHANNELS, VERSION_SWITCH } from "./channels.ts";
import type { BrowserWindow, BrowserWindowOptions, ElectronApi } from "./electron-api.ts";
import { isVisible, readWindowState, type WindowState, writeWindowState } from "./window-state.ts";

const DEFAULT_SIZE = { width: 1280, height: 800 };
/** Below this the run's page has no room for rail and graphs side by side. */
const MIN_SIZE = { minWidth: 800, minHeight: 560 };
/** The page's own backgrounds (renderer/design/tokens.css), so that opening does not flash. */
const BACKGROUND = { dark: "#0e1114", light: "#eef0f3" };

/** What every window of the app is made with: a page that is fenced in, and no Node in it. */
export const SANDBOXED = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  webSecurity: true,
  webviewTag: false,
  spellcheck: false,
} as const;

export interface ConsoleWindowOptions {
  /** With the access token of this launch. */
  readonly consoleUrl: string;
  readonly preloadFile: string;
  /** Where size and place are kept. */
  readonly stateFile: string;
  readonly version: string;
  /** The user wants the window closed. True: let it close. */
  readonly onClose: () => boolean;
  readonly onCreated: (window: BrowserWindow) => void;
}

/** The one window of the console. It may be closed and opened again, as on macOS. */
export class ConsoleWindow {
  readonly #electron: ElectronApi;
  readonly #options: ConsoleWindowOptions;
  #window: BrowserWindow | null = null;

  constructor(electron: ElectronApi, options: ConsoleWindowOptions) {
    this.#electron = electron;
    this.#options = options;
  }

  /** The window if it is open. */
  get current(): BrowserWindow | null {
    return this.#window;
  }

  /** Opens the window or brings it to the front. */
  show(): void {
    if (this.#window === null) this.#open(null);
    else raise(this.#window);
  }

  /** The same, on the page of a run. */
  openRun(runId: number): void {
    if (this.#window === null) {
      this.#open(runId);
      return;
    }
    raise(this.#window);
    const { webContents } = this.#window;
    const send = () => webContents.send(CHANNELS.openRun, runId);
    // A page that is still loading hears nothing yet; once loaded, the preload keeps it until somebody listens.
    if (webContents.isLoadingMainFrame()) webContents.once("did-finish-load", send);
    else send();
  }

  #open(runId: number | null): void {
    const { consoleUrl, stateFile, onClose, onCreated } = this.#options;
    const state = readWindowState(stateFile);
    const window = new this.#electron.BrowserWindow(this.#looks(state));
    this.#window = window;
    if (state?.maximized === true) window.maximize();
    window.once("ready-to-show", () => window.show());
    window.on("close", (event) => {
      writeWindowState(stateFile, {
        bounds: window.getNormalBounds(),
        maximized: window.isMaximized(),
      });
      if (!onClose()) event.preventDefault();
    });
    window.on("closed", () => {
      this.#window = null;
    });
    onCreated(window);
    // The token goes with the redirect that follows; the fragment stays.
    const fragment = runId === null ? "" : `#/runs/${runId}`;
    void window.loadURL(`${consoleUrl}${fragment}`).catch(() => {
      // `did-fail-load` tells more, and crash.ts listens for it.
    });
  }

  #looks(state: WindowState | null): BrowserWindowOptions {
    const { nativeTheme, screen } = this.#electron;
    const workAreas = screen.getAllDisplays().map(({ workArea }) => workArea);
    const remembered = state !== null && isVisible(state.bounds, workAreas) ? state.bounds : null;
    return {
      ...(remembered ?? DEFAULT_SIZE),
      ...MIN_SIZE,
      title: "Vetting",
      show: false,
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
      webPreferences: {
        ...SANDBOXED,
        preload: this.#options.preloadFile,
        additionalArguments: [`${VERSION_SWITCH}${this.#options.version}`],
      },
    };
  }
}

function raise(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

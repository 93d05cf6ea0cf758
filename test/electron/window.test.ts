import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConsoleWindow } from "../../electron/window.ts";
import { isVisible } from "../../electron/window-state.ts";
import { newElectron, settled } from "./new-electron.ts";
import type { StandInOptions } from "./stand-in/electron.ts";

const CONSOLE_URL = "http://127.0.0.1:8420/?token=secret";

let dir: string;
let lab: ReturnType<typeof newElectron>;
let loaded: string[];
let letsClose: boolean;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-window-"));
  letsClose = true;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function newWindow(options: Partial<StandInOptions> = {}): ConsoleWindow {
  loaded = [];
  lab = newElectron({
    load: async (url) => {
      loaded.push(url);
      return 200;
    },
    ...options,
  });
  return new ConsoleWindow(lab.electron, {
    consoleUrl: CONSOLE_URL,
    preloadFile: "/app/preload.cjs",
    stateFile: join(dir, "desktop/window.json"),
    version: "9.8.7",
    onClose: () => letsClose,
    onCreated: () => {},
  });
}

/** The stand-in's side of the one window. */
function only() {
  const [window, ...more] = lab.windows;
  if (window === undefined || more.length > 0) throw new Error(`${lab.windows.length} windows`);
  return window;
}

describe("the window", () => {
  test("is fenced in: sandbox, isolated, no Node, nothing of a webview", () => {
    newWindow().show();
    expect(only().options.webPreferences).toEqual({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      preload: "/app/preload.cjs",
      additionalArguments: ["--vetting-version=9.8.7"],
    });
  });

  test("loads the console's own address, and is shown when there is something to see", async () => {
    newWindow().show();
    expect(only().shown).toBe(false);
    await settled();
    expect(loaded).toEqual([CONSOLE_URL]);
    expect(only().shown).toBe(true);
  });

  test("is one: asking again brings it to the front, out of the task bar too", async () => {
    const window = newWindow();
    window.show();
    await settled();
    only().minimized = true;
    window.show();
    expect(only()).toMatchObject({ minimized: false, shown: true, focused: 1 });
  });

  test("opens on the run that was asked for, and tells an open page of it", async () => {
    const window = newWindow();
    window.openRun(7);
    expect(loaded).toEqual([`${CONSOLE_URL}#/runs/7`]);
    await settled();
    window.openRun(8);
    expect(only().webContents.sent).toEqual([{ channel: "vetting:open-run", args: [8] }]);
  });

  test("a page that is still loading is told once it can hear", async () => {
    const window = newWindow();
    window.show();
    window.openRun(8);
    expect(only().webContents.sent).toEqual([]);
    await settled();
    expect(only().webContents.sent).toEqual([{ channel: "vetting:open-run", args: [8] }]);
  });

  test("stays while the app does not want it closed, and can be opened anew when it was", () => {
    const window = newWindow();
    window.show();
    letsClose = false;
    only().close();
    expect(only().destroyed).toBe(false);
    letsClose = true;
    only().close();
    expect(window.current).toBeNull();
    window.show();
    expect(only().destroyed).toBe(false);
  });
});

describe("size and place", () => {
  const BOUNDS = { x: 300, y: 200, width: 1000, height: 700 };

  function leftAt(bounds: typeof BOUNDS, maximized = false): void {
    newWindow().show();
    Object.assign(only(), { bounds, maximized });
    only().close();
  }

  test("are those of last time", () => {
    leftAt(BOUNDS);
    newWindow().show();
    expect(only().options).toMatchObject(BOUNDS);
    expect(only().maximized).toBe(false);
  });

  test("maximized is maximized again, with the size that it goes back to", () => {
    leftAt(BOUNDS, true);
    newWindow().show();
    expect(only().options).toMatchObject(BOUNDS);
    expect(only().maximized).toBe(true);
  });

  test("are the defaults at first, with a file of another's, and when the display is gone", () => {
    const defaults = { width: 1280, height: 800 };
    newWindow().show();
    expect(only().options).toMatchObject(defaults);
    leftAt({ ...BOUNDS, x: 2500 });
    newWindow().show();
    expect(only().options).toMatchObject(defaults);
    expect(only().options).not.toHaveProperty("x");
    writeFileSync(join(dir, "desktop/window.json"), '{"bounds":{"x":"0"}}');
    newWindow().show();
    expect(only().options).toMatchObject(defaults);
  });

  test("a second display counts", () => {
    leftAt({ ...BOUNDS, x: 2500 });
    const right = { x: 1920, y: 0, width: 1920, height: 1080 };
    newWindow({ workAreas: [{ x: 0, y: 0, width: 1920, height: 1080 }, right] }).show();
    expect(only().options).toMatchObject({ x: 2500 });
  });

  test("a window whose title cannot be reached is not visible", () => {
    const area = { x: 0, y: 25, width: 1920, height: 1055 };
    expect(isVisible({ x: 0, y: 25, width: 800, height: 600 }, [area])).toBe(true);
    expect(isVisible({ x: -750, y: 25, width: 800, height: 600 }, [area])).toBe(false);
    expect(isVisible({ x: 0, y: -300, width: 800, height: 600 }, [area])).toBe(false);
    expect(isVisible({ x: 0, y: 1050, width: 800, height: 600 }, [area])).toBe(false);
    expect(isVisible({ x: 0, y: 25, width: 800, height: 600 }, [])).toBe(false);
  });

  test("no token is written down", () => {
    leftAt(BOUNDS);
    expect(readFileSync(join(dir, "desktop/window.json"), "utf8")).not.toContain("secret");
  });
});

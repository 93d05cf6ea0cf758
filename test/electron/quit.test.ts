import { EventEmitter } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { Quit } from "../../electron/quit.ts";
import { newElectron, settled } from "./new-electron.ts";

const KEEP = 0;
const QUIT = 1;

function newApp(options: { active?: number; press?: number; close?: () => Promise<void> } = {}) {
  const lab = newElectron({ press: () => options.press ?? KEEP });
  const process = new EventEmitter();
  const close = vi.fn(options.close ?? (async () => {}));
  const logged: string[] = [];
  const window = new lab.electron.BrowserWindow({});
  const quit = new Quit(lab.electron, {
    activeRuns: () => options.active ?? 0,
    close,
    window: () => window,
    log: { path: null, write: (line) => logged.push(line) },
    process: process as never,
  });
  return { lab, process, close, quit, logged };
}

describe("quitting", () => {
  test("without an active run stops the console cleanly and asks nothing", async () => {
    const { lab, close } = newApp();
    lab.app.quit();
    await settled();
    expect(lab.seen.boxes).toEqual([]);
    expect(close).toHaveBeenCalledTimes(1);
    expect(lab.exits).toEqual([0]);
  });

  test("the process does not end before the console has stopped", async () => {
    let stopped = () => {};
    const { lab } = newApp({
      close: () =>
        new Promise((resolve) => {
          stopped = resolve;
        }),
    });
    lab.app.quit();
    await settled();
    expect(lab.exits).toEqual([]);
    stopped();
    await settled();
    expect(lab.exits).toEqual([0]);
  });

  test("with active runs asks first, says what becomes of them, and keeps running by default", async () => {
    const { lab, close } = newApp({ active: 2 });
    lab.app.quit();
    await settled();
    expect(lab.seen.boxes).toHaveLength(1);
    expect(lab.seen.boxes[0]).toMatchObject({
      message: "2 runs are active.",
      detail: expect.stringContaining("hand in their results when Vetting runs again"),
      buttons: ["Keep Running", "Quit"],
      defaultId: KEEP,
      cancelId: KEEP,
    });
    expect(close).not.toHaveBeenCalled();
    expect(lab.exits).toEqual([]);
  });

  test("with active runs quits when that is confirmed", async () => {
    const { lab, close } = newApp({ active: 1, press: QUIT });
    lab.app.quit();
    await settled();
    expect(lab.seen.boxes[0]?.message).toBe("A run is active.");
    expect(close).toHaveBeenCalledTimes(1);
    expect(lab.exits).toEqual([0]);
  });

  test("asked twice shows one question", async () => {
    const { lab } = newApp({ active: 1 });
    lab.app.quit();
    lab.app.quit();
    await settled();
    expect(lab.seen.boxes).toHaveLength(1);
  });

  test("a console that does not stop cleanly is logged and ends with 1", async () => {
    const { lab, logged } = newApp({
      close: async () => {
        throw new Error("database is locked");
      },
    });
    lab.app.quit();
    await settled();
    expect(lab.exits).toEqual([1]);
    expect(logged.join("")).toContain("database is locked");
  });
});

describe("signals", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"])(
    "%s stops cleanly without a question, whatever runs: who sends it has decided",
    async (signal) => {
      const { lab, process, close } = newApp({ active: 3 });
      process.emit(signal);
      await settled();
      expect(lab.seen.boxes).toEqual([]);
      expect(close).toHaveBeenCalledTimes(1);
      expect(lab.exits).toEqual([0]);
    },
  );

  test("a second one does not wait", async () => {
    const { lab, process } = newApp({ close: () => new Promise(() => {}) });
    process.emit("SIGTERM");
    process.emit("SIGTERM");
    expect(lab.exits).toEqual([1]);
  });
});

describe("closing the window", () => {
  test.each(["linux", "win32"] as const)("on %s is the wish to quit", async (platform) => {
    const { quit, lab } = newApp({ active: 1 });
    expect(quit.onWindowClose(platform)).toBe(false);
    await settled();
    expect(lab.seen.boxes).toHaveLength(1);
  });

  test("on macOS leaves the app in the dock", async () => {
    const { quit, lab } = newApp({ active: 1 });
    expect(quit.onWindowClose("darwin")).toBe(true);
    await settled();
    expect(lab.seen.boxes).toEqual([]);
    expect(lab.exits).toEqual([]);
  });

  test("while the console stops nothing holds it open", async () => {
    const { quit, lab } = newApp({ close: () => new Promise(() => {}) });
    lab.app.quit();
    await settled();
    expect(quit.onWindowClose("linux")).toBe(true);
  });
});

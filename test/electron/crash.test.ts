import { EventEmitter } from "node:events";
import { beforeEach, describe, expect, test } from "vitest";
import { cannotStart, mendCrashedPage, setupServerCrash } from "../../electron/crash.ts";
import { NO_LOG } from "../../electron/log-file.ts";
import { StartProblem } from "../../server/options.ts";
import { newElectron, settled } from "./new-electron.ts";

const logged: string[] = [];
const log = { path: "/data/desktop/vetting.log", write: (line: string) => logged.push(line) };
beforeEach(() => logged.splice(0));

describe("a page that dies", () => {
  function newPage(press = 0) {
    const lab = newElectron({ press: () => press });
    const window = new lab.api.BrowserWindow({});
    let now = 0;
    mendCrashedPage(lab.electron, window as never, { log, now: () => now });
    const die = (reason = "crashed") =>
      window.webContents.emit("render-process-gone", {}, { reason, exitCode: 139 });
    return {
      lab,
      window,
      die,
      later: (ms: number) => {
        now += ms;
      },
    };
  }

  test.each(["crashed", "oom", "killed", "abnormal-exit", "launch-failed"])(
    "is loaded again when its process has %s, and the log knows",
    (reason) => {
      const { window, die } = newPage();
      die(reason);
      expect(window.webContents.reloads).toBe(1);
      expect(logged.join("")).toContain(`(${reason}, exit code 139)`);
    },
  );

  test("is left alone when it ended by itself", () => {
    const { window, die } = newPage();
    die("clean-exit");
    expect(window.webContents.reloads).toBe(0);
  });

  test("is asked about when it dies again and again, so that it does not spin", async () => {
    const { lab, window, die } = newPage();
    for (let time = 0; time < 4; time += 1) die();
    await settled();
    expect(lab.seen.boxes).toHaveLength(1);
    expect(lab.seen.boxes[0]).toMatchObject({
      message: "The window keeps crashing.",
      detail: expect.stringContaining("The console itself goes on, and so do its runs."),
      buttons: ["Reload", "Close the window"],
    });
    // Three by itself, one by the answer.
    expect(window.webContents.reloads).toBe(4);
  });

  test("the window closes when that is the answer", async () => {
    const { window, die } = newPage(1);
    for (let time = 0; time < 4; time += 1) die();
    await settled();
    expect(window.destroyed).toBe(true);
  });

  test("deaths that lie far apart are each mended", () => {
    const { lab, window, die, later } = newPage();
    for (let time = 0; time < 10; time += 1) {
      die();
      later(30_000);
    }
    expect(window.webContents.reloads).toBe(10);
    expect(lab.seen.boxes).toEqual([]);
  });

  test("a page that could not be loaded is loaded again; one that was given up for another is not", () => {
    const { window } = newPage();
    const fail = (code: number, isMainFrame: boolean) =>
      window.webContents.emit("did-fail-load", {}, code, "ERR", "http://x/", isMainFrame);
    fail(-3, true);
    fail(-102, false);
    expect(window.webContents.reloads).toBe(0);
    fail(-102, true);
    expect(window.webContents.reloads).toBe(1);
  });
});

describe("a console that crashes", () => {
  const [RESTART, QUIT, LOG] = [0, 1, 2];

  function newApp(presses: number[]) {
    const lab = newElectron({ press: () => presses.shift() ?? QUIT });
    const errors: string[] = [];
    const process = Object.assign(new EventEmitter(), {
      stderr: { write: (text: string) => errors.push(text) },
    });
    setupServerCrash(lab.electron, { log, process: process as never });
    return { lab, process, errors };
  }

  test.each(["uncaughtException", "unhandledRejection"])(
    "by an %s says why, and ends with 1 when nobody wants it back",
    async (kind) => {
      const { lab, process, errors } = newApp([QUIT]);
      process.emit(kind, new Error("SQLITE_CORRUPT: database disk image is malformed"));
      await settled();
      expect(lab.seen.boxes[0]).toMatchObject({
        type: "error",
        detail: expect.stringContaining("SQLITE_CORRUPT: database disk image is malformed"),
        buttons: ["Restart", "Quit", "Show the Log"],
      });
      expect(lab.exits).toEqual([1]);
      expect(lab.seen.relaunched).toBe(0);
      expect(logged.join("")).toContain("SQLITE_CORRUPT");
      expect(errors.join("")).toContain("SQLITE_CORRUPT");
    },
  );

  test("is started anew when that is wanted", async () => {
    const { lab, process } = newApp([RESTART]);
    process.emit("uncaughtException", new Error("x"));
    await settled();
    expect(lab.seen.relaunched).toBe(1);
    expect(lab.exits).toEqual([0]);
  });

  test("shows the log, and the question stays", async () => {
    const { lab, process } = newApp([LOG, RESTART]);
    process.emit("uncaughtException", new Error("x"));
    await settled();
    expect(lab.seen.openedPaths).toEqual(["/data/desktop/vetting.log"]);
    expect(lab.seen.boxes).toHaveLength(2);
    expect(lab.seen.relaunched).toBe(1);
  });

  test("tells the first cause once; what breaks after it is in the log", async () => {
    const { lab, process } = newApp([QUIT]);
    process.emit("uncaughtException", new Error("first"));
    process.emit("uncaughtException", new Error("second"));
    await settled();
    expect(lab.seen.boxes).toHaveLength(1);
    expect(lab.seen.boxes[0]?.detail).toContain("first");
    expect(logged.join("")).toContain("second");
  });

  test("even by something that is no error", async () => {
    const { lab, process } = newApp([QUIT]);
    process.emit("unhandledRejection", undefined);
    await settled();
    expect(lab.seen.boxes[0]?.detail).toContain("undefined");
  });
});

describe("a console that cannot start", () => {
  test("says what is in the way, on stderr in one line as well, and ends with 2", async () => {
    const lab = newElectron({ press: () => 1 });
    const errors: string[] = [];
    const process = { stderr: { write: (text: string) => errors.push(text) } };
    const problem = new StartProblem("The console port 8420 is taken.\nChoose another.");
    await cannotStart(lab.electron, problem, { log: NO_LOG, process: process as never });
    expect(lab.seen.boxes[0]).toMatchObject({
      message: "The console could not start.",
      detail: problem.message,
      // There is no log yet to be shown.
      buttons: ["Restart", "Quit"],
    });
    expect(errors).toEqual(["The console port 8420 is taken. Choose another.\n"]);
    expect(lab.exits).toEqual([2]);
  });
});

import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inRoot } from "../../build/root-dir.ts";
import { setupTray, statusOf, trayIcon } from "../../electron/tray.ts";
import { newElectron } from "./new-electron.ts";
import type { StandInOptions } from "./stand-in/electron.ts";

function newTray(platform: NodeJS.Platform = "linux", options: Partial<StandInOptions> = {}) {
  const lab = newElectron(options);
  const listeners = new Set<() => void>();
  const now = { count: 0, holding: 0 };
  const opened: string[] = [];
  const missing: unknown[] = [];
  const end = setupTray(lab.electron, {
    iconFile: "/app/icons/tray.png",
    platform,
    runs: {
      count: () => now.count,
      holding: () => now.holding,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    open: () => opened.push("open"),
    onMissing: (error) => missing.push(error),
  });
  return {
    ...{ lab, end, opened, missing, listeners },
    tray: lab.seen.tray,
    become: (count: number, holding: number) => {
      Object.assign(now, { count, holding });
      for (const listener of listeners) listener();
    },
    choose: (label: string) =>
      lab.seen.tray?.menu
        .find((item) => item.label === label)
        ?.click?.(null as never, undefined, null as never),
  };
}

describe("the tray", () => {
  test.each([
    [0, 0, "nothing running"],
    [1, 0, "1 running"],
    [2, 1, "2 running, 1 holding"],
    [0, 3, "3 holding"],
  ])("%i under way and %i that hold are told as: %s", (count, holding, words) => {
    expect(statusOf({ count: () => count, holding: () => holding })).toBe(words);
  });

  test("has the status in its tooltip and, where nobody hovers, in its menu; both follow the runs", () => {
    const { tray, become } = newTray();
    const labels = () => tray?.menu.map(({ label }) => label ?? "-");
    expect(tray?.toolTip).toBe("Vetting: nothing running");
    become(2, 1);
    expect(tray?.toolTip).toBe("Vetting: 2 running, 1 holding");
    expect(labels()).toEqual(["Open Vetting", "-", "2 running, 1 holding", "-", "Quit"]);
    expect(tray?.menu[2]?.enabled).toBe(false);
    become(0, 0);
    expect(labels()?.[2]).toBe("Nothing running");
  });

  test("opens the window, and quits the way that asks first", () => {
    const { lab, opened, choose } = newTray();
    let asked = 0;
    lab.app.on("before-quit", () => {
      asked += 1;
    });
    choose("Open Vetting");
    expect(opened).toEqual(["open"]);
    expect(asked).toBe(0);
    choose("Quit");
    expect(asked).toBe(1);
  });

  test.each([
    ["linux", 1],
    ["win32", 1],
    // There the same click has opened the menu.
    ["darwin", 0],
  ] as const)("on %s a click on the icon opens the window %i times", (platform, times) => {
    const { tray, opened } = newTray(platform);
    tray?.emit("click");
    expect(opened).toHaveLength(times);
  });

  test.each(["darwin", "linux", "win32"] as const)("has an icon on %s", (platform) => {
    expect(existsSync(inRoot("electron/icons", trayIcon(platform)))).toBe(true);
  });

  test("on macOS is a template, sharp on every display, for a menu bar of any colour", () => {
    expect(trayIcon("darwin")).toMatch(/Template\.png$/);
    expect(existsSync(inRoot("electron/icons/trayTemplate@2x.png"))).toBe(true);
  });

  test("is done without on a desktop that has none", () => {
    const { lab, missing, end, listeners } = newTray("linux", { hasTray: false });
    expect(missing).toEqual([new Error("no tray")]);
    expect(lab.seen.tray).toBeNull();
    expect(listeners.size).toBe(0);
    end();
  });

  test("is gone when it is ended, and hears of no run any more", () => {
    const { lab, end, listeners } = newTray();
    end();
    expect(lab.seen.tray).toBeNull();
    expect(listeners.size).toBe(0);
  });
});

import { describe, expect, test } from "vitest";
import { Notifier } from "../../electron/notifications.ts";
import { keepAwake } from "../../electron/power.ts";
import { newElectron } from "./new-electron.ts";

const NOTE = { title: "orion failed", body: "DIMM A3, serial 42", runId: 7 };

function newNotifier(notificationsSupported = true) {
  const lab = newElectron({ notificationsSupported });
  const opened: (number | null)[] = [];
  const current = new lab.electron.BrowserWindow({});
  const notifier = new Notifier(lab.electron, {
    current,
    show: () => opened.push(null),
    openRun: (runId) => opened.push(runId),
  });
  return { lab, notifier, opened };
}

describe("a notification", () => {
  test("is shown with its words, and a click leads to its run", () => {
    const { lab, notifier, opened } = newNotifier();
    notifier.notify(NOTE);
    const [shown] = lab.seen.notifications;
    expect(shown).toMatchObject({
      shown: true,
      options: { title: NOTE.title, body: NOTE.body },
    });
    shown?.emit("click");
    expect(opened).toEqual([7]);
  });

  test("without a run a click brings up the window", () => {
    const { lab, notifier, opened } = newNotifier();
    notifier.notify({ ...NOTE, runId: null });
    lab.seen.notifications[0]?.emit("click");
    expect(opened).toEqual([null]);
  });

  test("where the system has none, the task bar asks for a look", () => {
    const { lab, notifier } = newNotifier(false);
    notifier.notify(NOTE);
    expect(lab.seen.notifications).toEqual([]);
    expect(lab.windows[0]?.flashing).toBe(true);
  });

  test("the app's icon carries the number", () => {
    const { lab, notifier } = newNotifier();
    notifier.setBadge(3);
    notifier.setBadge(0);
    expect(lab.seen.badges).toEqual([3, 0]);
  });
});

describe("the machine stays awake", () => {
  function newRuns() {
    const listeners = new Set<() => void>();
    let count = 0;
    return {
      runs: {
        count: () => count,
        onChange: (listener: () => void) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      set: (now: number) => {
        count = now;
        for (const listener of listeners) listener();
      },
      listeners,
    };
  }

  test("while a run is active, and no longer; the screen may go dark", () => {
    const { electron, seen } = newElectron();
    const { runs, set } = newRuns();
    keepAwake(electron, runs);
    expect(seen.blockers.size).toBe(0);
    set(1);
    set(2);
    expect([...seen.blockers.values()]).toEqual(["prevent-app-suspension"]);
    set(1);
    expect(seen.blockers.size).toBe(1);
    set(0);
    expect(seen.blockers.size).toBe(0);
    set(1);
    expect(seen.blockers.size).toBe(1);
  });

  test("for a run that was active before the window came", () => {
    const { electron, seen } = newElectron();
    const { runs, set } = newRuns();
    set(1);
    keepAwake(electron, runs);
    expect(seen.blockers.size).toBe(1);
  });

  test("until the app says that it is over", () => {
    const { electron, seen } = newElectron();
    const { runs, set, listeners } = newRuns();
    const end = keepAwake(electron, runs);
    set(1);
    end();
    expect(seen.blockers.size).toBe(0);
    expect(listeners.size).toBe(0);
  });
});

import { describe, expect, test } from "vitest";
import { linkedRunIn, runIdIn, setupDeepLinks } from "../../electron/deep-link.ts";
import { claimSingleInstance } from "../../electron/single-instance.ts";
import { newElectron } from "./new-electron.ts";
import { preventable } from "./stand-in/electron.ts";

describe("a link to a run", () => {
  test.each([
    ["vetting://run/7", 7],
    ["vetting://run/7/", 7],
    ["VETTING://RUN/123456", 123456],
  ])("%s", (link, runId) => {
    expect(runIdIn(link)).toBe(runId);
  });

  test.each([
    "vetting://run/",
    "vetting://run/-1",
    "vetting://run/7/../../settings",
    "vetting://run/7?x=1",
    "vetting://run/99999999999999999999",
    "vetting://host/7",
    "https://example.org/run/7",
    "vetting://run/7\nvetting://run/8",
  ])("%j is none", (link) => {
    expect(runIdIn(link)).toBeNull();
  });

  test("is found among a program's arguments", () => {
    expect(linkedRunIn(["vetting", "--no-sandbox", "vetting://run/7"])).toBe(7);
    expect(linkedRunIn(["vetting", "--lab-port", "7"])).toBeNull();
  });
});

describe("links that the system hands over", () => {
  test("macOS: as an event, which is taken", () => {
    const { electron, app } = newElectron();
    const opened: number[] = [];
    setupDeepLinks(electron, (runId) => opened.push(runId));
    const event = preventable();
    app.emit("open-url", event, "vetting://run/7");
    app.emit("open-url", preventable(), "vetting://settings");
    expect(event.defaultPrevented).toBe(true);
    expect(opened).toEqual([7]);
  });

  test("the installed app registers for them; a checkout would register Electron itself", () => {
    const packaged = newElectron({ isPackaged: true });
    setupDeepLinks(packaged.electron, () => {});
    expect(packaged.seen.protocols).toEqual(["vetting"]);
    const checkout = newElectron();
    setupDeepLinks(checkout.electron, () => {});
    expect(checkout.seen.protocols).toEqual([]);
  });
});

describe("one instance", () => {
  test("a second start brings up the first, on the run that it was asked for", () => {
    const { electron, app } = newElectron();
    const starts: (number | null)[] = [];
    expect(claimSingleInstance(electron, (runId) => starts.push(runId))).toBe(true);
    app.emit("second-instance", {}, ["vetting"], "/", null);
    app.emit("second-instance", {}, ["vetting", "vetting://run/7"], "/", null);
    expect(starts).toEqual([null, 7]);
  });

  test("the second is told that it is one", () => {
    const { electron } = newElectron({ lock: () => false });
    expect(claimSingleInstance(electron, () => {})).toBe(false);
  });
});

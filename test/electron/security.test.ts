import { beforeEach, describe, expect, test } from "vitest";
import { setupSecurity } from "../../electron/security.ts";
import { newElectron } from "./new-electron.ts";
import { preventable } from "./stand-in/electron.ts";

const ORIGIN = "http://127.0.0.1:8420";

let lab: ReturnType<typeof newElectron>;
let ownPages: string[];
let contents: InstanceType<ReturnType<typeof newElectron>["api"]["BrowserWindow"]>["webContents"];

beforeEach(() => {
  lab = newElectron();
  ownPages = [];
  setupSecurity(lab.electron, { origin: ORIGIN, onOwnPage: (path) => ownPages.push(path) });
  contents = new lab.api.BrowserWindow({}).webContents;
  contents.url = `${ORIGIN}/#/runs/7`;
});

/** Whether a navigation is let through. */
function goesTo(url: string, isMainFrame = true): boolean {
  const details = { ...preventable(), url, isMainFrame };
  let prevented = false;
  contents.emit("will-frame-navigate", { ...details, preventDefault: () => (prevented = true) });
  return !prevented;
}

describe("permissions", () => {
  const PERMISSIONS = [
    "media",
    "geolocation",
    "notifications",
    "midi",
    "clipboard-read",
    "fullscreen",
    "openExternal",
    "usb",
    "serial",
    "fileSystem",
    "unknown",
  ] as const;

  function asked(permission: (typeof PERMISSIONS)[number] | "clipboard-sanitized-write") {
    let granted: boolean | null = null;
    lab.permissions.request?.(
      contents as never,
      permission,
      (answer) => {
        granted = answer;
      },
      {} as never,
    );
    const checked = lab.permissions.check?.(
      contents as never,
      permission,
      new URL(contents.url).origin,
      {} as never,
    );
    return [granted, checked];
  }

  test.each(PERMISSIONS)("%s is denied", (permission) => {
    expect(asked(permission)).toEqual([false, false]);
  });

  test("the console's page may put text on the clipboard", () => {
    expect(asked("clipboard-sanitized-write")).toEqual([true, true]);
  });

  test("another page may not even that", () => {
    contents.url = "http://127.0.0.1:8421/";
    expect(asked("clipboard-sanitized-write")).toEqual([false, false]);
  });

  test("no device is ever chosen", () => {
    expect(lab.permissions.device?.({} as never)).toBe(false);
  });
});

describe("navigation", () => {
  test("the page may be loaded again", () => {
    expect(goesTo(`${ORIGIN}/`)).toBe(true);
    expect(goesTo(`${ORIGIN}/#/settings`)).toBe(true);
  });

  test.each([
    "https://example.org/",
    "http://127.0.0.1:8421/",
    "http://localhost:8420/",
    "https://127.0.0.1:8420/",
    "file:///etc/passwd",
    "data:text/html,x",
    "javascript:alert(1)",
    "not an address",
  ])("%s is denied", (url) => {
    expect(goesTo(url)).toBe(false);
    expect(goesTo(url, false)).toBe(false);
    expect(contents.downloads).toEqual([]);
  });

  test("a file of the console is downloaded, and the page stays", () => {
    const file = `${ORIGIN}/api/v1/runs/7/evidence/3`;
    expect(goesTo(file)).toBe(false);
    expect(contents.downloads).toEqual([file]);
  });

  test("a frame in the page may show what is the console's own", () => {
    expect(goesTo(`${ORIGIN}/api/v1/runs/7/report.html`, false)).toBe(true);
  });

  test("a redirect leads nowhere else either", () => {
    const inside = { ...preventable(), url: `${ORIGIN}/` };
    let prevented = 0;
    const preventDefault = () => {
      prevented += 1;
    };
    contents.emit("will-redirect", { ...inside, preventDefault });
    expect(prevented).toBe(0);
    contents.emit("will-redirect", { url: "https://example.org/", preventDefault });
    expect(prevented).toBe(1);
  });

  test("no webview is attached", () => {
    const event = preventable();
    contents.emit("will-attach-webview", event);
    expect(event.defaultPrevented).toBe(true);
  });
});

describe("windows of the page's making", () => {
  test.each([
    `${ORIGIN}/api/v1/runs/7/report.html`,
    "https://example.org/manual",
    "http://example.org/",
    "file:///etc/passwd",
    "ms-settings:",
    "javascript:alert(1)",
  ])("%s opens none", (url) => {
    expect(contents.openWindow({ url })).toEqual({ action: "deny" });
  });

  test("what is the console's own is shown by the shell", () => {
    contents.openWindow({ url: `${ORIGIN}/api/v1/runs/7/report.html?theme=light` });
    expect(ownPages).toEqual(["/api/v1/runs/7/report.html?theme=light"]);
    expect(lab.seen.openedOutside).toEqual([]);
  });

  test("a web page goes to the user's browser, and nothing else to any program", () => {
    for (const url of ["https://example.org/", "http://example.org/", "file:///bin/sh", "smb://x"])
      contents.openWindow({ url });
    expect(lab.seen.openedOutside).toEqual(["https://example.org/"]);
    expect(ownPages).toEqual([]);
  });
});

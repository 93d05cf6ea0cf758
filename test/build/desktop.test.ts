import { describe, expect, test } from "vitest";
import {
  browserCommand,
  chooseDesktop,
  consoleUrlIn,
  headlessBecause,
} from "../../build/desktop.ts";

describe("how a start shows itself", () => {
  const facts = { args: [], env: {}, platform: "linux", isRoot: false };

  test.each([
    ["--headless is given", { ...facts, args: ["--json", "--headless"], env: { DISPLAY: ":0" } }],
    ["--doctor is given", { ...facts, args: ["--doctor"], env: { DISPLAY: ":0" } }],
    ["VETTING_HEADLESS is set", { ...facts, env: { VETTING_HEADLESS: "1", DISPLAY: ":0" } }],
  ])("headless without a word when %s", (_why, given) => {
    expect(chooseDesktop(given)).toEqual({ kind: "headless-wanted" });
  });

  test.each(["0", "false", "no", "off", ""])("VETTING_HEADLESS=%j does not ask for it", (value) => {
    const env = { VETTING_HEADLESS: value, DISPLAY: ":0" };
    expect(chooseDesktop({ ...facts, env }).kind).toBe("desktop-wanted");
  });

  test("headless with one line when there is no display, and no browser to open", () => {
    const choice = chooseDesktop(facts);
    expect(choice).toMatchObject({ kind: "headless-because", hasDisplay: false });
    expect(choice).toHaveProperty("reason", expect.stringMatching(/^There is no display .*\.$/));
  });

  test.each([
    ["X11", { ...facts, env: { DISPLAY: ":0" } }],
    ["Wayland", { ...facts, env: { WAYLAND_DISPLAY: "wayland-0" } }],
    ["macOS", { ...facts, platform: "darwin" }],
    ["Windows", { ...facts, platform: "win32" }],
  ])("in its window with a display: %s", (_what, given) => {
    expect(chooseDesktop(given)).toEqual({ kind: "desktop-wanted" });
  });

  test("root on Linux gets a browser: Chromium's sandbox does not work there, and we do not go without", () => {
    expect(chooseDesktop({ ...facts, env: { DISPLAY: ":0" }, isRoot: true })).toEqual({
      kind: "headless-because",
      reason:
        "The desktop window does not run as root, so the console runs headless, for your browser.",
      hasDisplay: true,
    });
  });

  test("whatever else is in the way of a window ends in the same sentence, with a browser to open", () => {
    expect(headlessBecause("The Electron runtime could not be fetched (offline)")).toEqual({
      kind: "headless-because",
      reason:
        "The Electron runtime could not be fetched (offline), so the console runs headless, for your browser.",
      hasDisplay: true,
    });
  });
});

describe("the console's address in what it printed", () => {
  test.each([
    [
      "Open http://127.0.0.1:8420/?token=ab-c_1 in a browser\n",
      "http://127.0.0.1:8420/?token=ab-c_1",
    ],
    ['{"consoleUrl":"http://localhost:1/?token=x"}', "http://localhost:1/?token=x"],
    ["http://[::1]:8420/\n", "http://[::1]:8420/"],
  ])("%j", (printed, url) => {
    expect(consoleUrlIn(printed)).toBe(url);
  });

  test.each(["", "http://192.168.1.2:8421/\n", "https://example.org/\n"])(
    "none in %j",
    (printed) => {
      expect(consoleUrlIn(printed)).toBeNull();
    },
  );

  test("not before it is whole: a chunk may end in the middle of the token", () => {
    expect(consoleUrlIn("Console: http://127.0.0.1:8420/?token=ab")).toBeNull();
    expect(consoleUrlIn("Console: http://127.0.0.1:8420/?token=abcd\n")).toBe(
      "http://127.0.0.1:8420/?token=abcd",
    );
  });
});

test.each([
  ["linux", "xdg-open"],
  ["darwin", "open"],
  ["win32", "rundll32"],
])(
  "on %s %s opens the browser, without a shell that would read the & in a URL",
  (platform, program) => {
    const command = browserCommand(platform, "http://127.0.0.1:1/?a=1&b=2");
    expect(command[0]).toBe(program);
    expect(command.at(-1)).toBe("http://127.0.0.1:1/?a=1&b=2");
  },
);

import { beforeEach, describe, expect, test } from "vitest";
import { CHANNELS } from "../../electron/channels.ts";
import { setupIpc } from "../../electron/ipc.ts";
import { newElectron } from "./new-electron.ts";

const ORIGIN = "http://127.0.0.1:8420";
const NOTE = { title: "orion failed", body: "DIMM A3", runId: 7 };

let lab: ReturnType<typeof newElectron>;
let window: InstanceType<ReturnType<typeof newElectron>["api"]["BrowserWindow"]>;
let done: unknown[];
let refused: string[];
let isOpen: boolean;

beforeEach(async () => {
  lab = newElectron();
  done = [];
  refused = [];
  isOpen = true;
  window = new lab.api.BrowserWindow({});
  await window.loadURL(`${ORIGIN}/#/`);
  setupIpc(lab.electron, {
    window: () => (isOpen ? (window as never) : null),
    origin: ORIGIN,
    handlers: {
      notify: (notification) => done.push(notification),
      setBadge: (count) => done.push(count),
      saveReport: async (request) => {
        done.push(request);
        return { kind: "saved", path: "/x.pdf" };
      },
    },
    onRefused: (why) => refused.push(why),
  });
});

describe("messages from the console's page", () => {
  test("do what they say", async () => {
    const page = lab.fromPage(window);
    page.send(CHANNELS.notify, NOTE);
    page.send(CHANNELS.setBadge, 3);
    expect(await page.invoke(CHANNELS.saveReport, { runId: 7, kind: "pdf" })).toEqual({
      kind: "saved",
      path: "/x.pdf",
    });
    expect(done).toEqual([NOTE, 3, { runId: 7, kind: "pdf" }]);
    expect(refused).toEqual([]);
  });

  test.each([
    [CHANNELS.notify, undefined],
    [CHANNELS.notify, { title: "x", body: "y" }],
    [CHANNELS.notify, { ...NOTE, icon: "file:///etc/passwd" }],
    [CHANNELS.notify, { ...NOTE, title: "x".repeat(1001) }],
    [CHANNELS.setBadge, -1],
    [CHANNELS.setBadge, "3"],
    [CHANNELS.setBadge, Number.NaN],
  ])("%s with %j does nothing, and the log says so", (channel, payload) => {
    lab.fromPage(window).send(channel, payload);
    expect(done).toEqual([]);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain(channel);
  });

  test.each([
    { runId: 7, kind: "exe" },
    { runId: 0, kind: "pdf" },
    { runId: "7/../8", kind: "pdf" },
    { runId: 7, kind: "pdf", path: "/etc/passwd" },
  ])("saving %j is answered with why not", async (request) => {
    const outcome = await lab.fromPage(window).invoke(CHANNELS.saveReport, request);
    expect(outcome).toMatchObject({ kind: "failed", detail: expect.stringContaining("refused") });
    expect(done).toEqual([]);
  });
});

describe("messages from anybody else do nothing", () => {
  test.each([
    ["another window", () => ({ sender: new lab.api.BrowserWindow({}).webContents })],
    [
      "a frame in the page",
      () => ({ senderFrame: { parent: window.webContents.mainFrame, url: `${ORIGIN}/` } }),
    ],
    ["a frame that has gone", () => ({ senderFrame: null })],
    [
      "a page of another origin in the window",
      () => ({ senderFrame: { parent: null, url: "http://127.0.0.1:8421/" } }),
    ],
    ["a page without an origin", () => ({ senderFrame: { parent: null, url: "about:blank" } })],
  ])("%s", async (_who, over) => {
    const stranger = lab.fromPage(window, over());
    stranger.send(CHANNELS.notify, NOTE);
    stranger.send(CHANNELS.setBadge, 3);
    expect(await stranger.invoke(CHANNELS.saveReport, { runId: 7, kind: "pdf" })).toMatchObject({
      kind: "failed",
    });
    expect(done).toEqual([]);
    expect(refused).toHaveLength(3);
  });

  test("nor does anything while the window is closed", () => {
    isOpen = false;
    lab.fromPage(window).send(CHANNELS.setBadge, 3);
    expect(done).toEqual([]);
  });
});

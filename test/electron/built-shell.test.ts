/** What built-start.test.ts begins, from there to the end: messages of the page, active runs, ends and crashes. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { builtApps, type RunningApp } from "./built-apps.ts";

const [KEEP_RUNNING, QUIT] = [0, 1];

const { inDir, running } = builtApps();

/** A run that waits for its host to be switched on, which here nobody does. */
async function startRun(ask: RunningApp["ask"]): Promise<number> {
  const { id } = await ask("/hosts", { mac: "52:54:00:12:34:56", name: "orion" });
  const run = await ask(`/hosts/${id}/runs`, {
    profile: "quick",
    nonDestructive: true,
    start: "wake",
  });
  return run.runId as number;
}

describe("what the page asks for", () => {
  test("is done: a notification, and the number on the icon", async () => {
    const { app } = await running();
    const payload = { title: "orion failed", body: "DIMM A3", runId: 7 };
    app.tell({ do: "page-sends", channel: "vetting:notify", payload });
    app.tell({ do: "page-sends", channel: "vetting:set-badge", payload: 2 });
    await expect
      .poll(() => app.look())
      .toMatchObject({ notifications: ["orion failed"], badges: [2] });
  });

  test("is refused when it is not of its shape, and the log says so", async () => {
    const { app } = await running();
    app.tell({ do: "page-sends", channel: "vetting:set-badge", payload: "many" });
    const log = () => readFileSync(inDir("desktop/vetting.log"), "utf8");
    await expect.poll(log).toContain("vetting:set-badge");
    expect((await app.look()).badges).toEqual([]);
  });
});

describe("while a run is active", () => {
  test("the machine stays awake, and quitting asks first", async () => {
    const { app, ask } = await running();
    await startRun(ask);
    await expect.poll(async () => (await app.look()).blockers).toBe(1);

    app.tell({ do: "press", button: KEEP_RUNNING });
    app.tell({ do: "quit" });
    await expect.poll(() => app.boxes).toHaveLength(1);
    expect(app.boxes[0]).toMatchObject({ message: "A run is active." });
    expect((await app.look()).tray?.menu).toEqual(["Open Vetting", "1 running", "Quit"]);
    expect(await ask("/hosts")).toMatchObject([{ name: "orion" }]);

    app.tell({ do: "press", button: QUIT });
    app.tell({ do: "choose-in-tray", label: "Quit" });
    expect(await app.ended()).toBe(0);
    expect(app.boxes).toHaveLength(2);
    // The next start takes the run up, and stays awake for it from the first.
    const next = await running();
    expect(await next.ask("/hosts")).toMatchObject([{ run: { id: 1 } }]);
    expect((await next.app.look()).blockers).toBe(1);
  });

  test("its series are read by the thread, and the machine may sleep again when it is over", async () => {
    const { app, ask } = await running();
    const runId = await startRun(ask);
    expect(await ask(`/runs/${runId}/series/all`)).toEqual({ series: [] });
    await expect.poll(async () => (await app.look()).blockers).toBe(1);
    await ask(`/runs/${runId}/cancel`, {});
    await expect.poll(async () => (await app.look()).blockers).toBe(0);
    expect((await app.look()).tray?.toolTip).toBe("Vetting: nothing running");
  });
});

describe("the end", () => {
  test("closing the window with nothing active stops the console cleanly", async () => {
    const { app } = await running();
    app.tell({ do: "close-window" });
    expect(await app.ended()).toBe(0);
    expect(app.boxes).toEqual([]);
    expect(existsSync(inDir("console.pid"))).toBe(false);
  });

  test("SIGTERM does too, whatever runs", async () => {
    const { app, ask } = await running();
    await startRun(ask);
    app.kill("SIGTERM");
    expect(await app.ended()).toBe(0);
    expect(app.boxes).toEqual([]);
    expect(existsSync(inDir("console.pid"))).toBe(false);
  });
});

describe("crashes", () => {
  test("a page that dies is loaded again, and the console does not notice", async () => {
    const { app, ask } = await running();
    app.tell({ do: "kill-page" });
    await expect.poll(async () => (await app.look()).windows[0]?.reloads).toBe(1);
    expect(await ask("/hosts")).toEqual([]);
    expect(readFileSync(inDir("desktop/vetting.log"), "utf8")).toContain("crashed");
  });

  test("a console that dies says why, shows its log, and comes back when that is wanted", async () => {
    const { app } = await running();
    app.tell({ do: "throw", message: "SQLITE_CORRUPT: database disk image is malformed" });
    await expect.poll(() => app.boxes).toHaveLength(1);
    expect(app.boxes[0]).toMatchObject({
      message: "The console has stopped because of a fault in it.",
      detail: expect.stringContaining("SQLITE_CORRUPT"),
    });
    app.tell({ do: "press", button: 0 });
    expect(await app.ended()).toBe(0);
    expect(app.exit).toMatchObject({ relaunched: true });
    expect(readFileSync(inDir("desktop/vetting.log"), "utf8")).toContain("SQLITE_CORRUPT");
  });
});

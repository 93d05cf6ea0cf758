/**
 * The built main.mjs as it ships, with the real server in it, under Node and over a stand-in for Electron's API. It
 * shows that the bundle is whole and that the shell's parts are joined; of Electron itself it shows nothing.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { inRoot } from "../../build/root-dir.ts";
import { builtApps } from "./built-apps.ts";

const QUIT = 1;

const { inDir, launch, running } = builtApps();

describe("the bundle", () => {
  test("is the main, the preload, the tray's icons, and the server's reading thread and SQL", () => {
    expect(readdirSync(inRoot("dist/electron")).sort()).toEqual([
      "icons",
      "main.mjs",
      "migrations",
      "preload.cjs",
      "read-worker.mjs",
    ]);
    expect(readdirSync(inRoot("dist/electron/icons")).sort()).toEqual([
      "tray.png",
      "trayTemplate.png",
      "trayTemplate@2x.png",
    ]);
    expect(readdirSync(inRoot("dist/electron/migrations"))).toEqual(
      readdirSync(inRoot("server/db/migrations")),
    );
  });

  test("leaves only what must stay a package to be found at run time", () => {
    const main = readFileSync(inRoot("dist/electron/main.mjs"), "utf8");
    const imported = [...main.matchAll(/^(?:import|\}) .*?from "([^".][^"]*)";$/gm)]
      .map((found) => found[1] ?? "")
      .filter((name) => !name.startsWith("node:"));
    expect(new Set(imported)).toEqual(new Set(["electron", "better-sqlite3"]));
  });

  test("the preload asks for nothing but electron: a sandboxed one gets no more", () => {
    const preload = readFileSync(inRoot("dist/electron/preload.cjs"), "utf8");
    const required = [...preload.matchAll(/\brequire\("([^"]+)"\)/g)].map((found) => found[1]);
    expect(required).toEqual(["electron"]);
    expect(preload).not.toMatch(/^(import|export) /m);
  });
});

describe("start-up", () => {
  test("brings up the console, its page in one window, and a menu", async () => {
    const { app, consoleUrl, ask } = await running();
    const state = await app.look();
    expect(state).toMatchObject({
      windows: [{ shown: true, preload: inRoot("dist/electron/preload.cjs") }],
      hasMenu: true,
      blockers: 0,
      profile: inDir("desktop"),
      tray: { toolTip: "Vetting: nothing running" },
    });
    expect(existsSync(state.tray?.icon ?? "")).toBe(true);
    // The token is in no address that the window keeps.
    expect(state.windows[0]?.url).not.toContain("token");
    expect(consoleUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    // The database came up from the SQL beside the bundle, and the program's own files are found.
    expect(await ask("/hosts")).toEqual([]);
  });

  test("without --json says in words where a browser finds the same page", async () => {
    const app = launch();
    await expect
      .poll(() => app.stdout)
      .toMatch(/^Vetting is running in its window\. .* http:\/\/127\.0\.0\.1:\d+\/\?token=\S+\n$/);
  });

  test("that finds something in its way says what, offers a restart, and ends with 2", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    const app = launch("--console-port", String(port));
    app.tell({ do: "press", button: QUIT });
    expect(await app.ended()).toBe(2);
    other.close();
    expect(app.stderr).toContain(String(port));
    expect(app.stderr.trim().split("\n")).toHaveLength(1);
    expect(app.boxes[0]).toMatchObject({
      message: "The console could not start.",
      detail: expect.stringContaining(String(port)),
      buttons: ["Restart", "Quit", "Show the Log"],
    });
    expect(app.exit).toMatchObject({ code: 2, relaunched: false });
  });

  test("with an option that nobody knows is the same", async () => {
    const app = launch("--lab-adress", "127.0.0.1");
    app.tell({ do: "press", button: QUIT });
    expect(await app.ended()).toBe(2);
    expect(app.stderr).toContain("--lab-adress");
  });

  test("over a data directory that cannot be used says which, and what to do", async () => {
    const file = inDir("taken");
    writeFileSync(file, "");
    const app = launch("--data-dir", file);
    app.tell({ do: "press", button: QUIT });
    expect(await app.ended()).toBe(2);
    expect(app.stderr).toBe(
      `The data directory ${file} cannot be used (ENOTDIR). Make it writable for the user who runs Vetting, or start with another --data-dir.\n`,
    );
    // Where the log would lie is what is in the way.
    expect(app.boxes[0]).toMatchObject({ buttons: ["Restart", "Quit"] });
  });

  test("with Chromium's own switches starts all the same", async () => {
    const { app } = await running("--no-sandbox", "--ozone-platform=wayland");
    expect((await app.look()).windows).toHaveLength(1);
  });
});

describe("a second instance", () => {
  test("ends at once, and the first comes to the front", async () => {
    const { app } = await running();
    const second = launch();
    expect(await second.ended()).toBe(0);
    expect(second.stdout).toBe("");
    expect(second.stderr).toBe(
      `Vetting already runs with the data directory ${inDir()}; its window was brought to the front. For a second console start with another --data-dir.\n`,
    );
    await expect.poll(async () => (await app.look()).windows[0]?.focused).toBe(1);
    expect((await app.look()).windows).toHaveLength(1);
  });

  test("that was asked for a run leads the first one there", async () => {
    const { app } = await running();
    expect(await launch("vetting://run/7").ended()).toBe(0);
    const sent = async () => (await app.look()).windows[0]?.sent;
    await expect.poll(sent).toEqual([{ channel: "vetting:open-run", args: [7] }]);
  });

  test("on another data directory is another console", async () => {
    await running();
    const elsewhere = inDir("elsewhere");
    const { app } = await running("--data-dir", elsewhere);
    expect((await app.look()).profile).toBe(inDir("elsewhere/desktop"));
  });
});

describe("a link to a run", () => {
  test("leads the page there", async () => {
    const { app } = await running();
    app.tell({ do: "open-link", link: "vetting://run/7" });
    const sent = async () => (await app.look()).windows[0]?.sent;
    await expect.poll(sent).toEqual([{ channel: "vetting:open-run", args: [7] }]);
  });
});

describe("a start by a link", () => {
  test("opens on its run", async () => {
    const app = launch("--json", "vetting://run/7");
    await expect
      .poll(async () => (await app.look()).windows[0]?.url)
      .toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/runs\/7$/);
  });
});

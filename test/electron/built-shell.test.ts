/**
 * The built main.mjs as it ships, with the real server in it, under Node and over a stand-in for Electron's API. It
 * shows that the bundle is whole and that the shell's parts are joined; of Electron itself it shows nothing.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AGENT_OUTPUT, DESKTOP_OUTPUT, ensureBuilt } from "../../build/outputs.ts";
import { inRoot, ROOT_DIR } from "../../build/root-dir.ts";
import { BuiltApp } from "./built-app.ts";

const READY = /^\{"event":"ready".*\}\n$/;
const [KEEP_RUNNING, QUIT] = [0, 1];

let dir: string;
const apps: BuiltApp[] = [];

beforeAll(async () => {
  await ensureBuilt(ROOT_DIR, [AGENT_OUTPUT, DESKTOP_OUTPUT], () => {});
}, 120_000);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-shell-"));
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
  rmSync(dir, { recursive: true, force: true });
});

function launch(...args: string[]): BuiltApp {
  const app = new BuiltApp(["--data-dir", dir, "--console-port", "0", ...args]);
  apps.push(app);
  return app;
}

/** Launched, listening, its page loaded. */
async function running(...args: string[]) {
  const app = launch("--json", ...args);
  await expect.poll(() => app.stdout + app.stderr).toMatch(READY);
  const { consoleUrl } = JSON.parse(app.stdout) as { consoleUrl: string };
  const url = new URL(consoleUrl);
  const ask = async (path: string, body?: unknown) => {
    const response = await fetch(`${url.origin}/api/v1${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${url.searchParams.get("token")}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  await expect.poll(async () => (await app.look()).windows[0]?.url).toBe(`${url.origin}/`);
  return { app, consoleUrl, ask };
}

type Asker = Awaited<ReturnType<typeof running>>["ask"];

/** A run that waits for its host to be switched on, which here nobody does. */
async function startRun(ask: Asker): Promise<number> {
  const { id } = await ask("/hosts", { mac: "52:54:00:12:34:56", name: "orion" });
  const run = await ask(`/hosts/${id}/runs`, {
    profile: "quick",
    nonDestructive: true,
    start: "wake",
  });
  return run.runId as number;
}

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
      profile: join(dir, "desktop"),
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
    const file = join(dir, "taken");
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
      `Vetting already runs with the data directory ${dir}; its window was brought to the front. For a second console start with another --data-dir.\n`,
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
    const elsewhere = join(dir, "elsewhere");
    const { app } = await running("--data-dir", elsewhere);
    expect((await app.look()).profile).toBe(join(elsewhere, "desktop"));
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
    const log = () => readFileSync(join(dir, "desktop/vetting.log"), "utf8");
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
    expect(existsSync(join(dir, "console.pid"))).toBe(false);
  });

  test("SIGTERM does too, whatever runs", async () => {
    const { app, ask } = await running();
    await startRun(ask);
    app.kill("SIGTERM");
    expect(await app.ended()).toBe(0);
    expect(app.boxes).toEqual([]);
    expect(existsSync(join(dir, "console.pid"))).toBe(false);
  });
});

describe("crashes", () => {
  test("a page that dies is loaded again, and the console does not notice", async () => {
    const { app, ask } = await running();
    app.tell({ do: "kill-page" });
    await expect.poll(async () => (await app.look()).windows[0]?.reloads).toBe(1);
    expect(await ask("/hosts")).toEqual([]);
    expect(readFileSync(join(dir, "desktop/vetting.log"), "utf8")).toContain("crashed");
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
    expect(readFileSync(join(dir, "desktop/vetting.log"), "utf8")).toContain("SQLITE_CORRUPT");
  });
});

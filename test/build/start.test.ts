/** What `npm start` says and becomes: its own process, the real console, and a stand-in where the window would be. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AGENT_OUTPUT, DESKTOP_OUTPUT, ensureBuilt, RENDERER_OUTPUT } from "../../build/outputs.ts";
import { inRoot, ROOT_DIR } from "../../build/root-dir.ts";

const HEADLESS = /^Vetting is running\. Open (http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)$/m;
const IN_WINDOW = /^Vetting is running in its window\./m;

let dir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  await ensureBuilt(ROOT_DIR, [AGENT_OUTPUT, RENDERER_OUTPUT, DESKTOP_OUTPUT], () => {});
}, 120_000);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-start-"));
  // What would open the user's browser writes down what it is asked for.
  program("xdg-open", `echo "$1" >> ${JSON.stringify(join(dir, "opened"))}`);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
  }
  rmSync(dir, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, name), 0o755);
}

/** Where Electron's own command line would look for its program, too. */
function runtime(script: string): void {
  program("electron", script);
}

/** The stand-in for Electron, started as Electron is: with the checkout as its first argument. */
function standInRuntime(): void {
  const hooks = inRoot("test/electron/stand-in/hooks.ts");
  const main = inRoot("dist/electron/main.mjs");
  runtime(`shift\nexec "${process.execPath}" --import "${hooks}" "${main}" "$@"`);
}

function startedWith(env: Record<string, string>, ...args: string[]) {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _w, ...inherited } = process.env;
  const options = ["--data-dir", join(dir, "data"), "--console-port", "0", ...args];
  const child = spawn(process.execPath, [join(import.meta.dirname, "start-child.ts"), ...options], {
    env: {
      ...inherited,
      PATH: [dir, process.env.PATH].join(delimiter),
      ELECTRON_OVERRIDE_DIST_PATH: dir,
      electron_config_cache: join(dir, "cache"),
      // Nobody listens there: this test never reaches out, whatever the machine could.
      ELECTRON_MIRROR: "http://127.0.0.1:9/",
      STAND_IN: JSON.stringify({ appPath: ROOT_DIR, version: "9.8.7" }),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    said.stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    said.stderr += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, said, ended };
}

const opened = () =>
  existsSync(join(dir, "opened")) ? readFileSync(join(dir, "opened"), "utf8") : "";

describe("without a display", () => {
  test("one line says so, and the console runs headless without a browser", async () => {
    standInRuntime();
    const { said } = startedWith({});
    await expect.poll(() => said.stdout).toMatch(HEADLESS);
    expect(said.stderr).toBe(
      "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so the console runs headless.\n",
    );
    expect(opened()).toBe("");
  });
});

describe("with a display and the runtime", () => {
  test("the console runs in its window, and a signal ends both cleanly", async () => {
    standInRuntime();
    const { child, said, ended } = startedWith({ DISPLAY: ":99" });
    await expect.poll(() => said.stdout).toMatch(IN_WINDOW);
    expect(said.stderr).toBe("");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(existsSync(join(dir, "data/console.pid"))).toBe(false);
    expect(opened()).toBe("");
  });

  test("--json has its one line there too", async () => {
    standInRuntime();
    const { said } = startedWith({ DISPLAY: ":99" }, "--json");
    await expect.poll(() => said.stdout).toMatch(/^\{"event":"ready",.*\}\n$/);
  });

  test("--headless is headless, without a word", async () => {
    standInRuntime();
    const { said } = startedWith({ DISPLAY: ":99" }, "--headless");
    await expect.poll(() => said.stdout).toMatch(HEADLESS);
    expect(said.stderr).toBe("");
    expect(opened()).toBe("");
  });

  test("a terminal of an editor that is an Electron app itself makes no difference", async () => {
    runtime(`test -z "$ELECTRON_RUN_AS_NODE" || exit 9\nexit 0`);
    const { ended } = startedWith({ DISPLAY: ":99", ELECTRON_RUN_AS_NODE: "1" });
    expect(await ended).toBe(0);
  });

  test("what the operator can mend ends with 2 in the window as without, and is not tried again headless", async () => {
    standInRuntime();
    const { said, ended } = startedWith({ DISPLAY: ":99" }, "--lab-adress", "127.0.0.1");
    expect(await ended).toBe(2);
    expect(said.stderr).toContain("--lab-adress");
    expect(said.stdout).toBe("");
  });
});

describe("with a display and without a runtime that works", () => {
  test("offline: it is tried once, one line says why not, and the browser opens on the console", async () => {
    const { said } = startedWith({ DISPLAY: ":99" });
    await expect.poll(() => said.stdout).toMatch(HEADLESS);
    const url = HEADLESS.exec(said.stdout)?.[1];
    expect(said.stderr).toMatch(
      /^Fetching the Electron runtime \d+\.\d+\.\d+, once …\nThe Electron runtime could not be fetched \(.*\), so the console runs headless, for your browser\.\n$/,
    );
    await expect.poll(opened).toBe(`${url}\n`);
  });

  test("one that does not start on this machine: the same, with how it ended", async () => {
    runtime("echo libgtk-3.so.0: cannot open shared object file >&2; exit 127");
    const { said } = startedWith({ DISPLAY: ":99" });
    await expect.poll(() => said.stdout).toMatch(HEADLESS);
    expect(said.stderr).toContain("libgtk-3.so.0");
    expect(said.stderr).toContain(
      "The desktop app did not start (exit code 127), so the console runs headless, for your browser.\n",
    );
    await expect.poll(opened).toMatch(/^http:/);
  });
});

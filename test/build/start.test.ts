/** What `npm start` says and becomes: its own process, the real console, and a stand-in where the window would be. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
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

describe("what is in the way of a start is said in one sentence with its mend, in the window as without", () => {
  const WAYS = [
    ["in its window", { DISPLAY: ":99" }],
    ["headless", { VETTING_HEADLESS: "1" }],
  ] as const;

  test.each(WAYS)("%s: a port that another program has", async (_way, env) => {
    standInRuntime();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const { said, ended } = startedWith(env, "--console-port", String(port));
    expect(await ended).toBe(2);
    other.close();
    expect(said.stderr).toBe(
      `The console listener cannot use TCP 127.0.0.1:${port}: another program has this port. Stop it, or choose another with --console-port (0 takes a free one).\n`,
    );
  });

  test.each(WAYS)("%s: a data directory that cannot be one", async (_way, env) => {
    standInRuntime();
    const file = join(dir, "a-file");
    writeFileSync(file, "");
    const { said, ended } = startedWith(env, "--data-dir", file);
    expect(await ended).toBe(2);
    expect(said.stderr.replace(/\((EEXIST|ENOTDIR)\)/, "(…)")).toBe(
      `The data directory ${file} cannot be used (…). Make it writable for the user who runs Vetting, or start with another --data-dir.\n`,
    );
  });

  test.each(WAYS)("%s: a data directory where nobody may write", async (_way, env) => {
    standInRuntime();
    // Not even root makes a folder there.
    const { said, ended } = startedWith(env, "--data-dir", "/sys/vetting");
    expect(await ended).toBe(2);
    expect(said.stderr.replace(/\((EACCES|EPERM|EROFS)\)/, "(…)")).toBe(
      "The data directory /sys/vetting cannot be used (…). Make it writable for the user who runs Vetting, or start with another --data-dir.\n",
    );
  });

  test("a second start of the window: the first comes to the front, and the terminal says so", async () => {
    standInRuntime();
    const first = startedWith({ DISPLAY: ":99" });
    await expect.poll(() => first.said.stdout).toMatch(IN_WINDOW);
    const { said, ended } = startedWith({ DISPLAY: ":99" });
    expect(await ended).toBe(0);
    expect(said.stdout).toBe("");
    expect(said.stderr).toBe(
      `Vetting already runs with the data directory ${join(dir, "data")}; its window was brought to the front. For a second console start with another --data-dir.\n`,
    );
  });

  test.each(WAYS)("%s: a headless console that has the data directory", async (_way, env) => {
    standInRuntime();
    const first = startedWith({});
    await expect.poll(() => first.said.stdout).toMatch(HEADLESS);
    const pid = readFileSync(join(dir, "data/console.pid"), "utf8").trim();
    const { said, ended } = startedWith(env);
    expect(await ended).toBe(2);
    expect(said.stderr).toBe(
      `Another console (process ${pid}) uses the data directory ${join(dir, "data")}. Stop it, or start with another --data-dir.\n`,
    );
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

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect } from "vitest";
import { AGENT_OUTPUT, DESKTOP_OUTPUT, ensureBuilt } from "../../build/outputs.ts";
import { ROOT_DIR } from "../../build/root-dir.ts";
import { BuiltApp } from "./built-app.ts";

const READY = /^\{"event":"ready".*\}\n$/;

/** An app that listens and has loaded its page. */
export interface RunningApp {
  readonly app: BuiltApp;
  readonly consoleUrl: string;
  /** GET of the operator API; with a body POST. */
  ask(path: string, body?: unknown): Promise<Record<string, unknown>>;
}

/** Builds the shell, and gives each test a data directory; to be called at the top of a test file. */
export function builtApps() {
  let dir = "";
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
  const launch = (...args: string[]): BuiltApp => {
    const app = new BuiltApp(["--data-dir", dir, "--console-port", "0", ...args]);
    apps.push(app);
    return app;
  };
  return {
    /** Below the data directory of the test. */
    inDir: (...parts: string[]) => join(dir, ...parts),
    launch,
    running: (...args: string[]) => whenRunning(launch("--json", ...args)),
  };
}

async function whenRunning(app: BuiltApp): Promise<RunningApp> {
  // A whole console, on a machine that may be busy with many other things.
  await expect.poll(() => app.stdout + app.stderr, { timeout: 25_000 }).toMatch(READY);
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

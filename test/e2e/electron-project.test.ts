/**
 * `npm run test:electron` without Electron: what it says where there is no runtime, and that it drives the app where
 * there is one. The runtime is the stand-in with a real Chromium; the app, its preload, the page, the hosts, the specs
 * and Playwright's own way to Electron are the real ones.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inRoot, ROOT_DIR } from "../../build/root-dir.ts";
import { appLaunch } from "../browser/demo-app.ts";
import { makeRuntimeFolder } from "../electron/stand-in/runtime-folder.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-project-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function testElectron(env: NodeJS.ProcessEnv, ...filters: string[]) {
  return spawnSync(process.execPath, [inRoot("build/tasks/test-electron.ts"), ...filters], {
    // The stand-in shows nothing, so any display will do.
    env: { ...process.env, DISPLAY: ":99", ...env },
    encoding: "utf8",
  });
}

describe("npm run test:electron", () => {
  test("without a runtime passes nothing: it counts what did not run, says why, and ends with 77", () => {
    const { status, stdout } = testElectron({
      ELECTRON_OVERRIDE_DIST_PATH: dir,
      electron_config_cache: join(dir, "cache"),
      // Nobody listens there: this test never reaches out, whatever the machine could.
      ELECTRON_MIRROR: "http://127.0.0.1:9/",
    });
    expect(status).toBe(77);
    expect(stdout).toMatch(/^NOT RUN: (\d{2}) specs of the desktop app in Electron\.$/m);
    expect(stdout).toMatch(/^The Electron runtime could not be fetched \(.+\)\.$/m);
    expect(stdout).toMatch(/^tests: 0 passed, 0 failed, \d{2} skipped$/m);
  });

  test("with one drives the app: its window shows the console that runs in it", () => {
    makeRuntimeFolder(dir);
    const { status, stdout } = testElectron(
      { ELECTRON_OVERRIDE_DIST_PATH: dir },
      ...["demo-hosts", "-g", "a name, a serial or a MAC"],
    );
    expect(stdout).toContain("[electron] › test/browser/demo-hosts.spec.ts");
    expect(stdout).toMatch(/^tests: 1 passed, 0 failed, 0 skipped$/m);
    expect(status).toBe(0);
  });
});

describe("how Playwright starts the app", () => {
  const given = { dataDir: "/d", configFile: "/d/vetting.yaml", isRoot: false, env: {} };

  test("from the checkout, over a data directory of its own, with the line that says where it listens", () => {
    expect(appLaunch(given).args).toEqual([
      ROOT_DIR,
      ...["--json", "--data-dir", "/d", "--config", "/d/vetting.yaml"],
    ]);
  });

  test.each([
    [false, true],
    [true, false],
  ])("root: %s, Chromium's sandbox: %s", (isRoot, chromiumSandbox) => {
    expect(appLaunch({ ...given, isRoot })).toMatchObject({ chromiumSandbox });
  });

  test("what would keep it from its window is left out of its environment; its hosts are simulated", () => {
    const env = { HOME: "/h", ELECTRON_RUN_AS_NODE: "1", VETTING_HEADLESS: "1" };
    expect(appLaunch({ ...given, env }).env).toEqual({ HOME: "/h", VETTING_SIMULATED: "1" });
  });
});

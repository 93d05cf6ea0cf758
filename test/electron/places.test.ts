import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { settlePlaces } from "../../electron/places.ts";
import { trayIcon } from "../../electron/tray.ts";
import { newElectron } from "./new-electron.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-places-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("everything of one console lies in its data directory, Chromium's profile too", () => {
  const lab = newElectron();
  const places = settlePlaces(lab.electron, join(dir, "data"), "/app/dist/electron");
  expect(lab.paths.get("userData")).toBe(join(dir, "data/desktop"));
  expect(statSync(join(dir, "data/desktop")).mode & 0o777).toBe(0o700);
  expect(places).toEqual({
    programDir: "/app",
    preloadFile: "/app/dist/electron/preload.cjs",
    logFile: join(dir, "data/desktop/vetting.log"),
    windowStateFile: join(dir, "data/desktop/window.json"),
    trayIconFile: join("/app/dist/electron/icons", trayIcon(process.platform)),
  });
});

test("a data directory that cannot be used is named in one sentence with its mend", () => {
  writeFileSync(join(dir, "data"), "a file, not a folder");
  expect(() => settlePlaces(newElectron().electron, join(dir, "data"), "/app")).toThrow(
    `The data directory ${join(dir, "data")} cannot be used (ENOTDIR). Make it writable for the user who runs Vetting, or start with another --data-dir.`,
  );
});

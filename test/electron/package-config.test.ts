import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { inRoot } from "../../build/root-dir.ts";

/** electron-builder's own check; its package declares no types for this file that we could rely on. */
const { validateConfiguration } = createRequire(import.meta.url)(
  "app-builder-lib/out/util/config/config",
) as { validateConfiguration(config: unknown, debugLogger: unknown): Promise<void> };

interface Config {
  readonly npmRebuild: boolean;
  readonly files: readonly string[];
  readonly extraResources: readonly { readonly from: string; readonly to: string }[];
  readonly linux: { readonly target: readonly string[] };
  readonly win: { readonly target: readonly string[] };
  readonly mac: { readonly target: readonly string[] };
}

let config: Config;
beforeAll(() => {
  config = parse(readFileSync(inRoot("electron-builder.yml"), "utf8")) as Config;
});
const check = (given: unknown) => validateConfiguration(given, { isEnabled: false, add: () => {} });

describe("electron-builder.yml", () => {
  test("is what electron-builder knows, to the last key", async () => {
    await expect(check(config)).resolves.toBeUndefined();
    await expect(check({ ...config, npmRebild: false })).rejects.toThrow("npmRebild");
  });

  test("makes the packages that each system installs", () => {
    expect(config.linux.target).toEqual(["deb", "AppImage"]);
    expect(config.win.target).toEqual(["nsis"]);
    expect(config.mac.target).toEqual(["dmg"]);
  });

  test("compiles nothing: the prebuilt binding of better-sqlite3 serves Electron too", () => {
    expect(config.npmRebuild).toBe(false);
  });

  test("lays the console's files beside the archive as they lie in the checkout", () => {
    expect(config.extraResources.map(({ from, to }) => [from, to])).toEqual(
      ["dist/agent", "dist/renderer", "dist/boot", "reporter"].map((folder) => [folder, folder]),
    );
  });

  test("the app's entry is the bundle that it packs", () => {
    const { main } = JSON.parse(readFileSync(inRoot("package.json"), "utf8")) as { main: string };
    expect(main).toBe("dist/electron/main.mjs");
    expect(config.files).toContain("dist/electron");
  });
});

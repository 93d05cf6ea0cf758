import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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
  readonly linux: {
    readonly target: readonly string[];
    readonly executableName: string;
    readonly extraResources: readonly { readonly from: string; readonly to: string }[];
  };
  readonly productName: string;
  readonly deb: {
    readonly afterInstall: string;
    readonly afterRemove: string;
    readonly fpm: readonly string[];
  };
  readonly electronFuses: Readonly<Record<string, boolean>>;
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
    expect(config.extraResources.map(({ from, to }) => [from, to])).toEqual([
      ...["dist/agent", "dist/renderer", "dist/boot", "reporter"].map((folder) => [folder, folder]),
      ["dist/packages/LICENCES.txt", "LICENCES.txt"],
    ]);
  });

  test("leaves no way to turn a release into a bare Node, or to run other code in it", () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  test("the app's entry is the bundle that it packs", () => {
    const { main } = JSON.parse(readFileSync(inRoot("package.json"), "utf8")) as { main: string };
    expect(main).toBe("dist/electron/main.mjs");
    expect(config.files).toContain("dist/electron");
  });
});

describe("the deb", () => {
  const DEB = "build/packages/deb";
  const files = () => readdirSync(inRoot(DEB)).map((name) => `${DEB}/${name}`);

  test("ships every file of its folder", () => {
    const { afterInstall, afterRemove, fpm } = config.deb;
    const named = fpm.map((arg) => arg.replace(/^--before-remove=/, "").split("=")[0]);
    expect([afterInstall, afterRemove, ...named].sort()).toEqual(files());
  });

  test("its scripts and commands name the folder and the program that electron-builder installs", () => {
    const { productName, linux } = config;
    const program = `/opt/${productName}/${linux.executableName}`;
    const read = (name: string) => readFileSync(inRoot(DEB, name), "utf8");
    expect(read("vetting")).toContain(`exec ${program} "$@"`);
    expect(read("vetting-console")).toContain(`resources=/opt/${productName}/resources\n`);
    expect(read("after-install.sh")).toContain(`sandbox=/opt/${productName}/chrome-sandbox\n`);
  });

  test("its scripts hold nothing that electron-builder would take for a placeholder", () => {
    for (const file of files()) {
      expect(readFileSync(inRoot(file), "utf8"), file).not.toMatch(/\$\{[a-zA-Z]+\}|<%=/);
    }
  });

  /** Of 10, in systemd 252's account: 0 is shut in, 10 is root without bounds. */
  const MOST_EXPOSURE = 1.6;

  test(`its unit is exposed to ${MOST_EXPOSURE} of 10 at most`, () => {
    const bound = `--threshold=${MOST_EXPOSURE * 10}`;
    const args = [
      "security",
      "--offline=true",
      "--no-pager",
      bound,
      inRoot(DEB, "vetting.service"),
    ];
    const said = execFileSync("systemd-analyze", args, { encoding: "utf8" });
    expect(said).toMatch(/Overall exposure level for vetting\.service: \d\.\d OK/);
  });
});

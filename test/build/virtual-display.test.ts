import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startVirtualDisplay } from "../../build/virtual-display.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-display-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A program in Xvfb's place. */
function xvfb(script: string): string {
  const path = join(dir, "Xvfb");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("a display that nobody sees", () => {
  test("has the number that Xvfb tells once it listens, and ends with the tests", async () => {
    const program = xvfb(
      `echo "$@" > ${dir}/args\ntrap 'touch ${dir}/ended; kill $!; exit 0' TERM\ntail -f /dev/null &\necho 42 >&3\nwait`,
    );
    const display = await startVirtualDisplay(program);
    expect(display.name).toBe(":42");
    expect(readFileSync(join(dir, "args"), "utf8")).toContain("-displayfd 3");
    await display.stop();
    expect(existsSync(join(dir, "ended"))).toBe(true);
  });

  test("one that does not start says why", async () => {
    const program = xvfb("echo 'no screens found' >&2; exit 3");
    await expect(startVirtualDisplay(program)).rejects.toThrow(
      `${program} did not start (exit 3): no screens found`,
    );
  });

  test("one that is not there says so", async () => {
    await expect(startVirtualDisplay(join(dir, "none"))).rejects.toThrow(/did not start: .*ENOENT/);
  });
});

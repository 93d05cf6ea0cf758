import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logLine, openLogFile } from "../../electron/log-file.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-log-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("lines are on disk when they are written, for their user alone, after those of earlier starts", () => {
  const path = join(dir, "desktop/vetting.log");
  openLogFile(path).write("one\n");
  openLogFile(path).write("two\n");
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a large log makes room at the next start, and is kept", () => {
  const path = join(dir, "vetting.log");
  const large = "x".repeat(5 * 1024 * 1024 + 1);
  writeFileSync(path, large);
  openLogFile(path).write("new\n");
  expect(readFileSync(path, "utf8")).toBe("new\n");
  expect(statSync(`${path}.1`).size).toBe(large.length);
});

test("a log that cannot be written stops nothing", () => {
  writeFileSync(join(dir, "file"), "");
  expect(() => openLogFile(join(dir, "file/vetting.log")).write("x\n")).not.toThrow();
});

test("a line is JSON in the shape of the server's, with what broke", () => {
  const line = logLine("error", "The console crashed.", new TypeError("x is not a function"));
  expect(line.endsWith("\n")).toBe(true);
  expect(JSON.parse(line)).toMatchObject({
    level: 50,
    name: "desktop",
    msg: "The console crashed.",
    err: { type: "TypeError", message: "x is not a function" },
  });
});

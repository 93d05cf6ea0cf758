import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { revisionOf, SettingsFile } from "../../../server/config/settings-file.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "vetting-settings-"));
});
afterEach(() => {
  chmodSync(directory, 0o700);
  rmSync(directory, { recursive: true, force: true });
});
const at = (name: string) => join(directory, name);

describe("reading", () => {
  test("gives the text with its revision", () => {
    writeFileSync(at("vetting.yaml"), "a: ü\n");
    expect(new SettingsFile(at("vetting.yaml"), null).read()).toEqual({
      ok: true,
      value: { text: "a: ü\n", revision: revisionOf("a: ü\n"), exists: true },
    });
  });

  test("where there is none, gives what the first change begins with", () => {
    writeFileSync(at("shipped.yaml"), "# all defaults\n");
    const value = (template: string | null) =>
      new SettingsFile(at("vetting.yaml"), template).read();
    expect(value(at("shipped.yaml"))).toMatchObject({
      value: { text: "# all defaults\n", exists: false },
    });
    expect(value(null)).toMatchObject({ value: { text: "", exists: false } });
    expect(value(at("gone.yaml"))).toMatchObject({ value: { text: "", exists: false } });
  });

  test("what cannot be read is said with its path", () => {
    mkdirSync(at("vetting.yaml"));
    expect(new SettingsFile(at("vetting.yaml"), null).read()).toEqual({
      ok: false,
      detail: `${at("vetting.yaml")} cannot be read (EISDIR).`,
    });
  });
});

describe("writing", () => {
  test("replaces the file whole, keeps its mode and leaves nothing beside it", () => {
    writeFileSync(at("vetting.yaml"), "a: 1\n");
    chmodSync(at("vetting.yaml"), 0o640);
    const before = statSync(at("vetting.yaml"));
    const file = new SettingsFile(at("vetting.yaml"), null);
    const stamp = file.stamp();
    expect(file.write("a: 2\n")).toEqual({
      ok: true,
      value: { text: "a: 2\n", revision: revisionOf("a: 2\n"), exists: true },
    });
    const after = statSync(at("vetting.yaml"));
    expect(readFileSync(at("vetting.yaml"), "utf8")).toBe("a: 2\n");
    expect(after.mode & 0o777).toBe(0o640);
    // Another file in its place: a reader that has the old one open goes on reading that.
    expect(after.ino).not.toBe(before.ino);
    expect(file.stamp()).not.toBe(stamp);
    expect(readdirSync(directory)).toEqual(["vetting.yaml"]);
  });

  test("makes the file and its folder, for this user alone", () => {
    const file = new SettingsFile(at("data/vetting.yaml"), null);
    expect(file.write("a: 1\n").ok).toBe(true);
    expect(statSync(at("data/vetting.yaml")).mode & 0o777).toBe(0o600);
  });

  test("goes to where a symbolic link leads, and leaves the link", () => {
    mkdirSync(at("etc"));
    writeFileSync(at("etc/real.yaml"), "a: 1\n");
    symlinkSync(at("etc/real.yaml"), at("vetting.yaml"));
    expect(new SettingsFile(at("vetting.yaml"), null).write("a: 2\n").ok).toBe(true);
    expect(lstatSync(at("vetting.yaml")).isSymbolicLink()).toBe(true);
    expect(readFileSync(at("etc/real.yaml"), "utf8")).toBe("a: 2\n");
  });

  test.each([
    ["file", (path: string) => chmodSync(path, 0o444), "vetting.yaml"],
    ["folder", () => chmodSync(directory, 0o555), ""],
  ])("a write-protected %s is said, and nothing is touched", (_, protect, name) => {
    writeFileSync(at("vetting.yaml"), "a: 1\n");
    protect(at("vetting.yaml"));
    const file = new SettingsFile(at("vetting.yaml"), null);
    expect(file.readOnly()).toContain(`${join(directory, name)} is write-protected`);
    expect(file.write("a: 2\n")).toEqual({ ok: false, detail: file.readOnly() });
    expect(readFileSync(at("vetting.yaml"), "utf8")).toBe("a: 1\n");
  });

  test("a place that cannot be is said, and leaves nothing behind", () => {
    writeFileSync(at("blocker"), "");
    const file = new SettingsFile(at("blocker/vetting.yaml"), null);
    expect(file.write("a: 1\n")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("Nothing was changed."),
    });
    expect(existsSync(at("blocker/vetting.yaml"))).toBe(false);
  });
});

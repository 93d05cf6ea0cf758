import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { BootFiles } from "../../../server/boot-files.ts";

const FILES = { vmlinuz: "kernel", "snponly.efi": "MZ loader", "undionly.kpxe": "bios loader" };

function bootDir(files: Record<string, string> = FILES): string {
  const dir = mkdtempSync(join(tmpdir(), "vetting-boot-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

function writeManifest(dir: string, files: Record<string, string> = FILES): void {
  const list = Object.entries(files).map(([path, text]) => ({
    path,
    bytes: Buffer.byteLength(text),
    sha256: createHash("sha256").update(text).digest("hex"),
  }));
  writeFileSync(join(dir, "manifest.json"), JSON.stringify({ files: list }));
}

describe("which names are served", () => {
  test("those of the directory, in any case; an exact one wins", () => {
    const dir = bootDir({ ...FILES, VMLINUZ: "another" });
    const files = new BootFiles(dir);
    expect(files.resolve("vmlinuz")).toBe("vmlinuz");
    expect(files.resolve("VMLINUZ")).toBe("VMLINUZ");
    expect(files.resolve("SNPONLY.EFI")).toBe("snponly.efi");
  });

  test.each(["../vmlinuz", "..", ".hidden", "sub", "sub/file", "", "nothing", "C:\\vmlinuz"])(
    "%j: nothing",
    (name) => {
      const dir = bootDir({ ...FILES, ".hidden": "secret" });
      mkdirSync(join(dir, "sub"));
      writeFileSync(join(dir, "sub/file"), "x");
      expect(new BootFiles(dir).resolve(name)).toBeNull();
    },
  );

  test("a directory that is not there yet: nothing, and its files once it is", () => {
    const dir = join(bootDir(), "later");
    const files = new BootFiles(dir);
    expect(files.resolve("vmlinuz")).toBeNull();
    mkdirSync(dir);
    writeFileSync(join(dir, "vmlinuz"), "kernel");
    expect(files.resolve("vmlinuz")).toBe("vmlinuz");
  });
});

describe("boot loaders for TFTP", () => {
  test("are in memory, and read again when the file was replaced", () => {
    const dir = bootDir();
    const files = new BootFiles(dir);
    expect(files.loader("snponly.efi")?.toString()).toBe("MZ loader");
    expect(files.loader("snponly.efi")).toBe(files.loader("SNPONLY.EFI"));
    writeFileSync(join(dir, "snponly.efi"), "MZ a newer loader");
    expect(files.loader("snponly.efi")?.toString()).toBe("MZ a newer loader");
  });

  test("nothing large goes over TFTP", () => {
    expect(new BootFiles(bootDir()).loader("vmlinuz")).toBeNull();
  });
});

describe("the check against the manifest", () => {
  test("all as they were built", async () => {
    const dir = bootDir();
    writeManifest(dir);
    expect(await new BootFiles(dir).check()).toMatchObject({ kind: "checked", problems: [] });
  });

  test.each<[string, (dir: string) => void, string]>([
    ["missing", (dir) => rmSync(join(dir, "snponly.efi")), "snponly.efi is missing"],
    [
      "cut short",
      (dir) => writeFileSync(join(dir, "snponly.efi"), "MZ"),
      "snponly.efi has 2 bytes instead of 9",
    ],
    [
      "of the right size with other contents",
      (dir) => writeFileSync(join(dir, "snponly.efi"), "MZ l0ader"),
      "snponly.efi does not have the checksum of its build",
    ],
  ])("a file that is %s is named and not served", async (_what, damage, problem) => {
    const dir = bootDir();
    writeManifest(dir);
    damage(dir);
    const files = new BootFiles(dir);
    expect(await files.check()).toMatchObject({ kind: "checked", problems: [problem] });
    expect(files.damage("snponly.efi")).toBe(problem);
    expect(files.loader("snponly.efi")).toBeNull();
    expect(files.damage("vmlinuz")).toBeNull();
    expect(files.loader("undionly.kpxe")?.toString()).toBe("bios loader");
  });

  test("a file that was mended is served again", async () => {
    const dir = bootDir();
    writeManifest(dir);
    writeFileSync(join(dir, "snponly.efi"), "MZ");
    const files = new BootFiles(dir);
    await files.check();
    writeFileSync(join(dir, "snponly.efi"), FILES["snponly.efi"]);
    expect(await files.check()).toMatchObject({ problems: [] });
    expect(files.loader("snponly.efi")).not.toBeNull();
  });

  test("no manifest", async () => {
    expect(await new BootFiles(bootDir()).check()).toMatchObject({ kind: "missing" });
  });

  test.each([
    ["no JSON", "{", "it is not JSON"],
    ["another document", "{}", "files"],
    [
      "a path that leaves the directory",
      JSON.stringify({ files: [{ path: "../x", bytes: 0, sha256: "0".repeat(64) }] }),
      "files.0.path: expected a path below the boot directory",
    ],
  ])("a manifest that is %s", async (_what, text, why) => {
    const dir = bootDir({ ...FILES, "manifest.json": text });
    const report = await new BootFiles(dir).check();
    expect(report).toMatchObject({ kind: "unreadable" });
    expect(report.kind === "unreadable" && report.why).toContain(why);
  });
});

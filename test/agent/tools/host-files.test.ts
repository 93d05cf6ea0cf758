import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHostFiles } from "../../../agent/tools/host-files.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "vetting-host-files-"));
  mkdirSync(join(root, "sys/devices/pci0000:00/0000:00:03.0/net/eth0"), { recursive: true });
  mkdirSync(join(root, "sys/class/net"), { recursive: true });
  symlinkSync("../../devices/pci0000:00/0000:00:03.0/net/eth0", join(root, "sys/class/net/eth0"));
  symlinkSync("../..", join(root, "sys/devices/pci0000:00/0000:00:03.0/net/eth0/device"));
  symlinkSync("/sys/class", join(root, "absolute"));
  symlinkSync("nowhere", join(root, "dangling"));
  writeFileSync(join(root, "sys/class/knob"), "300\n");
});
afterAll(() => rmSync(root, { recursive: true }));

describe("host files under a root", () => {
  test("reads text, and null where there is none", async () => {
    const files = createHostFiles(root);
    expect(await files.readText("/sys/class/knob")).toBe("300\n");
    expect(await files.readText("/sys/class/missing")).toBeNull();
    expect(await files.readText("/sys/class")).toBeNull();
  });

  test("lists names sorted, and nothing where there is no folder", async () => {
    const files = createHostFiles(root);
    expect(await files.list("/sys/class")).toEqual(["knob", "net"]);
    expect(await files.list("/sys/missing")).toEqual([]);
  });

  test("resolves links to host paths, also through folders that are links", async () => {
    const files = createHostFiles(root);
    const device = "/sys/devices/pci0000:00/0000:00:03.0";
    expect(await files.resolveLink("/sys/class/net/eth0")).toBe(`${device}/net/eth0`);
    expect(await files.resolveLink("/sys/class/net/eth0/device")).toBe(device);
    expect(await files.resolveLink("/absolute")).toBe("/sys/class");
    expect(await files.resolveLink("/dangling")).toBe("/nowhere");
    expect(await files.resolveLink("/sys/class/knob")).toBeNull();
    expect(await files.resolveLink("/missing")).toBeNull();
  });

  test("writes a knob that exists, and never makes one", async () => {
    const files = createHostFiles(root);
    expect(await files.writeText("/sys/class/knob", "1")).toBe(true);
    expect(readFileSync(join(root, "sys/class/knob"), "utf8")).toMatch(/^1/);
    expect(await files.writeText("/sys/class/other", "1")).toBe(false);
    expect(await files.list("/sys/class")).not.toContain("other");
  });
});

test("without a root the host's own files are read", async () => {
  expect(await createHostFiles().readText("/proc/self/stat")).toContain(String(process.pid));
});

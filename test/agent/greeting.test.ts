import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EvidenceShelf } from "../../agent/evidence-shelf.ts";
import { type GreetingFacts, greeting } from "../../agent/greeting.ts";
import { printable, printableAscii } from "../../agent/printable.ts";
import { temporaryFolder } from "./agent-rig.ts";

const FACTS: GreetingFacts = {
  host: { name: "vet-07", mac: "52:54:00:12:34:56", serial: "CN7475", product: "PowerEdge R640" },
  runId: 12,
  profile: "quick",
  nonDestructive: false,
  failure: {
    stage: "Storage",
    reason:
      "Disk sda read back 12 sectors otherwise than they were written, the first of them at 8192, and the drive's own log counts 3 more.",
    blame: [{ part: "Bay 3", slot: null, model: "WD4000", serial: "WD-1" }],
  },
  consoleUrl: "http://192.0.2.1:8421",
  evidence: [
    { folder: "/run/vetting/evidence/Storage", names: ["dmesg.txt", "samples.csv", "smart.txt"] },
  ],
};

describe("the greeting of a held host's shell", () => {
  test("says what failed, what was captured and where it lies, and how to go on", async () => {
    await expect(greeting(FACTS)).toMatchFileSnapshot("screens/greeting.txt");
  });

  test("makes hostile strings harmless", () => {
    const evil = "\x1b]0;pwned\x07\x9bA\u202e\u2028rm -rf";
    const text = greeting({
      ...FACTS,
      host: { name: evil, mac: evil, serial: evil, product: evil },
      failure: {
        stage: evil,
        reason: evil,
        blame: [{ part: evil, slot: evil, model: evil, serial: evil }],
      },
      evidence: [{ folder: evil, names: [evil] }],
    });
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).toContain("\\x1b]0;pwned\\x07");
  });
});

test("what a terminal would obey is written out; letters of all the world stay", () => {
  expect(printable("Größe\t 1\r\n日本 \x1b[0m\x00\u200b\ud800")).toBe(
    "Größe 1 日本 \\x1b[0m\\x00\\u200b\\ud800",
  );
  expect(printableAscii("Größe 日 \x1b")).toBe("Gro?e ? \\x1b");
});

describe("evidence on the host", () => {
  const item = (name: string, text: string) =>
    ({ kind: "dmesg", name, text, truncated: false }) as const;

  test("lies in a folder a stage that is root's alone, the newest attempt's files in it", () => {
    const folder = join(temporaryFolder(), "evidence");
    const shelf = new EvidenceShelf({ folder, onProblem: expect.unreachable });
    shelf.put("Storage", item("dmesg.txt", "old"));
    shelf.put("Storage", item("dmesg.txt", "new"));
    shelf.put(null, item("pstore.txt", "panic"));
    expect(shelf.list()).toEqual([
      { folder: join(folder, "Storage"), names: ["dmesg.txt"] },
      { folder: join(folder, "reset"), names: ["pstore.txt"] },
    ]);
    expect(readFileSync(join(folder, "Storage", "dmesg.txt"), "utf8")).toBe("new");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "Storage", "dmesg.txt")).mode & 0o777).toBe(0o600);
  });

  test("is bounded: it lies in the memory that the stages test", () => {
    const folder = join(temporaryFolder(), "evidence");
    mkdirSync(join(folder, "SMART"), { recursive: true });
    writeFileSync(join(folder, "SMART", "big"), Buffer.alloc(64 * 1024 * 1024));
    const said: string[] = [];
    const shelf = new EvidenceShelf({ folder, onProblem: (text) => said.push(text) });
    shelf.put("Storage", item("dmesg.txt", "more"));
    expect(said).toEqual([expect.stringContaining("dmesg.txt is not kept on the host")]);
  });

  test("never leaves its folder", () => {
    const folder = join(temporaryFolder(), "evidence");
    const shelf = new EvidenceShelf({ folder, onProblem: () => {} });
    shelf.put("Storage", item("../../etc/passwd", "x"));
    expect(shelf.list()).toEqual([]);
  });
});

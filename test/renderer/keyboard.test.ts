import { describe, expect, test } from "vitest";
import { ScanReader } from "../../renderer/shell/scan-reader.ts";
import { matchKeys, SHORTCUTS } from "../../renderer/shell/shortcuts.ts";

describe("the table of keys", () => {
  const means = (...keys: string[]) => {
    let pressed: readonly string[] = [];
    let last: string = "none";
    for (const key of keys) {
      const match = matchKeys(pressed, key);
      pressed = match.kind === "wait" ? match.pressed : [];
      last = match.kind === "act" ? match.shortcut.means : match.kind;
    }
    return last;
  };

  test("has every key that the design names", () => {
    expect(means("/")).toMatch(/^Search/);
    expect(means("?")).toMatch(/help/i);
    expect(means("g", "h")).toBe("Go to the hosts");
    expect(means("g", "r")).toBe("Go to the runs");
    expect(means("g", "s")).toBe("Go to the settings");
    expect(means("g", "c")).toBe("Go to the checks");
  });

  test("waits after g, and a key that goes nowhere ends the waiting", () => {
    expect(means("g")).toBe("wait");
    expect(means("g", "x")).toBe("none");
    expect(means("g", "x", "h")).toBe("none");
    expect(means("g", "g", "h")).toBe("Go to the hosts");
    expect(means("g", "/")).toMatch(/^Search/);
    expect(means("x")).toBe("none");
  });

  test("no key that acts is the beginning of another, and each says what it does", () => {
    const acting = SHORTCUTS.filter(({ act }) => act !== undefined).map(({ keys }) =>
      keys.join(" "),
    );
    expect(new Set(acting).size).toBe(acting.length);
    const hidden = acting.filter((one) => acting.some((other) => other.startsWith(`${one} `)));
    expect(hidden).toEqual([]);
    expect(SHORTCUTS.every(({ means: text }) => /\S/.test(text))).toBe(true);
  });
});

describe("the scanner", () => {
  /** Reads a text with a pause between its keys; the last reading. */
  const read = (text: string, gapMs: number, scanner = new ScanReader(), startMs = 0) =>
    [...text, "Enter"].map((key, index) => scanner.read(key, startMs + index * gapMs));

  test("a fast burst that ends in Enter is a scan", () => {
    expect(read("7XK2P33", 8).at(-1)).toEqual({ kind: "scan", text: "7XK2P33" });
  });

  test("hands are no scanner, however long they type", () => {
    const readings = read("7XK2P33", 90);
    expect(readings.every(({ kind }) => kind === "typed")).toBe(true);
  });

  test("within a burst no key acts, but the first cannot be known for one", () => {
    const readings = read("gh123", 5);
    expect(readings.map(({ kind }) => kind)).toEqual([
      "typed",
      "burst",
      "burst",
      "burst",
      "burst",
      "scan",
    ]);
  });

  test("two keys rolled over each other and Enter are no label", () => {
    expect(read("ab", 20).at(-1)).toEqual({ kind: "typed" });
  });

  test("Shift between the characters does not end a burst", () => {
    const scanner = new ScanReader();
    for (const [index, key] of ["Shift", "A", "Shift", "B", "1", "2"].entries()) {
      scanner.read(key, index * 6);
    }
    expect(scanner.read("Enter", 36)).toEqual({ kind: "scan", text: "AB12" });
  });

  test("what was typed before a scan is no part of it, nor is the scan before", () => {
    const scanner = new ScanReader();
    scanner.read("x", 0);
    expect(read("SN-0042", 10, scanner, 500).at(-1)).toEqual({ kind: "scan", text: "SN-0042" });
    expect(read("SN-0043", 10, scanner, 2000).at(-1)).toEqual({ kind: "scan", text: "SN-0043" });
    expect(scanner.read("Enter", 2075)).toEqual({ kind: "typed" });
  });

  test("Enter by hand after a burst that was not ended is no scan", () => {
    const scanner = new ScanReader();
    for (const [index, key] of [..."7XK2P33"].entries()) scanner.read(key, index * 8);
    expect(scanner.read("Enter", 900)).toEqual({ kind: "typed" });
  });
});

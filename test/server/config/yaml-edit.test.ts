import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { readYaml } from "../../../server/config/load-config.ts";
import { editYaml, type YamlEdit } from "../../../server/config/yaml-edit.ts";

const SHIPPED = readFileSync(join(import.meta.dirname, "../../../vetting.yaml"), "utf8");

/** The text after the edits; a refusal fails the test with its sentence. */
function edited(text: string, ...edits: YamlEdit[]): string {
  const result = editYaml(text, edits);
  if (!result.ok) throw new Error(`${result.key}: ${result.detail}`);
  return result.text;
}

const set = (path: YamlEdit["path"], value: unknown): YamlEdit => ({ path, value });
const remove = (path: YamlEdit["path"]): YamlEdit => ({ path });

/** Lines that differ, `-` before and `+` after. */
function changed(before: string, after: string): string[] {
  const [was, is] = [before.split("\n"), after.split("\n")];
  return [
    ...was.filter((line) => !is.includes(line)).map((line) => `-${line}`),
    ...is.filter((line) => !was.includes(line)).map((line) => `+${line}`),
  ];
}

describe("in the shipped file one line changes and no other byte", () => {
  test.each<[string, YamlEdit, string[]]>([
    [
      "a number",
      set(["vetting", "dispatcher", "maxConcurrentRuns"], 3),
      ["-    maxConcurrentRuns: 8", "+    maxConcurrentRuns: 3"],
    ],
    [
      "null to text",
      set(["vetting", "lab", "address"], "10.20.0.1"),
      ["-    address: null", "+    address: 10.20.0.1"],
    ],
    [
      "a value inside braces",
      set(["vetting", "profiles", "deep", "CPUStress", "cpuSeconds"], 60),
      [
        "-      CPUStress: { cpuSeconds: 1800, ramSeconds: 1800, settleSeconds: 30 }",
        "+      CPUStress: { cpuSeconds: 60, ramSeconds: 1800, settleSeconds: 30 }",
      ],
    ],
    [
      "a value inside braces is taken out",
      remove(["vetting", "profiles", "deep", "CPUStress", "ramSeconds"]),
      [
        "-      CPUStress: { cpuSeconds: 1800, ramSeconds: 1800, settleSeconds: 30 }",
        "+      CPUStress: { cpuSeconds: 1800, settleSeconds: 30 }",
      ],
    ],
    [
      "a new profile",
      set(["vetting", "profiles", "mine"], { CPUStress: { cpuSeconds: 5 } }),
      ["+    mine:", "+      CPUStress: { cpuSeconds: 5 }"],
    ],
    [
      "a threshold is added",
      set(["vetting", "thresholds", 3], { sensor: "psu.power", max: 500, forSeconds: 5 }),
      ["+    - { sensor: psu.power, max: 500, forSeconds: 5 }"],
    ],
    [
      "a threshold is taken out",
      remove(["vetting", "thresholds", 1]),
      ["-    - { sensor: disk.temp, max: sensor-critical, forSeconds: 10, severity: fail }"],
    ],
    [
      "the whole list with one of its entries changed",
      set(
        ["vetting", "thresholds"],
        [
          { sensor: "cpu.package.temp", max: 90, forSeconds: 10, severity: "fail" },
          { sensor: "disk.temp", max: "sensor-critical", forSeconds: 10, severity: "fail" },
          { sensor: "memory.edac.ue", max: 0, forSeconds: 0, severity: "fail" },
        ],
      ),
      [
        "-    - { sensor: cpu.package.temp, max: sensor-critical, forSeconds: 10, severity: fail }",
        "+    - { sensor: cpu.package.temp, max: 90, forSeconds: 10, severity: fail }",
      ],
    ],
    [
      "the first spec of an empty list",
      set(["vetting", "specs", 0], {
        name: "r640",
        match: { product: "PowerEdge R640" },
        firmware: [{ component: "bios", version: "2.10" }],
      }),
      [
        "-  specs: []",
        "+  specs:",
        "+    - name: r640",
        "+      match: { product: PowerEdge R640 }",
        "+      firmware:",
        '+        - { component: bios, version: "2.10" }',
      ],
    ],
    [
      "a key that the file does not have",
      set(["vetting", "reporter", "note"], "x"),
      ["+    note: x"],
    ],
  ])("%s", (_, edit, lines) => {
    expect(changed(SHIPPED, edited(SHIPPED, edit))).toEqual(lines);
  });

  test("and an edit with the value that is there already changes nothing", () => {
    expect(edited(SHIPPED, set(["vetting", "console", "port"], 8420))).toBe(SHIPPED);
    expect(edited(SHIPPED, remove(["vetting", "nothing", "here"]))).toBe(SHIPPED);
  });
});

describe("what stands around an edit stays", () => {
  test("the comment on the same line, with its alignment", () => {
    const text = "a: 1     # how many\nb: 2 # other\n";
    expect(edited(text, set(["a"], 10))).toBe("a: 10     # how many\nb: 2 # other\n");
  });

  test("comments between, above and below the entries of a list", () => {
    const text = "t:\n  # hot\n  - s: a # one\n    max: 1\n  # cold\n  - s: b\n  # the end\nz: 1\n";
    expect(edited(text, set(["t", 2], { s: "c" }))).toBe(
      "t:\n  # hot\n  - s: a # one\n    max: 1\n  # cold\n  - s: b\n  - { s: c }\n  # the end\nz: 1\n",
    );
    expect(edited(text, remove(["t", 0]))).toBe(
      "t:\n  # hot\n  # cold\n  - s: b\n  # the end\nz: 1\n",
    );
    expect(edited(text, set(["t", 0, "max"], 2))).toBe(text.replace("max: 1", "max: 2"));
    expect(edited(text, set(["t", 0, "min"], 0))).toBe(
      text.replace("    max: 1\n", "    max: 1\n    min: 0\n"),
    );
  });

  test("the last entry of a list leaves an empty list, which is not the default", () => {
    expect(edited("t: # mine\n  - s: a\n  # tail\nz: 1\n", remove(["t", 0]))).toBe(
      "t: [] # mine\n  # tail\nz: 1\n",
    );
    expect(edited("p:\n  q:\n    r: 1\n", remove(["p", "q", "r"]))).toBe("p:\n  q: {}\n");
    expect(edited("t: [a]\n", remove(["t", 0]))).toBe("t: []\n");
  });

  test("the first key beside a dash", () => {
    expect(edited("t:\n  - a: 1\n    b: 2\n", remove(["t", 0, "a"]))).toBe("t:\n  - b: 2\n");
  });

  test("a list whose dashes stand under its key", () => {
    const text = "t:\n- a: 1\n- b: 2\nz: 1\n";
    expect(edited(text, set(["t", 2], { c: 3 }))).toBe("t:\n- a: 1\n- b: 2\n- { c: 3 }\nz: 1\n");
    expect(edited(text, remove(["t", 1]))).toBe("t:\n- a: 1\nz: 1\n");
  });

  test("quotes", () => {
    expect(edited(`a: "2.10"\nb: '1'\n`, set(["a"], "2.20"), set(["b"], "it's"))).toBe(
      `a: "2.20"\nb: 'it''s'\n`,
    );
    expect(edited("a: x\n", set(["a"], "2.10"))).toBe('a: "2.10"\n');
    expect(edited("a: [x]\n", set(["a", 0], "p, q]"))).toBe('a: ["p, q]"]\n');
  });

  test("line ends of Windows", () => {
    const text = "v:\r\n  a: 1 # one\r\n  l:\r\n    - x\r\n";
    const after = edited(
      text,
      set(["v", "a"], 2),
      set(["v", "l", 1], "y"),
      set(["v", "n"], { m: { k: 1 } }),
    );
    expect(after).toBe(
      "v:\r\n  a: 2 # one\r\n  l:\r\n    - x\r\n    - y\r\n  n:\r\n    m: { k: 1 }\r\n",
    );
  });

  test("a file without a line break at its end", () => {
    expect(edited("v:\n  a: 1", set(["v", "b"], 2))).toBe("v:\n  a: 1\n  b: 2");
    expect(edited("v:\n  l: [1]", set(["v", "l", 1], 2))).toBe("v:\n  l: [1, 2]");
    expect(edited("v:\n  - a\n  - b", remove(["v", 1]))).toBe("v:\n  - a\n");
  });

  test("the byte order mark of an editor", () => {
    expect(edited("\uFEFFv:\n  a: 1\n", set(["v", "b"], 2))).toBe("\uFEFFv:\n  a: 1\n  b: 2\n");
    expect(edited("\uFEFFa: 1\nb: 2\n", remove(["a"]))).toBe("\uFEFFb: 2\n");
  });

  test("texts of several lines", () => {
    const text = "a: |\n  one\n  two\nb: 1\n";
    expect(edited(text, set(["c"], 3))).toBe("a: |\n  one\n  two\nb: 1\nc: 3\n");
    expect(edited("b: 1\na: |\n  one\n", set(["c"], 3))).toBe("b: 1\na: |\n  one\nc: 3\n");
    expect(edited(text, remove(["a"]))).toBe("b: 1\n");
    expect(readYaml(edited(text, set(["a"], "three")))).toEqual({
      ok: true,
      value: { a: "three", b: 1 },
    });
  });
});

describe("where there is nothing yet", () => {
  test.each([
    ["an empty file", ""],
    ["comments only", "# mine\n\n# more\n"],
    ["comments without an end", "# mine"],
    ["a section without a value", "vetting:\n"],
    ["a section of comments", "vetting:\n  # lab:\n  #   address: x\n"],
    ["an empty mapping", "vetting: {}\n"],
    ["an inner section without a value", "vetting:\n  lab:\n"],
  ])("%s takes a value, and keeps what it has", (_, text) => {
    const after = edited(text, set(["vetting", "lab", "address"], "10.0.0.1"));
    expect(readYaml(after)).toEqual({
      ok: true,
      value: { vetting: { lab: { address: "10.0.0.1" } } },
    });
    for (const comment of text.match(/#.*/g) ?? []) expect(after).toContain(comment);
  });

  test("profiles: {} takes a profile", () => {
    expect(
      edited(
        "v:\n  profiles: {} # none\n  z: 1\n",
        set(["v", "profiles", "a", "Burn", "seconds"], 9),
      ),
    ).toBe("v:\n  profiles: # none\n    a:\n      Burn: { seconds: 9 }\n  z: 1\n");
  });

  test("a list grows at its end only", () => {
    expect(editYaml("t: [1]\n", [set(["t", 5], 1)])).toEqual({
      ok: false,
      key: "t[5]",
      detail: "there is no entry 5; the list has 1",
    });
    expect(editYaml("t: 1\n", [set(["t", "a"], 1)])).toMatchObject({ ok: false });
  });
});

describe("a value that others borrow", () => {
  const text = "quick: &q\n  CPU: { s: 1 }\ndeep: *q\nsoak: { CPU: { s: 9 } }\n";

  test("is given to them before it is changed", () => {
    expect(edited(text, set(["quick", "CPU", "s"], 5))).toBe(
      "quick: &q\n  CPU: { s: 5 }\ndeep: { CPU: { s: 1 } }\nsoak: { CPU: { s: 9 } }\n",
    );
  });

  test("becomes the borrower's own when that is changed", () => {
    expect(edited(text, set(["deep", "CPU", "s"], 5))).toBe(
      "quick: &q\n  CPU: { s: 1 }\ndeep: { CPU: { s: 5 } }\nsoak: { CPU: { s: 9 } }\n",
    );
  });

  test("stays borrowed when something else is changed", () => {
    expect(edited(text, set(["soak", "CPU", "s"], 5))).toBe(text.replace("s: 9", "s: 5"));
  });

  test("survives that its owner is taken out", () => {
    expect(readYaml(edited(text, remove(["quick"])))).toMatchObject({
      value: { deep: { CPU: { s: 1 } } },
    });
    const inner = "a:\n  b: &n 7 # seven\nc: *n\n";
    expect(edited(inner, remove(["a"]))).toBe("c: 7\n");
    expect(edited(inner, set(["a", "b"], 8))).toBe("a:\n  b: &n 8 # seven\nc: 7\n");
  });
});

test("whatever is set or taken out anywhere, it reads back, and every comment of the file is still there", () => {
  const comments = SHIPPED.match(/^\s*#.*$/gm) ?? [];
  expect(comments.length).toBeGreaterThan(20);
  const paths: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]) => {
    if (path.length > 1) paths.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const [key, entry] of Object.entries(value)) {
      walk(entry, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  walk(parseDocument(SHIPPED).toJS(), []);
  expect(paths.length).toBeGreaterThan(100);
  for (const path of paths) {
    for (const edit of [
      remove(path),
      set(path, 7),
      set(path, "a: b, [c]"),
      set(path, { a: { b: [1] } }),
    ]) {
      const after = edited(SHIPPED, edit);
      // js-yaml, which the console loads with, reads what the edit meant.
      const read = readYaml(after);
      if (!read.ok) throw new Error(`${path.join(".")}: ${read.problem.detail}`);
      let found: unknown = read.value;
      for (const part of path) found = (found as Record<string | number, unknown> | null)?.[part];
      const gone = edit.value === undefined && typeof path.at(-1) === "string";
      if (gone) expect(found, path.join(".")).toBeUndefined();
      else if (edit.value !== undefined) expect(found, path.join(".")).toEqual(edit.value);
      const lost = comments.filter((comment) => !after.includes(comment.trim()));
      // A comment inside of what was taken out or replaced as a whole may go with it.
      if (typeof edit.value !== "object" && path.length > 2)
        expect(lost, path.join(".")).toEqual([]);
    }
  }
});

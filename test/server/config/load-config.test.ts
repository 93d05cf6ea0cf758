import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseDocument } from "yaml";
import { BUILT_IN_PROFILES } from "../../../contract/stage-params.ts";
import { vettingConfigSchema } from "../../../contract/vetting-config.ts";
import { loadConfig, parseConfig, readYaml } from "../../../server/config/load-config.ts";
import { ProfileRegistry } from "../../../server/config/profile-registry.ts";

const DEFAULT_FILE = new URL("../../../vetting.yaml", import.meta.url).pathname;
const DEFAULTS = vettingConfigSchema.parse({ vetting: {} }).vetting;

function configOf(text: string) {
  const result = parseConfig(text, "vetting.yaml");
  if (!result.ok) throw new Error(result.message);
  return result.config;
}

function messageOf(text: string): string {
  const result = parseConfig(text, "vetting.yaml");
  if (result.ok) throw new Error("it was taken");
  return result.message;
}

describe("without a file", () => {
  test("everything takes its default", () => {
    expect(loadConfig(null)).toEqual({ ok: true, config: DEFAULTS });
  });

  test("a file that was asked for and is not there is named", () => {
    const result = loadConfig("/nowhere/vetting.yaml");
    expect(result).toMatchObject({
      ok: false,
      message: "/nowhere/vetting.yaml: cannot be read: there is no such file",
    });
  });

  test("a directory is no file", () => {
    expect(loadConfig(tmpdir())).toMatchObject({
      ok: false,
      message: expect.stringContaining("cannot be read: EISDIR"),
    });
  });
});

describe("the file in the repository", () => {
  test("says exactly the defaults", () => {
    const result = loadConfig(DEFAULT_FILE);
    expect(result.ok && { ...result.config, profiles: {} }).toEqual(DEFAULTS);
  });

  test("writes out the built-in profiles, every key of them", () => {
    const config = configOf(readFileSync(DEFAULT_FILE, "utf8"));
    const registry = new ProfileRegistry(config);
    expect(registry.names()).toEqual(["quick", "deep", "soak"]);
    for (const [name, params] of Object.entries(BUILT_IN_PROFILES)) {
      expect(registry.get(name)).toEqual(params);
      const withKeys = Object.entries(params).filter(([, keys]) => Object.keys(keys).length > 0);
      expect(config.profiles[name]).toEqual(Object.fromEntries(withKeys));
    }
  });

  test("the example spec in its comments is legal as well", () => {
    const text = readFileSync(DEFAULT_FILE, "utf8")
      .replace(/^ {2}specs: \[\]$/m, "")
      .replace(/^ {2}# (specs:| {2,}.*)$/gm, "  $1");
    expect(configOf(text).specs).toMatchObject([
      { name: "r640", expect: { disks: 8 }, firmware: [{ version: "2.19.1" }, {}] },
    ]);
  });

  test("and every key of it is in the reference", () => {
    const reference = readFileSync(
      new URL("../../../docs/vetting-yaml.md", import.meta.url),
      "utf8",
    );
    const { profiles: _, thresholds: _t, specs: _s, ...sections } = DEFAULTS;
    const keys = Object.entries(sections).flatMap(([section, values]) =>
      Object.entries(values).map(
        ([key, value]) => `| \`${section}.${key}\` | \`${JSON.stringify(value)}\` |`,
      ),
    );
    const params = Object.entries(BUILT_IN_PROFILES.quick).flatMap(([stage, values]) =>
      Object.keys(values).map((key) => {
        const cells = Object.values(BUILT_IN_PROFILES).map(
          (profile) => `\`${(profile[stage as "Burn"] as Record<string, unknown>)[key]}\``,
        );
        return `| \`${stage}.${key}\` | ${cells.join(" | ")} |`;
      }),
    );
    const thresholds = DEFAULTS.thresholds.map(
      ({ sensor, max, forSeconds, severity }) =>
        `| \`${sensor}\` | \`${max}\` | \`${forSeconds}\` | \`${severity}\` |`,
    );
    expect(keys.length + params.length + thresholds.length).toBeGreaterThan(30);
    for (const row of [...keys, ...params, ...thresholds]) expect(reference).toContain(row);
  });
});

describe("keys left out take their defaults", () => {
  test.each([
    ["an empty file", ""],
    ["only comments", "# nothing\n\n  # more\n"],
    ["no sections", "vetting: {}"],
    ["a section without lines", "vetting:\n  lab:\n  thresholds:\n"],
    ["a profile and a stage without lines", "vetting:\n  profiles:\n    quick:\n"],
    ["nothing after the first key", "vetting:\n"],
  ])("%s", (_, text) => {
    expect({ ...configOf(text), profiles: {} }).toEqual(DEFAULTS);
  });

  test("what is given stands beside the defaults of its section", () => {
    const config = configOf("vetting:\n  lab: {address: 10.20.0.1, httpPort: 0}\n");
    expect(config.lab).toEqual({ ...DEFAULTS.lab, address: "10.20.0.1", httpPort: 0 });
  });

  test("any positive duration is legal, and forSeconds 0 means at once", () => {
    const config = configOf(
      "vetting:\n  boot: {timeoutMinutes: 0.001}\n  thresholds: [{sensor: a, max: 1}]\n",
    );
    expect(config.boot.timeoutMinutes).toBe(0.001);
    expect(config.thresholds[0]).toEqual({
      sensor: "a",
      max: 1,
      forSeconds: 0,
      severity: "fail",
    });
  });
});

describe("a mistake is told with line, key, what was expected and what was found", () => {
  const lines = (...text: string[]) => ["vetting:", ...text].join("\n");
  test.each<[string, string, string]>([
    [
      "a limit that is no number",
      lines("  # limits", "  thresholds:", "    - sensor: cpu", "      max: hot"),
      'vetting.yaml:5: vetting.thresholds[0].max: expected a number or sensor-critical, found "hot"',
    ],
    [
      "a threshold without limits",
      lines("  thresholds:", "    - sensor: cpu"),
      "vetting.yaml:3: vetting.thresholds[0].max: expected min, max or both, found nothing",
    ],
    [
      "a number as text",
      lines('  console: {port: "8420"}'),
      'vetting.yaml:2: vetting.console.port: expected a number, found "8420"',
    ],
    [
      "a fraction",
      lines("  dispatcher: {maxConcurrentRuns: 1.5}"),
      "vetting.yaml:2: vetting.dispatcher.maxConcurrentRuns: expected a whole number, found 1.5",
    ],
    [
      "too small",
      lines("  dispatcher: {maxConcurrentRuns: 0}"),
      "vetting.yaml:2: vetting.dispatcher.maxConcurrentRuns: expected a number at least 1, found 0",
    ],
    [
      "no duration",
      lines("  agent: {heartbeatSeconds: 0}"),
      "vetting.yaml:2: vetting.agent.heartbeatSeconds: expected a number above 0, found 0",
    ],
    [
      "a port out of range",
      lines("  lab:", "    httpPort: 99999"),
      "vetting.yaml:3: vetting.lab.httpPort: expected a port from 0 to 65535 (0 takes a free one), found 99999",
    ],
    [
      "an address of three parts",
      lines("  lab:", "    address: 10.0.1"),
      'vetting.yaml:3: vetting.lab.address: expected an IPv4 address, found "10.0.1"',
    ],
    [
      "YAML 1.1's yes",
      lines("  lab: {tftp: yes}"),
      'vetting.yaml:2: vetting.lab.tftp: expected true or false, found "yes"',
    ],
    [
      "a list where a mapping belongs",
      lines("  lab: [1]"),
      "vetting.yaml:2: vetting.lab: expected a mapping, found a list",
    ],
    [
      "a mapping where a list belongs",
      lines("  specs: {name: r640}"),
      "vetting.yaml:2: vetting.specs: expected a list, found a mapping",
    ],
    [
      "a version that YAML reads as a number",
      lines(
        "  specs:",
        "    - name: a",
        "      firmware:",
        "        - {component: bios, version: 2.10}",
      ),
      "vetting.yaml:5: vetting.specs[0].firmware[0].version: expected text, found 2.10",
    ],
    [
      "a word that is none of the known",
      lines("  thresholds:", "    - {sensor: a, max: 1, severity: bad}"),
      'vetting.yaml:3: vetting.thresholds[0].severity: expected one of warn, fail, found "bad"',
    ],
    [
      "a value that was forgotten",
      lines("  boot:", "    timeoutMinutes:"),
      "vetting.yaml:3: vetting.boot.timeoutMinutes: expected a number, found nothing",
    ],
    [
      "a key that must be there",
      lines("  specs:", "    - match: {product: x}"),
      "vetting.yaml:3: vetting.specs[0].name: expected text, found nothing",
    ],
    [
      "empty text",
      lines("  specs:", "    - name: ''"),
      'vetting.yaml:3: vetting.specs[0].name: expected text that is not empty, found ""',
    ],
    [
      "a slip of the finger",
      lines("  lab:", "    tftp: true", "    htpPort: 8421"),
      "vetting.yaml:4: vetting.lab.htpPort: unknown key; did you mean httpPort?",
    ],
    [
      "a stage in the wrong letter case",
      lines("  profiles:", "    quick:", "      cpustress: {cpuSeconds: 10}"),
      "vetting.yaml:4: vetting.profiles.quick.cpustress: unknown key; did you mean CPUStress?",
    ],
    [
      "a key that is like no other",
      lines("  console: {colour: red}"),
      "vetting.yaml:2: vetting.console.colour: unknown key; expected port",
    ],
    [
      "a key beside vetting",
      "vettin: {}\n",
      "vetting.yaml:1: vettin: unknown key; did you mean vetting?",
    ],
    ["a list as a whole", "- 1\n", "vetting.yaml:1: expected a mapping, found a list"],
    [
      "the same key twice",
      lines("  boot: {timeoutMinutes: 1}", "  boot: {timeoutMinutes: 2}"),
      "vetting.yaml:3: not valid YAML: duplicated mapping key boot",
    ],
    [
      "a bracket that is never closed",
      lines("  agent: {sshKeys: [a"),
      "vetting.yaml:2: not valid YAML: unexpected end of the stream within a flow collection",
    ],
    [
      "a tab",
      lines("\tlab: {}"),
      "vetting.yaml:2: not valid YAML: tab characters must not be used in indentation",
    ],
    [
      "two documents",
      "vetting: {}\n---\nvetting: {}\n",
      "vetting.yaml:2: not valid YAML: expected a single document in the stream, but found more",
    ],
    [
      "two specs of one name",
      lines("  specs:", "    - name: a", "    - name: a"),
      'vetting.yaml:4: vetting.specs[1].name: expected a name that no other spec has, found "a"',
    ],
    [
      "limits that no value can keep",
      lines("  thresholds:", "    - {sensor: a, min: 5, max: 4}"),
      "vetting.yaml:3: vetting.thresholds[0].min: expected at most max, which is 4, found 5",
    ],
    [
      "a peer that is none",
      lines("  network: {iperfPeer: 'a:b'}"),
      'vetting.yaml:2: vetting.network.iperfPeer: expected host or host:port, found "a:b"',
    ],
    [
      "a mistake behind an alias, at the place where it is written",
      lines("  reporter: &r {heartbeatSeconds: x}", "  profiles: {}", "  agent: *r"),
      [
        'vetting.yaml:2: vetting.reporter.heartbeatSeconds: expected a number, found "x"',
        'vetting.yaml:2: vetting.agent.heartbeatSeconds: expected a number, found "x"',
      ].join("\n"),
    ],
  ])("%s", (_, text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  test("all mistakes at once, in the order of the lines, each with its column", () => {
    const text = lines("  lab: {address: nowhere}", "  disk: {warnFreeMiB: -1}", "  foo: 1");
    const result = parseConfig(text, "vetting.yaml");
    expect(!result.ok && result.problems.map(({ line, column }) => [line, column])).toEqual([
      [2, 18],
      [3, 23],
      [4, 3],
    ]);
  });

  test("under the name of the file that was asked for", () => {
    const file = join(tmpdir(), `lab-7-${process.pid}.yaml`);
    writeFileSync(file, "vetting: {lab: 3}");
    onTestFinished(() => rmSync(file));
    expect(loadConfig(file)).toMatchObject({
      ok: false,
      message: `lab-7-${process.pid}.yaml:1: vetting.lab: expected a mapping, found 3`,
    });
  });
});

describe("js-yaml, which loads, and yaml, which knows the lines, read the same", () => {
  const documents = [
    readFileSync(DEFAULT_FILE, "utf8"),
    "a: yes\nb: no\nc: on\nd: True\ne: TRUE\nf: y",
    "a: 0o17\nb: 017\nc: 0x1F\nd: 1_000\ne: 0b11\nf: 190:20:30",
    "a: 1e3\nb: +12\nc: .5\nd: 0.\ne: 12e03\nf: -0\ng: .inf\nh: -.Inf",
    "a: 2001-01-01\nb: 2001-12-14t21:59:43.10-05:00",
    "a: ~\nb: null\nc: Null\nd:\ne: ''",
    "a: &x {b: [1, 2]}\nc: *x\nd: *x",
    "base: &b {k: 1}\nderived: {<<: *b, l: 2}",
    "a: |\n  two\n  lines\nb: >-\n  folded\n  text\nc: 'it''s'\nd: \"\\u00e9\\n\"",
    '- 1\n- [a, b]\n- {c: d}\n- "2.10"\n- 2.10',
    "%YAML 1.2\n---\na: 1\n...\n",
    "? a\n: 1\n'b c': 2\n3: three\ntrue: yes",
    "a: 10.0.0.1\nb: 52:54:00:12:34:56\nc: 0000:3b:00.0\nd: 1.2.3",
    "# only\na: 1 # comment\n\n\nb: 'a # b'",
  ];
  test.each(documents.map((text, index) => [index, text] as const))("document %i", (_, text) => {
    const document = parseDocument(text, { schema: "core" });
    expect(document.errors).toEqual([]);
    expect(readYaml(text)).toEqual({ ok: true, value: document.toJS() });
  });

  test.each([
    "a: 1\na: 2",
    "a: [1",
    "a: '",
    "\ta: 1",
    "a: 1\n---\nb: 2",
    "a:\n  - b\n - c",
    "a: b: c",
    "a: @x",
  ])("both refuse %j", (text) => {
    expect(parseDocument(text, { schema: "core" }).errors).not.toEqual([]);
    expect(readYaml(text).ok).toBe(false);
  });
});

import { chmodSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LiveConfig } from "../../../server/config/live-config.ts";
import { LiveSettings } from "../../../server/config/live-settings.ts";
import { loadConfig } from "../../../server/config/load-config.ts";
import { applyOverrides, type ConfigOverride } from "../../../server/config/overrides.ts";
import { SettingsFile } from "../../../server/config/settings-file.ts";

let directory = "";
let file = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "vetting-live-"));
  file = join(directory, "vetting.yaml");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const TEXT = `# Bench 3
vetting:
  dispatcher:
    maxConcurrentRuns: 2 # the breaker
  lab: {httpPort: 9000}
`;

/** Settings over a file with this text, as a console has them right after its start. */
function settings(text: string | null = TEXT, overrides: ConfigOverride[] = []) {
  if (text !== null) writeFileSync(file, text);
  const loaded = loadConfig(text === null ? null : file);
  if (!loaded.ok) throw new Error(loaded.message);
  const settled = applyOverrides(loaded.config, overrides);
  if (!settled.ok) throw new Error(settled.message);
  const live = new LiveConfig(settled.config, overrides);
  const notices: string[] = [];
  let changes = 0;
  const made = new LiveSettings({
    file: new SettingsFile(file, null),
    live,
    overrides,
    onChange: () => {
      changes += 1;
    },
    onNotice: (level, words) => void notices.push(`${level}: ${words}`),
  });
  return { settings: made, live, notices, changes: () => changes };
}

/** By hand, in another second: an editor that writes within the same one is noticed by size. */
let handTime = Date.now() / 1000;
function byHand(text: string): void {
  writeFileSync(file, text);
  handTime += 5;
  utimesSync(file, handTime, handTime);
}

const edit = (path: (string | number)[], value?: unknown) => ({ path, value });
const MAX = ["vetting", "dispatcher", "maxConcurrentRuns"];

describe("a change from the page", () => {
  test("stands in the file with every comment, and counts at once", () => {
    const { settings: it, live, changes, notices } = settings();
    const { revision } = it.view();
    const result = it.patch({ revision, edits: [edit(MAX, 5)] });
    expect(result).toMatchObject({ ok: true, value: { problems: [], exists: true } });
    expect(readFileSync(file, "utf8")).toBe(TEXT.replace("2 #", "5 #"));
    expect(live.config.dispatcher.maxConcurrentRuns).toBe(5);
    expect([changes(), notices]).toEqual([1, []]);
    // Our own writing is no change by hand.
    it.follow();
    expect([changes(), notices]).toEqual([1, []]);
  });

  test("of profiles and thresholds reaches whoever holds the registry", () => {
    const { settings: it, live } = settings();
    const { registry } = live;
    const { revision } = it.view();
    it.patch({
      revision,
      edits: [
        edit(["vetting", "profiles", "mine", "Burn", "seconds"], 7),
        edit(["vetting", "thresholds"], [{ sensor: "psu.power", max: 300 }]),
      ],
    });
    expect(registry.names()).toEqual(["quick", "deep", "soak", "mine"]);
    expect(registry.get("mine")?.Burn.seconds).toBe(7);
    expect(registry.thresholds()).toEqual([
      { sensor: "psu.power", max: 300, forSeconds: 0, severity: "fail" },
    ]);
  });

  test("made from an older text is refused, and nothing is written", () => {
    const { settings: it, live } = settings();
    const { revision } = it.view();
    byHand(TEXT.replace("2 #", "3 #"));
    const result = it.put("vetting: {}\n", revision);
    expect(result).toMatchObject({ ok: false, kind: "settings-changed" });
    expect(readFileSync(file, "utf8")).toContain("3 #");
    expect(live.config.dispatcher.maxConcurrentRuns).toBe(3);
  });

  test("with mistakes is refused with each of them at its line", () => {
    const { settings: it, live } = settings();
    const { revision } = it.view();
    const result = it.put("vetting:\n  dispatcher: {maxConcurrentRuns: 0}\n  labb: {}\n", revision);
    expect(result).toMatchObject({
      ok: false,
      kind: "settings-invalid",
      problems: [
        { line: 2, key: "vetting.dispatcher.maxConcurrentRuns", column: 35 },
        { line: 3, key: "vetting.labb", detail: "unknown key; did you mean lab?" },
      ],
    });
    expect(readFileSync(file, "utf8")).toBe(TEXT);
    expect(live.config.dispatcher.maxConcurrentRuns).toBe(2);
    expect(it.patch({ revision, edits: [edit(MAX, "many")] })).toMatchObject({
      kind: "settings-invalid",
      detail: expect.stringMatching(/line 4.*expected a number, found "many"/),
    });
    expect(it.patch({ revision, edits: [edit(["other"], 1)] })).toMatchObject({
      kind: "settings-invalid",
    });
  });

  test("makes the file where there was none", () => {
    const { settings: it } = settings(null);
    const { revision, exists, text } = it.view();
    expect([exists, text]).toEqual([false, ""]);
    expect(it.patch({ revision, edits: [edit(MAX, 3)] })).toMatchObject({
      ok: true,
      value: { exists: true, restartNeeded: [] },
    });
    expect(loadConfig(file)).toMatchObject({ config: { dispatcher: { maxConcurrentRuns: 3 } } });
  });

  test("of a write-protected file is refused with the reason", () => {
    const { settings: it } = settings();
    chmodSync(file, 0o444);
    const { revision, readOnly } = it.view();
    expect(readOnly).toContain("write-protected");
    expect(it.patch({ revision, edits: [edit(MAX, 3)] })).toMatchObject({
      kind: "settings-read-only",
      detail: readOnly,
    });
  });
});

describe("a change by hand", () => {
  test("counts, and is told", () => {
    const { settings: it, live, notices, changes } = settings();
    byHand(TEXT.replace("2 #", "7 #"));
    it.follow();
    expect(live.config.dispatcher.maxConcurrentRuns).toBe(7);
    expect(notices).toEqual(["info: vetting.yaml was changed; its settings count from now on."]);
    expect(changes()).toBe(1);
  });

  test("with a mistake keeps what counted, and says the line once", () => {
    const { settings: it, live, notices, changes } = settings();
    byHand(TEXT.replace("2 #", "lots #"));
    it.follow();
    it.follow();
    expect(live.config.dispatcher.maxConcurrentRuns).toBe(2);
    expect(changes()).toBe(0);
    expect(notices).toEqual([
      'error: vetting.yaml:4: vetting.dispatcher.maxConcurrentRuns: expected a number, found "lots". The file was changed and cannot be used; the settings from before go on counting.',
    ]);
    const { problems, text, effective } = it.view();
    expect(problems).toMatchObject([{ line: 4 }]);
    expect(text).toContain("lots");
    expect(effective.dispatcher.maxConcurrentRuns).toBe(2);
  });

  test("that breaks the YAML is shown with its line and can be mended from the page", () => {
    const { settings: it, live } = settings();
    byHand("vetting:\n  dispatcher: {maxConcurrentRuns: 4\n");
    const { problems, revision, written } = it.view();
    expect(problems).toMatchObject([{ detail: expect.stringContaining("not valid YAML") }]);
    expect(problems[0]?.line).not.toBeNull();
    expect(written).toBeNull();
    expect(it.patch({ revision, edits: [edit(MAX, 3)] })).toMatchObject({ ok: false });
    const mended = "vetting:\n  dispatcher: {maxConcurrentRuns: 4}\n";
    expect(it.put(mended, revision)).toMatchObject({ ok: true, value: { problems: [] } });
    expect(live.config.dispatcher.maxConcurrentRuns).toBe(4);
  });

  test("that only touches the file is none", () => {
    const { settings: it, notices, changes } = settings();
    byHand(TEXT);
    it.follow();
    expect([notices, changes()]).toEqual([[], 0]);
  });

  test("that takes the file away leaves the defaults", () => {
    const { settings: it, live } = settings();
    rmSync(file);
    expect(it.view()).toMatchObject({ exists: false, text: "", problems: [] });
    expect(live.config.dispatcher.maxConcurrentRuns).toBe(8);
  });
});

describe("what the file does not decide", () => {
  test("the command line stays above it and is named", () => {
    const overrides = [
      { key: "lab.httpPort", value: 1111, from: "VETTING_LAB_PORT" },
      { key: "lab.httpPort", value: 2222, from: "--lab-port" },
    ];
    const { settings: it, live } = settings(TEXT, overrides);
    expect(it.view().overridden).toEqual([{ key: "lab.httpPort", from: "--lab-port" }]);
    const { revision } = it.view();
    it.patch({ revision, edits: [edit(["vetting", "lab", "httpPort"], 3333)] });
    expect(readFileSync(file, "utf8")).toContain("httpPort: 3333");
    expect(live.config.lab.httpPort).toBe(2222);
  });

  test("what a listener was opened with counts until the next start, and is listed", () => {
    const { settings: it, live } = settings();
    live.labOpened({ ...live.wanted.lab, address: "10.0.0.1" });
    const change = (path: string[], value: unknown) =>
      it.patch({
        revision: it.view().revision,
        edits: [edit(["vetting", "lab", "address"], "10.0.0.1"), edit(["vetting", ...path], value)],
      });
    expect(change(["console", "port"], 8500)).toMatchObject({
      value: { restartNeeded: ["console.port"], effective: { console: { port: 8420 } } },
    });
    expect(change(["lab", "tftp"], false)).toMatchObject({
      value: { restartNeeded: ["console.port", "lab.tftp"], effective: { lab: { tftp: true } } },
    });
    expect(change(["console", "port"], 8420)).toMatchObject({
      value: { restartNeeded: ["lab.tftp"] },
    });
  });

  test("a lab that is not open yet takes changed ports when it is opened", () => {
    const { settings: it } = settings();
    const { revision } = it.view();
    expect(
      it.patch({ revision, edits: [edit(["vetting", "lab", "httpPort"], 9100)] }),
    ).toMatchObject({ value: { restartNeeded: [], effective: { lab: { httpPort: 9100 } } } });
  });
});

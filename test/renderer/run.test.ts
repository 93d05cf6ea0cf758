import { describe, expect, test } from "vitest";
import type { LogLine } from "../../contract/agent-api.ts";
import { diffFirmware, diffSnapshots } from "../../contract/firmware.ts";
import { extent, readingOf } from "../../renderer/charts/chart-model.ts";
import { LIVE, spanOf, stepped, WHOLE, windowOf } from "../../renderer/charts/view.ts";
import { differs, firmwareLines } from "../../renderer/run/firmware-rows.ts";
import { ledWords, nextSteps, partText, whyItHolds } from "../../renderer/run/hold-words.ts";
import { CHUNK, chunked, filteredLog, marked, matchesIn } from "../../renderer/run/log-search.ts";
import { measurementRows } from "../../renderer/run/measurement-rows.ts";
import { tabMarks } from "../../renderer/run/run-marks.ts";
import { Series } from "../../renderer/store/series.ts";
import {
  attempt,
  detail,
  FIRMWARE,
  gappyRun,
  goodStages,
  holdingRun,
} from "../fakes/console-data.ts";

describe("why a run holds", () => {
  test("is one sentence that names the part as it is printed", () => {
    const run = holdingRun();
    expect(whyItHolds(run)).toBe(`CPU and memory failed on CPU2, Xeon Gold 6130: ${run.reason}`);
  });

  test("says slot, model and serial, each once, and leaves out what is not known", () => {
    const disk = { part: "Bay 3", slot: "03", model: "WD4000", serial: "WD-1" };
    expect(partText(disk)).toBe("Bay 3, slot 03, WD4000, serial WD-1");
    expect(partText({ part: "PSU1", slot: "PSU1", model: null, serial: null })).toBe("PSU1");
  });

  test("counts the further parts, and does without any", () => {
    const run = holdingRun();
    const [first] = run.stages.at(-1)!.blame;
    const blame = [first!, { ...first!, part: "CPU1" }, { ...first!, part: "CPU3" }];
    const stages = [...run.stages.slice(0, -1), { ...run.stages.at(-1)!, blame }];
    expect(whyItHolds({ ...run, stages })).toContain("on CPU2, Xeon Gold 6130 and 2 more: ");
    expect(whyItHolds({ stages: [], failedStage: "SMART", reason: null })).toBe("SMART failed.");
  });

  test("after a mismatch names what was posted, and the part of the stage that was expected", () => {
    const run = holdingRun({ failedStage: "Storage (expected CPUStress)", reason: "Out of step." });
    expect(whyItHolds(run)).toBe(
      "The host posted Storage (expected CPU and memory) on CPU2, Xeon Gold 6130: Out of step.",
    );
  });
});

describe("what to do next", () => {
  test("begins with the part, and offers only what can be done", () => {
    expect(nextSteps(holdingRun())[0]).toContain("Look at CPU2");
    expect(nextSteps(holdingRun()).join()).not.toContain("SSH");
    expect(nextSteps(holdingRun({ canOverride: false })).join()).not.toContain("Override");
  });

  test("the LED is told as the agent left it", () => {
    expect(ledWords({ chassisLed: "lit", noLogin: null }).word).toBe("Lit");
    expect(ledWords({ chassisLed: "failed", noLogin: null }).word).toBe("Not lit");
    expect(ledWords({ chassisLed: "no_bmc", noLogin: null }).means).toContain("no BMC");
    expect(ledWords(null).word).toBe("Not told yet");
  });
});

describe("measurements", () => {
  test("come beyond, marginal, within, unlimited; those of an earlier attempt last", () => {
    const measured = (name: string, value: number, max?: number) => ({
      ...{ name, value, unit: "W" },
      ...(max === undefined ? {} : { max }),
    });
    const stages = [
      attempt("PSU", 0, { measurements: [measured("old", 200, 100)] }),
      attempt("PSU", 9, {
        attempt: 2,
        measurements: [
          measured("free", 1),
          measured("fine", 50, 100),
          measured("near", 99, 100),
          measured("over", 101, 100),
        ],
      }),
    ];
    const rows = measurementRows(detail({ stages }));
    expect(rows.map(({ name }) => name)).toEqual(["over", "near", "fine", "free", "old"]);
    expect(rows.at(-1)?.superseded).toBe(true);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  test("have the title that their stage gave them", () => {
    const catalogue = {
      stages: [
        {
          ...{ name: "SMART" as const, title: "Disks", tools: [] },
          measurements: [{ name: "disk.available_spare", unit: "%", title: "Spare left" }],
        },
      ],
    };
    const rows = measurementRows(detail({ stages: goodStages(), catalogue }));
    expect(rows.find(({ name }) => name === "disk.available_spare")?.title).toBe("Spare left");
    expect(rows.find(({ name }) => name === "psu.rail")?.title).toBeNull();
  });
});

describe("firmware", () => {
  const pins = [
    { component: "bios", version: "2.19.1" },
    { component: "nic", version: "22.40.1" },
    { component: "nvme", version: "E2MU200" },
  ] as const;

  test("is one line an item, with its pin and the other run's version; what differs first", () => {
    const before = FIRMWARE.filter(({ component }) => component !== "bmc");
    const other = diffSnapshots(before, FIRMWARE).map((row) => ({ ...row, expected: row.before }));
    const lines = firmwareLines(FIRMWARE, diffFirmware(pins, FIRMWARE), other);
    const short = lines.map(({ component, pin, other: was }) => [
      component,
      pin?.standing,
      was?.kind,
    ]);
    expect(short).toEqual([
      ["nic", "mismatch", "same"],
      ["bmc", "unpinned", "added"],
      ["nvme", "missing", undefined],
      ["bios", "match", "same"],
    ]);
    expect(lines.map(differs)).toEqual([true, true, true, false]);
  });

  test("without spec and without another run only what could not be read stands out", () => {
    const lines = firmwareLines(FIRMWARE, null, null);
    expect(lines.filter(differs).map(({ component }) => component)).toEqual(["bmc"]);
    expect(lines.every(({ pin, other }) => pin === null && other === null)).toBe(true);
  });
});

describe("tabs", () => {
  test("are marked where something is wrong, and nowhere else", () => {
    expect(tabMarks(detail())).toEqual({});
    expect(tabMarks(gappyRun()).overview).toMatchObject({ count: 1, tone: "gaps" });
    const marks = tabMarks(holdingRun());
    expect(Object.keys(marks).sort()).toEqual(["graphs", "measurements"]);
    expect(marks.measurements).toMatchObject({ count: 1, tone: "bad" });
  });
});

describe("the log", () => {
  const line = (sequence: number, changes: Partial<LogLine> = {}): LogLine => ({
    ...{ sequence, stage: null, t: "2026-03-02T09:00:00.000Z", source: "agent", text: "x" },
    level: "info",
    ...changes,
  });

  test("is filtered by level and worse, and by stage", () => {
    const lines = [line(1), line(2, { level: "error" }), line(3, { stage: "SMART" })];
    const sequences = (shown: LogLine[]) => shown.map(({ sequence }) => sequence);
    expect(sequences(filteredLog(lines, { level: "warn", stage: null }))).toEqual([2]);
    expect(sequences(filteredLog(lines, { level: "debug", stage: "SMART" }))).toEqual([3]);
  });

  test("search marks every hit whatever its case, and loses no letter", () => {
    expect(matchesIn(["aNeedle", "hay", "needle"], "NEEDLE")).toEqual([0, 2]);
    expect(matchesIn(["a"], "")).toEqual([]);
    const pieces = marked("Ab ab AB", "ab");
    expect(pieces.map(({ text }) => text).join("")).toBe("Ab ab AB");
    expect(pieces.filter(({ hit }) => hit).map(({ text }) => text)).toEqual(["Ab", "ab", "AB"]);
    // Lower case of this letter is longer: no mark is better than one beside the word.
    expect(marked("İx", "x")).toEqual([{ text: "İx", hit: false }]);
  });

  test("chunks keep their place when lines come before or after", () => {
    const numbers = Array.from({ length: 3 * CHUNK }, (_, index) => index);
    const middle = chunked(numbers.slice(CHUNK, 2 * CHUNK), (n) => n);
    const all = chunked(numbers, (n) => n);
    expect(all.length).toBe(3);
    expect(all[1]).toEqual({ ...middle[0], from: CHUNK });
  });
});

describe("the time that graphs show", () => {
  const whole = { from: 0, to: 3_600_000 };

  test("follows the end, is the whole, or stands still", () => {
    expect(windowOf(LIVE, whole)).toEqual({ from: 3_300_000, to: 3_600_000 });
    expect(windowOf(LIVE, { from: 0, to: 60_000 })).toEqual({ from: 0, to: 60_000 });
    expect(windowOf(WHOLE, whole)).toEqual(whole);
  });

  test("a drag either way is the same part, within the run and wide enough to see something", () => {
    const part = { kind: "span", from: 60_000, to: 120_000 };
    expect(spanOf(60_000, 120_000, whole)).toEqual(part);
    expect(spanOf(120_000, 60_000, whole)).toEqual(part);
    expect(spanOf(-50_000, 50_000, whole)).toEqual({ kind: "span", from: 0, to: 100_000 });
    expect(spanOf(100, 101, whole)).toEqual({ kind: "span", from: 0, to: 5000 });
  });

  test("steps: half, twice, half a width on; as wide as the run is the run", () => {
    const half = stepped(WHOLE, "in", whole);
    expect(half).toEqual({ kind: "span", from: 900_000, to: 2_700_000 });
    expect(stepped(half, "later", whole)).toEqual({ kind: "span", from: 1_800_000, to: 3_600_000 });
    expect(stepped(half, "earlier", whole)).toEqual({ kind: "span", from: 0, to: 1_800_000 });
    expect(stepped(half, "out", whole)).toEqual(WHOLE);
    // At the end there is no later.
    const last = stepped(half, "later", whole);
    expect(stepped(last, "later", whole)).toEqual(last);
  });
});

describe("readings", () => {
  const series = new Series("W");
  series.setHistory([
    [1000, 1, 9, 5],
    [2000, 2, 3, 2.5],
    [9000, 50, 60, 55],
  ]);

  test("newest, least and greatest are those of the time shown", () => {
    expect(readingOf(series, { from: 0, to: 5000 })).toEqual({
      latest: 2.5,
      least: 1,
      greatest: 9,
    });
    expect(readingOf(series, { from: 3000, to: 5000 })).toBeNull();
    expect(readingOf(null, { from: 0, to: 5000 })).toBeNull();
  });

  test("the time of all charts is from the first to the last sample of any sensor", () => {
    expect(extent([series, null])).toEqual({ from: 1000, to: 9000 });
    expect(extent([new Series("W")])).toBeNull();
  });
});

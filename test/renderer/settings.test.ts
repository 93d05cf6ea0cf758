import { beforeEach, describe, expect, test, vi } from "vitest";
import { pathText } from "../../contract/key-path.ts";
import { BUILT_IN_PROFILES } from "../../contract/stage-params.ts";
import { STAGES } from "../../contract/stages.ts";
import { vettingConfigSchema } from "../../contract/vetting-config.ts";
import {
  dropEdit,
  dropEdits,
  editAt,
  setEdit,
  setText,
  useDraft,
  valueAt,
  withValue,
} from "../../renderer/settings/draft.ts";
import { GENERAL_SECTIONS } from "../../renderer/settings/general-keys.ts";
import { lineStarts, linesBeside } from "../../renderer/settings/lines.ts";
import { STAGE_KEYS } from "../../renderer/settings/stage-keys.ts";

describe("what is not saved", () => {
  const listeners = new Set<unknown>();
  vi.stubGlobal("window", {
    addEventListener: (_: string, listener: unknown) => listeners.add(listener),
    removeEventListener: (_: string, listener: unknown) => listeners.delete(listener),
  });
  beforeEach(() => {
    dropEdits();
    setText(null);
  });

  test("is one change a place, the last one", () => {
    setEdit(["vetting", "boot", "timeoutMinutes"], 1);
    setEdit(["vetting", "boot", "timeoutMinutes"], 2);
    setEdit(["vetting", "thresholds"], []);
    const { edits } = useDraft.getState();
    expect([...edits.values()]).toEqual([
      { path: ["vetting", "boot", "timeoutMinutes"], value: 2 },
      { path: ["vetting", "thresholds"], value: [] },
    ]);
    dropEdit(["vetting", "thresholds"]);
    expect(editAt(useDraft.getState().edits, ["vetting", "thresholds"])).toBeUndefined();
  });

  test("a key that goes is sent without a value", () => {
    setEdit(["vetting", "boot", "timeoutMinutes"], undefined);
    const [edit] = useDraft.getState().edits.values();
    expect(JSON.parse(JSON.stringify(edit))).toEqual({
      path: ["vetting", "boot", "timeoutMinutes"],
    });
  });

  test("makes the window ask before it closes, and only then", () => {
    expect(listeners.size).toBe(0);
    setEdit(["vetting", "boot", "timeoutMinutes"], 1);
    expect(listeners.size).toBe(1);
    setText({ now: "a", revision: "r" });
    dropEdits();
    expect(listeners.size).toBe(1);
    setText(null);
    expect(listeners.size).toBe(0);
  });
});

test("a path is named as the server names it", () => {
  expect(pathText(["vetting", "specs", 0, "firmware", 2, "version"])).toBe(
    "vetting.specs[0].firmware[2].version",
  );
  expect(pathText(["vetting", "profiles", "my one"])).toBe('vetting.profiles."my one"');
});

test("data is changed at a path without touching the old", () => {
  const data = [{ name: "a", match: { product: "p" } }, { name: "b" }];
  expect(withValue(data, [0, "match", "product"], "q")).toEqual([
    { name: "a", match: { product: "q" } },
    { name: "b" },
  ]);
  expect(withValue(data, [1, "expect", "disks"], 2)).toEqual([
    data[0],
    { name: "b", expect: { disks: 2 } },
  ]);
  expect(withValue(data, [0, "match"], undefined)).toEqual([{ name: "a" }, { name: "b" }]);
  expect(withValue(data, [0], undefined)).toEqual([{ name: "b" }]);
  expect(valueAt(data, [0, "match", "product"])).toBe("p");
  expect(valueAt(data, [5, "match"])).toBeUndefined();
});

test("the forms have a field for every key of vetting.yaml", () => {
  const { profiles, thresholds, specs, ...general } = vettingConfigSchema.parse({
    vetting: {},
  }).vetting;
  expect([profiles, thresholds, specs]).toBeDefined();
  const keys = Object.entries(general).flatMap(([section, values]) =>
    Object.keys(values).map((key) => `${section}.${key}`),
  );
  const shown = GENERAL_SECTIONS.flatMap((section) =>
    section.keys.map(({ path }) => path.join(".")),
  );
  // The address is chosen among the interfaces.
  expect([...shown, "lab.address"].toSorted()).toEqual(keys.toSorted());
});

test.each(STAGES)("the profile form has a field for every parameter of %s", (stage) => {
  const shown = (STAGE_KEYS[stage] ?? []).map(({ key }) => key);
  expect(shown.toSorted()).toEqual(Object.keys(BUILT_IN_PROFILES.quick[stage]).toSorted());
});

test("lines of a text", () => {
  expect(lineStarts("a\nbc\n")).toEqual([0, 2, 5]);
  expect(lineStarts("")).toEqual([0]);
  expect(linesBeside("a\nb\na", "b\na")).toEqual([
    { number: 1, text: "a", other: false },
    { number: 2, text: "b", other: false },
    { number: 3, text: "a", other: true },
  ]);
});

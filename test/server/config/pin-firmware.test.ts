import { describe, expect, test } from "vitest";
import { diffFirmware, type FirmwareRow } from "../../../contract/firmware.ts";
import { pinEdit, pinsOf } from "../../../server/config/pin-firmware.ts";

function row(
  patch: Pick<FirmwareRow, "component" | "version"> & Partial<FirmwareRow>,
): FirmwareRow {
  return {
    identifier: "system",
    aliases: [],
    vendor: null,
    model: null,
    date: null,
    problem: null,
    ...patch,
  };
}
const nic = (identifier: string, model: string | null, version: string | null) =>
  row({ component: "nic", identifier, model, version });

describe("pins of a snapshot", () => {
  test("one for a component whose items all have one version", () => {
    const snapshot = [
      row({ component: "bios", version: "2.10" }),
      nic("0000:3b:00.0", "X710", "9.20"),
      nic("0000:3b:00.1", "X710", "9.20"),
    ];
    expect(pinsOf(snapshot)).toEqual([
      { component: "bios", version: "2.10" },
      { component: "nic", version: "9.20" },
    ]);
  });

  test("one a model where the models differ, and one an item where that does not tell them apart", () => {
    const snapshot = [
      nic("a", "X710", "9.20"),
      nic("b", "X710", "9.20"),
      nic("c", "I350", "1.63"),
      nic("d", "E810", "4.0"),
      nic("e", "E810", "4.1"),
      nic("f", null, "7"),
    ];
    expect(pinsOf(snapshot)).toEqual([
      { component: "nic", identifier: "X710", version: "9.20" },
      { component: "nic", identifier: "I350", version: "1.63" },
      { component: "nic", identifier: "d", version: "4.0" },
      { component: "nic", identifier: "e", version: "4.1" },
      { component: "nic", identifier: "f", version: "7" },
    ]);
  });

  test("none for what could not be read", () => {
    const snapshot = [
      row({ component: "bmc", version: null }),
      nic("a", null, "1"),
      nic("b", null, null),
    ];
    expect(pinsOf(snapshot)).toEqual([{ component: "nic", identifier: "a", version: "1" }]);
  });

  test("the snapshot fulfils its own pins", () => {
    const snapshot = [
      row({ component: "bios", version: "2.10" }),
      nic("a", "X710", "9.20"),
      nic("b", "X710", "9.20"),
      nic("c", "E810", "4.0"),
      nic("d", "E810", "4.1"),
    ];
    const kinds = diffFirmware(pinsOf(snapshot), snapshot).map(({ kind }) => kind);
    expect(kinds).toEqual(["match", "match", "match", "match", "match"]);
  });
});

describe("where they go", () => {
  const pins = [{ component: "bios", version: "2" }] as const;
  const host = { vendor: "Dell Inc.", product: "PowerEdge R640" };

  test("into the spec of the name", () => {
    const specs = [
      { name: "a", expect: {}, firmware: [] },
      { name: "b", expect: {}, firmware: [] },
    ];
    expect(pinEdit(specs, "b", host, pins)).toEqual({
      path: ["vetting", "specs", 1, "firmware"],
      value: pins,
    });
  });

  test("into a new one that matches what the host is", () => {
    expect(pinEdit([], "r640", host, pins)).toEqual({
      path: ["vetting", "specs", 0],
      value: { name: "r640", match: host, firmware: pins },
    });
  });

  test("into a new one without a match, where only the vendor is known", () => {
    expect(pinEdit([], "x", { vendor: "Dell Inc.", product: null }, pins).value).toEqual({
      name: "x",
      firmware: pins,
    });
  });
});

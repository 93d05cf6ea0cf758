import { describe, expect, test } from "vitest";
import {
  diffFirmware,
  diffSnapshots,
  type FirmwareRow,
  firmwareRowSchema,
} from "../../contract/firmware.ts";

const row = (more: Partial<FirmwareRow> & Pick<FirmwareRow, "component" | "identifier">) =>
  firmwareRowSchema.parse({ version: "1.0", ...more });

const BIOS = row({ component: "bios", identifier: "system", version: "2.19.1" });
const NIC_A = row({
  component: "nic",
  identifier: "0000:3b:00.0",
  aliases: ["eno1"],
  model: "MT27800",
  version: "22.31.6",
});
const NIC_B = row({
  component: "nic",
  identifier: "0000:3b:00.1",
  aliases: ["eno2"],
  version: "22.0",
});
const SNAPSHOT = [BIOS, NIC_A, NIC_B];

describe("firmware against the pins of a spec", () => {
  test("the same version matches", () => {
    expect(diffFirmware([{ component: "bios", version: "2.19.1" }], SNAPSHOT)).toEqual([
      {
        kind: "match",
        component: "bios",
        identifier: "system",
        expected: "2.19.1",
        actual: "2.19.1",
      },
    ]);
  });

  test("a pin without identifier fans out across all items of its component", () => {
    const rows = diffFirmware([{ component: "nic", version: "22.31.6" }], SNAPSHOT);
    expect(rows.map(({ kind, identifier }) => [kind, identifier])).toEqual([
      ["match", "0000:3b:00.0"],
      ["mismatch", "0000:3b:00.1"],
    ]);
  });

  test.each(["0000:3b:00.0", "eno1", "ENO1", "mt27800"])(
    "a pin with the identifier %s applies to that item alone",
    (identifier) => {
      const rows = diffFirmware([{ component: "nic", identifier, version: "22.31.6" }], SNAPSHOT);
      expect(rows.map(({ kind, identifier: id }) => [kind, id])).toEqual([
        ["match", "0000:3b:00.0"],
      ]);
    },
  );

  test("an item with a pin of its own is not judged by the general one", () => {
    const pins = [
      { component: "nic" as const, version: "22.31.6" },
      { component: "nic" as const, identifier: "eno2", version: "22.0" },
    ];
    expect(diffFirmware(pins, SNAPSHOT).map(({ kind }) => kind)).toEqual(["match", "match"]);
  });

  test("a pin that matches nothing is missing, and so a mismatch", () => {
    expect(diffFirmware([{ component: "hba", version: "1" }], SNAPSHOT)).toEqual([
      { kind: "missing", component: "hba", identifier: null, expected: "1", actual: null },
    ]);
  });

  test("a version that could not be read is never a match", () => {
    const unread = row({
      component: "bmc",
      identifier: "system",
      version: null,
      problem: "no IPMI",
    });
    const [diff] = diffFirmware([{ component: "bmc", version: "1.0" }], [unread]);
    expect(diff).toMatchObject({ kind: "unread", actual: null });
  });

  test("no pins, no rows", () => {
    expect(diffFirmware([], SNAPSHOT)).toEqual([]);
  });
});

describe("two snapshots side by side", () => {
  test("tells same, changed, added and removed", () => {
    const after = [{ ...BIOS, version: "2.20" }, NIC_A, row({ component: "hba", identifier: "0" })];
    expect(
      diffSnapshots(SNAPSHOT, after).map(({ kind, identifier }) => [kind, identifier]),
    ).toEqual([
      ["changed", "system"],
      ["same", "0000:3b:00.0"],
      ["added", "0"],
      ["removed", "0000:3b:00.1"],
    ]);
  });
});

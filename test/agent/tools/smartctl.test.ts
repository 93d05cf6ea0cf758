import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { judgeSmart, parseSmartctl, readSmart, smartData } from "../../../agent/tools/smartctl.ts";
import {
  answering,
  fixture,
  hasSharedCaptures,
  sharedCapture,
  sharedCaptureFolder,
} from "../fixture-host.ts";
import { ataDisk, nvmeDisk, smartJson } from "./smart-json.ts";

function verdictOf(json: object, before: object | null = null) {
  const read = (value: object) => {
    const parsed = parseSmartctl(JSON.stringify(value));
    if (parsed.kind !== "ok") throw new Error(`not readable: ${parsed.kind}`);
    return smartData("/dev/sda", parsed.value);
  };
  return judgeSmart(before === null ? null : read(before), read(json));
}

describe("smartctl's exit status is a bit mask", () => {
  test("a healthy disk that failed one optional command (bit 2) passes", () => {
    expect(verdictOf(ataDisk({ exitStatus: 4 }))).toMatchObject({ result: "pass", reasons: [] });
  });

  test("bit 2 without health is an error: nothing can be claimed", () => {
    const verdict = verdictOf({ ...smartJson(4), device: { protocol: "SCSI" } });
    expect(verdict.result).toBe("error");
    expect(verdict.reasons.join()).toContain("answers no SMART");
  });

  test("health without any attribute is an error", () => {
    const json = { ...smartJson(4), smart_status: { passed: true } };
    expect(verdictOf(json).result).toBe("error");
  });

  test.each([8, 16])("bit value %i (failing, prefail) fails the disk", (exitStatus) => {
    expect(verdictOf(ataDisk({ exitStatus })).result).toBe("fail");
  });

  test("bit 5 (below threshold in the past) is a warning", () => {
    const verdict = verdictOf(ataDisk({ exitStatus: 32 }));
    expect(verdict.result).toBe("pass");
    expect(verdict.warnings.join()).toContain("in the past");
  });

  test("old entries in the error log (bit 6) and self-test log (bit 7) do not fail a disk", () => {
    const old = ataDisk({ exitStatus: 64 + 128, errorLog: 98 });
    expect(verdictOf(old, old).result).toBe("pass");
  });

  test("an error log that grew during the run fails it", () => {
    const verdict = verdictOf(
      ataDisk({ exitStatus: 64, errorLog: 99 }),
      ataDisk({ exitStatus: 64, errorLog: 98 }),
    );
    expect(verdict).toMatchObject({
      result: "fail",
      reasons: ["1 more error log entries than at the start."],
    });
  });

  test("bits 0 and 1 are an error in smartctl's own words, with the device named", async () => {
    const run = answering({
      smartctl: { stdout: fixture("smartctl/virtio-exit1.json"), exitCode: 1 },
    });
    const reading = await readSmart({ run }, "/dev/vda");
    expect(reading).toMatchObject({ kind: "tool-failed", device: "/dev/vda" });
    expect(judgeSmart(null, reading)).toMatchObject({ device: "/dev/vda", result: "error" });
  });

  test("a missing smartctl is an error of the disk, too", async () => {
    const reading = await readSmart({ run: answering({}) }, "/dev/sda");
    expect(judgeSmart(null, reading)).toMatchObject({
      result: "error",
      reasons: ["smartctl is not installed."],
    });
  });

  test("text instead of JSON is unreadable, not an exception", async () => {
    const run = answering({ smartctl: "Segmentation fault" });
    expect(await readSmart({ run }, "/dev/sda")).toMatchObject({ kind: "unreadable" });
  });
});

describe("ATA attributes", () => {
  test.each([
    [187, "reported uncorrectable"],
    [197, "pending"],
    [198, "offline uncorrectable"],
  ])("attribute %i above zero is lost data and fails", (id, words) => {
    const verdict = verdictOf(ataDisk({ attributes: { [id]: "3" } }));
    expect(verdict.result).toBe("fail");
    expect(verdict.reasons.join()).toContain(words);
  });

  test.each([5, 196, 199])("attribute %i above zero is a warning, and growth a failure", (id) => {
    const before = ataDisk({ attributes: { [id]: "4" } });
    expect(verdictOf(before, before)).toMatchObject({ result: "pass" });
    expect(verdictOf(before).warnings).toHaveLength(1);
    expect(verdictOf(ataDisk({ attributes: { [id]: "5" } }), before).result).toBe("fail");
  });

  test("of a packed raw value the first number counts", () => {
    const verdict = verdictOf(ataDisk({ attributes: { 5: "12 (0 34)" } }));
    expect(verdict.warnings).toEqual(["12 reallocated sectors (5)."]);
  });

  test("SMART switched off is an error", () => {
    const json = { ...ataDisk({}), smart_support: { available: true, enabled: false } };
    expect(verdictOf(json).reasons).toEqual(["SMART is switched off in the drive."]);
  });
});

describe("NVMe health", () => {
  test.each([
    [1, "spare"],
    [2, "temperature"],
    [4, "reliability"],
    [8, "read-only"],
    [16, "backup"],
  ])("critical warning %i is named", (bit, words) => {
    const verdict = verdictOf(nvmeDisk({ critical_warning: bit }));
    expect(verdict.result).toBe("fail");
    expect(verdict.reasons.join()).toContain(words);
  });

  test("spare below its threshold, media errors and used-up endurance fail", () => {
    expect(verdictOf(nvmeDisk({ available_spare: 9 })).result).toBe("fail");
    expect(verdictOf(nvmeDisk({ available_spare: 10 })).result).toBe("pass");
    expect(verdictOf(nvmeDisk({ media_errors: 1 })).result).toBe("fail");
    expect(verdictOf(nvmeDisk({ percentage_used: 100 })).result).toBe("fail");
    expect(verdictOf(nvmeDisk({ percentage_used: 95 }))).toMatchObject({ result: "pass" });
    expect(verdictOf(nvmeDisk({ percentage_used: 95 })).warnings).toHaveLength(1);
  });

  test("thousands of error-log entries are normal: drives log every command they do not know", () => {
    const before = nvmeDisk({ num_err_log_entries: 4871 });
    expect(verdictOf(nvmeDisk({ num_err_log_entries: 4873 }), before).result).toBe("pass");
  });
});

describe.runIf(hasSharedCaptures())("disks of other people", () => {
  const failing: Readonly<Record<string, string>> = {
    "nvme-gcm-156609-error-entries.json": "Spare capacity is 0 %",
    "nvme-samsung-pm1725-critical-warning-16.json": "0x10",
    "sat-hdd-hp-mb0500-reported-uncorrect.json": "(187)",
    "scsi-seagate-st373453-grown-defects.json": "536 uncorrected",
    "usb-jmicron-exit216-failing.json": "5 Reallocated_Sector_Ct",
  };
  const erring = ["info_nvme.json", "raid-volume-no-smart-exit4.json"];
  const unopened = ["open-failed-exit2.json", "virtio-disk-exit1.json"];
  const files = hasSharedCaptures()
    ? readdirSync(sharedCaptureFolder("smartctl")).filter((file) => !file.startsWith("scan"))
    : [];

  test("there are captures to judge", () => {
    expect(files.length).toBeGreaterThanOrEqual(38);
  });

  test.each(files)("%s", (file) => {
    const parsed = parseSmartctl(sharedCapture(`smartctl/${file}`));
    if (unopened.includes(file)) {
      expect(parsed.kind).toBe("tool-failed");
      return;
    }
    if (parsed.kind !== "ok") throw new Error(parsed.kind);
    const verdict = judgeSmart(null, smartData(file, parsed.value));
    const expected = file in failing ? "fail" : erring.includes(file) ? "error" : "pass";
    expect(verdict.result).toBe(expected);
    expect(verdict.reasons.join(" ")).toContain(failing[file] ?? "");
  });
});

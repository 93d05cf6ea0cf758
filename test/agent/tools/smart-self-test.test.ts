import { describe, expect, test } from "vitest";
import { parseIdCtrl, parseSelfTestLog } from "../../../agent/tools/nvme.ts";
import {
  nvmeControllerOf,
  nvmeState,
  smartctlState,
  startSelfTest,
} from "../../../agent/tools/smart-self-test.ts";
import { parseSmartctl } from "../../../agent/tools/smartctl.ts";
import type { SmartctlJson } from "../../../agent/tools/smartctl-json.ts";
import { answering, fixture, hasSharedCaptures, hostTree, sharedCapture } from "../fixture-host.ts";
import { ataDisk, smartJson } from "./smart-json.ts";

const noFiles = hostTree({});

function parsed(json: object | string): SmartctlJson {
  const reading = parseSmartctl(typeof json === "string" ? json : JSON.stringify(json));
  if (reading.kind !== "ok") throw new Error(reading.kind);
  return reading.value;
}

describe("a SATA disk", () => {
  const idle = parsed(ataDisk({}));

  test("tells how much of its test is left", () => {
    const running = parsed(ataDisk({ selfTest: 0xf3 }));
    expect(smartctlState(running, idle)).toEqual({ kind: "running", remainingPercent: 30 });
  });

  test.each([0x39, 0x49, 0x59, 0x69, 0x79, 0x89])("status %i is a failed test", (selfTest) => {
    expect(smartctlState(parsed(ataDisk({ selfTest })), idle).kind).toBe("failed");
  });

  test.each([0x19, 0x29])("status %i is a test that something else ended", (selfTest) => {
    expect(smartctlState(parsed(ataDisk({ selfTest })), idle).kind).toBe("aborted");
  });

  test("has passed only with a new entry in its log: status 0 also means never run", () => {
    const after = parsed(ataDisk({ selfTestLog: [{ lifetime_hours: 1, passed: true }] }));
    expect(smartctlState(after, idle).kind).toBe("passed");
    expect(smartctlState(idle, idle).kind).toBe("aborted");
  });

  test("a full log of equal entries: one of this very hour will do", () => {
    const log = parsed(ataDisk({ selfTestLog: [{ lifetime_hours: 1000, passed: true }] }));
    expect(smartctlState(log, log).kind).toBe("passed");
  });

  test("QEMU's disk ran its short test", async () => {
    const run = answering({
      "smartctl --json=co -t short /dev/sda": fixture("smartctl/qemu-sata-test-started.json"),
      smartctl: fixture("smartctl/qemu-sata-after-test.json"),
    });
    expect(smartctlState(parsed(fixture("smartctl/qemu-sata-after-test.json")), idle).kind).toBe(
      "passed",
    );
    expect((await startSelfTest({ run, files: noFiles }, "sda", "short")).kind).toBe("started");
  });

  test("an extended test is smartctl's long one", async () => {
    const run = answering({ smartctl: fixture("smartctl/qemu-sata-test-started.json") });
    await startSelfTest({ run, files: noFiles }, "sda", "extended");
    expect(run.calls).toContain("smartctl --json=co -t long /dev/sda");
  });

  test("a drive without self-tests says so", async () => {
    const refused = {
      smartctl: {
        exit_status: 0,
        output: ["Warning: device does not support Self-Test functions.", "Testing has begun."],
      },
    };
    const run = answering({
      "smartctl --json=co -t short /dev/sda": JSON.stringify(refused),
      smartctl: JSON.stringify(ataDisk({})),
    });
    expect(await startSelfTest({ run, files: noFiles }, "sda", "short")).toEqual({
      kind: "unsupported",
      message: "Warning: device does not support Self-Test functions.",
    });
  });

  test("one that is running already is ended first, since its kind is unknown", async () => {
    const run = answering({
      "smartctl --json=co -t short /dev/sda": fixture("smartctl/qemu-sata-test-started.json"),
      smartctl: JSON.stringify(ataDisk({ selfTest: 0xf9 })),
    });
    await startSelfTest({ run, files: noFiles }, "sda", "short");
    expect(run.calls).toContain("smartctl --json=c -X /dev/sda");
  });
});

describe("a SAS disk", () => {
  const sas = (row: string | null) =>
    parsed({
      smartctl: { version: [7, 3], exit_status: 0, output: row === null ? [] : [row] },
      device: { protocol: "SCSI" },
    });
  const old = sas(
    "# 1  Background short  Completed                   -    100                 - [-   -    -]",
  );

  test.each([
    [
      "# 1  Background short  Self test in progress ...   -    NOW                 - [-   -    -]",
      "running",
    ],
    [
      "# 1  Background short  Completed                   -    120                 - [-   -    -]",
      "passed",
    ],
    [
      "# 1  Background long   Failed in segment -->       3    120            123 [0x3 0x11 0x0]",
      "failed",
    ],
    [
      "# 1  Background long   Completed, segment failed   -    120            123 [0x3 0x11 0x0]",
      "failed",
    ],
    [
      "# 1  Background short  Aborted (by user command)   -    120                 - [-   -    -]",
      "aborted",
    ],
  ])("%s", (row, kind) => {
    expect(smartctlState(sas(row), old).kind).toBe(kind);
  });

  test("whose log did not change kept no record of the test", () => {
    expect(smartctlState(old, old).kind).toBe("aborted");
    expect(smartctlState(sas(null), sas(null)).kind).toBe("unsupported");
  });

  test("speaks JSON from smartctl 7.4 on", () => {
    const json = {
      ...smartJson(0),
      device: { protocol: "SCSI" },
      scsi_self_test_0: {
        code: { string: "Background short" },
        result: { value: 0, string: "Completed" },
        power_on_time: { hours: 5 },
      },
    };
    expect(smartctlState(parsed(json), old).kind).toBe("passed");
  });
});

describe("an NVMe drive", () => {
  const empty = { operation: 0, completionPercent: 0, entries: [] };
  const entry = (code: number, result: number) => ({ code, result, powerOnHours: 7 });

  test.each([
    [{ operation: 1, completionPercent: 40, entries: [] }, "running"],
    [{ ...empty, entries: [entry(1, 0)] }, "passed"],
    [{ ...empty, entries: [entry(1, 7)] }, "failed"],
    [{ ...empty, entries: [entry(1, 2)] }, "aborted"],
    [{ ...empty, entries: [entry(2, 0)] }, "aborted"],
    [empty, "aborted"],
  ])("case %#: %o", (log, kind) => {
    expect(nvmeState(empty, log, 1).kind).toBe(kind);
  });

  test("is tested by its controller, also under multipath", async () => {
    const plain = hostTree({}, { "/sys/block/nvme0n1/device": "/sys/class/nvme/nvme2" });
    expect(await nvmeControllerOf(plain, "nvme0n1")).toBe("nvme2");
    const multipath = hostTree(
      {},
      {
        "/sys/block/nvme0n1/device": "/sys/devices/virtual/nvme-subsystem/nvme-subsys0",
        "/sys/class/nvme-subsystem/nvme-subsys0/nvme3": "/sys/class/nvme/nvme3",
      },
    );
    expect(await nvmeControllerOf(multipath, "nvme0n1")).toBe("nvme3");
    expect(await nvmeControllerOf(noFiles, "nvme1n2")).toBe("nvme1");
  });

  test("QEMU's controller has no such command, and is not asked twice", async () => {
    const run = answering({ nvme: fixture("nvme/qemu-id-ctrl.json") });
    expect(await startSelfTest({ run, files: noFiles }, "nvme0n1", "short")).toMatchObject({
      kind: "unsupported",
    });
    expect(run.calls).toEqual(["nvme id-ctrl /dev/nvme0 -o json"]);
  });

  test("the log of a test that was never run and of one that ran", () => {
    const text = JSON.stringify({
      "Current Device Self-Test Operation": 0,
      "Current Device Self-Test Completion": 0,
      "List of Valid Reports": [
        { "Self test result": 0, "Self test code": 2, "Power on hours": "12" },
        { "Self test result": 15 },
      ],
    });
    expect(parseSelfTestLog(text)).toEqual({
      kind: "ok",
      value: { ...empty, entries: [{ code: 2, result: 0, powerOnHours: 12 }] },
    });
    expect(parseSelfTestLog("{}").kind).toBe("unreadable");
  });

  test("capabilities of a controller", () => {
    expect(parseIdCtrl(fixture("nvme/qemu-id-ctrl.json"))).toMatchObject({
      value: { serial: "VTNVME0001", canSelfTest: false, canFormat: true },
    });
  });

  test.runIf(hasSharedCaptures())("capabilities of another maker's controller", () => {
    expect(parseIdCtrl(sharedCapture("nvme-cli/id-ctrl-crypto-erase.json"))).toMatchObject({
      value: { firmware: "11170101", canSelfTest: true, canCryptoErase: true },
    });
  });
});

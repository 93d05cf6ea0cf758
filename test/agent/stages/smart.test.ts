import { describe, expect, test } from "vitest";
import { smart } from "../../../agent/stages/smart.ts";
import type { StageContext } from "../../../agent/stages/stage.ts";
import { stageOutcomeSchema } from "../../../contract/stage-result.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { answering, fixture, hostTree } from "../fixture-host.ts";
import { stageContext } from "../stage-context.ts";
import { ataDisk, nvmeDisk } from "../tools/smart-json.ts";

type Context = StageContext<"SMART">;

const PARAMS: Context["params"] = { selfTest: "none", selfTestTimeoutSeconds: 600 };
const SHORT: Context["params"] = { ...PARAMS, selfTest: "short" };

const sata = (name: string, extra: object = {}) => ({
  name,
  kname: name,
  type: "disk",
  tran: "sata",
  size: 1000,
  ...extra,
});
const lsblk = (...blockdevices: object[]) => JSON.stringify({ blockdevices });

const STARTED = fixture("smartctl/qemu-sata-test-started.json");
const LOGGED = ataDisk({ selfTestLog: [{ lifetime_hours: 1, passed: true }] });

async function examine(
  answers: Parameters<typeof answering>[0],
  params = PARAMS,
  overrides: Partial<Context> = {},
) {
  const run = answering(answers);
  const { ctx, posted } = stageContext<"SMART">(params, { run, files: hostTree({}), ...overrides });
  const report = await smart.run(ctx);
  const at = "2026-01-01T00:00:00.000Z";
  stageOutcomeSchema.parse({ ...report, stage: "SMART", startedAt: at, endedAt: at });
  return { report, run, posted, elapsedS: ctx.clock.monotonicS() };
}

/** Answers one after another, the last one for good. */
function inTurn(...answers: object[]) {
  let next = 0;
  return () => JSON.stringify(answers[Math.min(next++, answers.length - 1)]);
}

describe("which disks are examined", () => {
  test("a virtual machine's disk is skipped by name, and the stage claims nothing", async () => {
    const { report, run } = await examine({ lsblk: fixture("lsblk/virtio-root.json") });
    expect(report).toMatchObject({ status: "skipped", result: "not_applicable" });
    expect(report.reason).toContain("vda (a virtio disk has no SMART)");
    expect(report.gaps).toContainEqual({
      what: "SMART of vda",
      why: "a virtio disk has no SMART",
      absent: false,
    });
    expect(run.calls).toEqual(["lsblk -J -b -O"]);
  });

  test("a USB disk is a gap; loops, optical and virtual media are no drives and only logged", async () => {
    const { report, posted } = await examine({
      lsblk: lsblk(
        sata("sda"),
        sata("sdb", { tran: "usb", model: "Flash" }),
        sata("sdc", { tran: "usb", model: "Virtual Floppy" }),
        sata("sr0", { type: "rom" }),
        sata("loop0", { type: "loop" }),
      ),
      smartctl: JSON.stringify(ataDisk({})),
    });
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    const named = report.gaps?.filter(({ what }) => what.startsWith("SMART of"));
    expect(named?.map(({ what, absent }) => [what, absent])).toEqual([["SMART of sdb", false]]);
    expect(posted.log.filter((line) => line.startsWith("SMART of"))).toEqual([
      "SMART of sdb: a USB disk is not examined",
      "SMART of sdc: virtual media of the BMC or an empty card reader (Virtual Floppy)",
      "SMART of sr0: an optical or virtual drive (model unknown)",
      "SMART of loop0: a loop device: a file, no drive",
    ]);
  });

  test("a host without any disk is skipped", async () => {
    const { report } = await examine({ lsblk: lsblk() });
    expect(report).toMatchObject({ status: "skipped", gaps: [{ what: "SMART", absent: true }] });
  });

  test("without lsblk nobody knows: an error", async () => {
    const { report } = await examine({});
    expect(report).toMatchObject({ status: "error", reason: "lsblk is not installed." });
  });
});

describe("what the disks say", () => {
  test("a healthy SATA and a healthy NVMe drive of QEMU pass, exit status 4 and all", async () => {
    const { report, posted } = await examine({
      lsblk: fixture("lsblk/qemu-sata-usb-nvme.json"),
      "smartctl --json=c -x /dev/sda": {
        stdout: fixture("smartctl/qemu-sata-exit4.json"),
        exitCode: 4,
      },
      "smartctl --json=c -x /dev/nvme0n1": fixture("smartctl/qemu-nvme.json"),
    });
    expect(report).toMatchObject({
      status: "complete",
      result: "pass",
      toolVersions: { smartctl: "7.3" },
    });
    expect(report.measurements).toContainEqual({
      name: "smart.media_errors",
      value: 0,
      unit: "1",
      item: "nvme0n1",
      max: 0,
    });
    expect(posted.evidence.map(({ kind, name }) => [kind, name])).toEqual([
      ["smart", "smart.json"],
    ]);
  });

  test("temperatures are samples under the name that thresholds use, before and after", async () => {
    const sampled: unknown[] = [];
    await examine({ lsblk: lsblk(sata("sda")), smartctl: JSON.stringify(ataDisk({})) }, PARAMS, {
      sample: (reading) => sampled.push(reading),
    });
    const reading = { sensor: "disk.temp[sda]", value: 31, unit: "Cel" };
    expect(sampled).toEqual([reading, reading]);
  });

  test("an NVMe drive with a critical warning fails and is named with its serial", async () => {
    const { report } = await examine({
      lsblk: fixture("lsblk/qemu-sata-usb-nvme.json"),
      "smartctl --json=c -x /dev/sda": fixture("smartctl/qemu-sata-exit4.json"),
      "smartctl --json=c -x /dev/nvme0n1": fixture("smartctl/qemu-nvme-critical-warning-4.json"),
    });
    expect(report).toMatchObject({
      status: "complete",
      result: "fail",
      blame: [{ part: "disk nvme0n1", serial: "VTNVME0001", model: "QEMU NVMe Ctrl" }],
    });
    expect(report.reason).toContain("reliability is degraded");
  });

  test("a disk that answers no SMART is an error, named by slot where Inventory knows it", async () => {
    const listed = {
      name: "sdb",
      byId: null,
      model: "RAID Volume",
      serial: "VT-9",
      wwn: null,
      sizeBytes: 1000,
      transport: null,
      rotational: true,
      slot: "Slot 03",
      inUse: null,
    };
    const { report } = await examine(
      {
        lsblk: lsblk(sata("sda"), sata("sdb", { tran: null })),
        "smartctl --json=c -x /dev/sda": JSON.stringify(ataDisk({})),
        "smartctl --json=c -x /dev/sdb": {
          stdout: fixture("smartctl/qemu-megasas-exit2.json"),
          exitCode: 2,
        },
      },
      PARAMS,
      { inventory: { ...emptyInventory, disks: [listed] } },
    );
    expect(report).toMatchObject({
      status: "error",
      result: "not_applicable",
      blame: [{ part: "disk sdb", slot: "Slot 03", serial: "VT-9" }],
    });
    expect(report.reason).toContain("sdb: smartctl failed: the device could not be opened");
  });

  test("a fault that was found stands, though another disk could not be read", async () => {
    const { report } = await examine({
      lsblk: lsblk(sata("sda"), sata("sdb")),
      "smartctl --json=c -x /dev/sda": JSON.stringify(ataDisk({ attributes: { 197: "8" } })),
      "smartctl --json=c -x /dev/sdb": { stdout: "", exitCode: 1 },
    });
    expect(report).toMatchObject({ status: "complete", result: "fail" });
    expect(report.reason).toContain("sda: 8 pending sectors");
    expect(report.reason).toContain("sdb: smartctl failed");
  });

  test("without smartctl every disk is an error", async () => {
    const { report } = await examine({ lsblk: lsblk(sata("sda")) });
    expect(report).toMatchObject({ status: "error", reason: "sda: smartctl is not installed." });
  });

  test("old reallocated sectors are told, and do not fail", async () => {
    const { report } = await examine({
      lsblk: lsblk(sata("sda")),
      smartctl: JSON.stringify(ataDisk({ attributes: { 5: "304" } })),
    });
    expect(report.result).toBe("pass");
    expect(report.summary).toContain("304 reallocated sectors");
  });
});

describe("self-tests", () => {
  const disk = {
    lsblk: lsblk(sata("sda")),
    "smartctl --json=c -x /dev/sda": JSON.stringify(LOGGED),
    "smartctl --json=co -t short /dev/sda": STARTED,
  };
  const POLL = "smartctl --json=co -c -l selftest -A /dev/sda";

  test("none is said as a gap", async () => {
    const { report } = await examine({ ...disk });
    expect(report.gaps).toEqual([
      { what: "drive self-tests", why: "The profile asks for none.", absent: false },
    ]);
  });

  test("a short one is awaited with its progress told", async () => {
    const running = ataDisk({ selfTest: 0xf4 });
    const { report, posted, elapsedS } = await examine(
      { ...disk, [POLL]: inTurn(ataDisk({}), running, running, LOGGED) },
      SHORT,
    );
    expect(report).toMatchObject({ status: "complete", result: "pass", gaps: [] });
    expect(posted.log).toContain("Self-test of sda: 40 % left.");
    expect(elapsedS).toBe(30);
  });

  test("a failed one fails the disk", async () => {
    const { report } = await examine(
      { ...disk, [POLL]: inTurn(ataDisk({}), ataDisk({ selfTest: 0x79 })) },
      SHORT,
    );
    expect(report).toMatchObject({
      status: "complete",
      result: "fail",
      blame: [{ part: "disk sda" }],
    });
    expect(report.reason).toContain("sda: its self-test failed");
  });

  test("one that does not end in time is stopped, and an error", async () => {
    const { report, run, elapsedS } = await examine(
      { ...disk, [POLL]: inTurn(ataDisk({}), ataDisk({ selfTest: 0xf9 })) },
      { selfTest: "short", selfTestTimeoutSeconds: 25 },
    );
    expect(report).toMatchObject({ status: "error", result: "not_applicable" });
    expect(report.reason).toContain("did not end within 25 s");
    expect(run.calls).toContain("smartctl --json=c -X /dev/sda");
    expect(elapsedS).toBe(25);
  });

  test("one that leaves no trace gave no result: an error", async () => {
    const { report } = await examine({ ...disk, [POLL]: inTurn(ataDisk({}), ataDisk({})) }, SHORT);
    expect(report).toMatchObject({ status: "error" });
    expect(report.reason).toContain("kept no record of the test");
  });

  test("a drive that has none is a gap by name", async () => {
    const { report } = await examine(
      {
        lsblk: lsblk({ name: "nvme0n1", kname: "nvme0n1", type: "disk", tran: "nvme", size: 1000 }),
        smartctl: JSON.stringify(nvmeDisk({})),
        nvme: fixture("nvme/qemu-id-ctrl.json"),
      },
      SHORT,
    );
    expect(report).toMatchObject({
      result: "pass",
      gaps: [{ what: "self-test of nvme0n1", why: "the controller has no self-test command" }],
    });
  });

  test("two namespaces of one controller share one test", async () => {
    const log = (entries: object[], operation = 0) => ({
      "Current Device Self-Test Operation": operation,
      "Current Device Self-Test Completion": 50,
      "List of Valid Reports": entries,
    });
    const passed = { "Self test result": 0, "Self test code": 1, "Power on hours": 3 };
    const namespace = (name: string) => ({
      name,
      kname: name,
      type: "disk",
      tran: "nvme",
      size: 1000,
    });
    const { report, run } = await examine(
      {
        lsblk: lsblk(namespace("nvme0n1"), namespace("nvme0n2")),
        smartctl: JSON.stringify(nvmeDisk({})),
        "nvme id-ctrl /dev/nvme0 -o json": JSON.stringify({
          sn: "1",
          mn: "m",
          fr: "f",
          oacs: 0x10,
        }),
        "nvme self-test-log /dev/nvme0 -o json": inTurn(log([]), log([], 1), log([passed])),
        nvme: "",
      },
      SHORT,
    );
    expect(report).toMatchObject({ status: "complete", result: "pass", gaps: [] });
    expect(run.calls.filter((call) => call.includes("device-self-test"))).toEqual([
      "nvme device-self-test /dev/nvme0 -n 0xffffffff -s 1",
    ]);
  });

  test("cancelling stops the tests in the drives, and the stage claims nothing", async () => {
    const run = answering({ ...disk, [POLL]: inTurn(ataDisk({}), ataDisk({ selfTest: 0xf9 })) });
    const { ctx, abort } = stageContext<"SMART">(SHORT, { run, files: hostTree({}) });
    const sleep = () => {
      abort();
      return Promise.resolve();
    };
    const report = await smart.run({ ...ctx, clock: { ...ctx.clock, sleep } });
    expect(report).toMatchObject({ status: "cancelled", result: "not_applicable" });
    expect(run.calls.at(-1)).toBe("smartctl --json=c -X /dev/sda");
  });
});

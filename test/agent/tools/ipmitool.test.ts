import { describe, expect, test } from "vitest";
import {
  readDcmiPower,
  readFru,
  readMcInfo,
  readSdr,
  readSel,
  readSelCount,
  readSensorThresholds,
  setChassisIdentify,
} from "../../../agent/tools/ipmitool.ts";
import { answering, fixture, hasSharedCaptures, sharedCapture } from "../fixture-host.ts";

const noDevice = { stderr: fixture("ipmitool/no-device.stderr.txt"), exitCode: 1 };

describe("a host without BMC", () => {
  test("is absence, not failure", async () => {
    const ctx = { run: answering({ ipmitool: noDevice }) };
    for (const read of [readMcInfo, readFru, readSdr, readSel, readSelCount, readDcmiPower]) {
      expect((await read(ctx)).kind).toBe("absent");
    }
  });

  test("and without ipmitool is a missing tool", async () => {
    expect((await readSdr({ run: answering({}) })).kind).toBe("tool-missing");
  });
});

describe("an emulated BMC", () => {
  test("says its firmware", async () => {
    const run = answering({ ipmitool: fixture("ipmitool/qemu-mc-info.txt") });
    expect(await readMcInfo({ run })).toEqual({
      kind: "ok",
      value: { firmware: "0.00", ipmiVersion: "2.0", manufacturer: null, product: null },
    });
  });

  test("has one sensor, a watchdog without reading or limits", async () => {
    const sdr = await readSdr({
      run: answering({ ipmitool: fixture("ipmitool/qemu-sdr-elist.txt") }),
    });
    expect(sdr).toMatchObject({
      value: [{ name: "Watchdog", status: "ok", value: null, states: [] }],
    });
    const run = answering({ ipmitool: fixture("ipmitool/qemu-sensor.txt") });
    expect(await readSensorThresholds({ run })).toMatchObject({
      value: [{ name: "Watchdog", value: null, unit: null, upperCritical: null }],
    });
  });

  test("has an empty event log", async () => {
    const count = await readSelCount({
      run: answering({ ipmitool: fixture("ipmitool/qemu-sel-info.txt") }),
    });
    expect(count).toEqual({ kind: "ok", value: 0 });
    const sel = await readSel({
      run: answering({ ipmitool: fixture("ipmitool/qemu-sel-empty.txt") }),
    });
    expect(sel).toEqual({ kind: "ok", value: [] });
  });

  test("does not know DCMI: that is a failure in its words", async () => {
    const stderr = fixture("ipmitool/qemu-dcmi-unsupported.stderr.txt");
    const run = answering({ ipmitool: { stderr, exitCode: 1 } });
    expect(await readDcmiPower({ run })).toMatchObject({
      kind: "tool-failed",
      message: "DCMI request failed because: Invalid command (c1)",
    });
  });

  test("lights its LED until told otherwise", async () => {
    const run = answering({ ipmitool: "Chassis identify interval: indefinite\n" });
    await setChassisIdentify({ run }, "on");
    await setChassisIdentify({ run }, "off");
    expect(run.calls).toEqual(["ipmitool chassis identify force", "ipmitool chassis identify 0"]);
  });
});

describe.runIf(hasSharedCaptures())("BMCs of other people", () => {
  const of = (name: string, exitCode = 0) => ({
    run: answering({ ipmitool: { stdout: sharedCapture(`ipmitool/${name}.txt`), exitCode } }),
  });

  test("Intel's mc info", async () => {
    expect(await readMcInfo(of("mc-info-intel"))).toMatchObject({
      value: { firmware: "1.17", manufacturer: "Intel Corporation" },
    });
  });

  test("Quanta's parts", async () => {
    const fru = await readFru(of("fru-quanta"));
    if (fru.kind !== "ok") throw new Error(fru.kind);
    expect(fru.value[0]?.fields.get("Board Serial")).toBe("QTF3EV41400432");
  });

  test.each([
    ["sdr-elist-dell-short", 7],
    ["sdr-hp-proliant", 52],
    ["sdr-ibm-all", 133],
    ["sdr-short-ibm", 9],
  ])("%s has %i sensors", async (name, count) => {
    const sdr = await readSdr(of(name));
    expect(sdr.kind === "ok" ? sdr.value.length : sdr.kind).toBe(count);
  });

  test("one sensor that does not answer does not spoil the list", async () => {
    const sdr = await readSdr(of("sdr-short-ibm", 1));
    expect(sdr.kind).toBe("ok");
  });

  test("a power supply has watts and a state at once", async () => {
    const sdr = await readSdr(of("sdr-elist-dell-short"));
    if (sdr.kind !== "ok") throw new Error(sdr.kind);
    expect(sdr.value.at(-1)).toEqual({
      name: "Power Supply 1",
      id: "03h",
      entity: "10.1",
      status: "ok",
      value: 110,
      unit: "W",
      states: ["Presence detected"],
    });
  });

  test("the event log of a pulled power supply, with what went and what came", async () => {
    const sel = await readSel(of("sel-csv-psu-pulled"));
    if (sel.kind !== "ok") throw new Error(sel.kind);
    expect(sel.value.map(({ event, asserted }) => [event, asserted])).toContainEqual([
      "Power Supply AC lost",
      true,
    ]);
    expect(sel.value.at(-1)).toMatchObject({ event: "Presence detected", asserted: false });
  });

  test("545 events in the log, 167 W on the meter", async () => {
    expect(await readSelCount(of("sel-info"))).toEqual({ kind: "ok", value: 545 });
    expect(await readDcmiPower(of("dcmi-power-reading-167w"))).toMatchObject({
      value: { currentW: 167, minW: 124, maxW: 422, averageW: 156 },
    });
  });
});

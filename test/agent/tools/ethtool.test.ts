import { describe, expect, test } from "vitest";
import {
  parseDriver,
  parseEthtoolStats,
  parseLinkSettings,
  readDriver,
  readEthtoolStats,
} from "../../../agent/tools/ethtool.ts";
import { answering, fixture, hasSharedCaptures, sharedCapture } from "../fixture-host.ts";

describe("link settings", () => {
  test("a gigabit card with link", () => {
    expect(parseLinkSettings(fixture("ethtool/qemu-e1000e.txt"))).toMatchObject({
      speedMbps: 1000,
      maxSpeedMbps: 1000,
      duplex: "full",
      linkDetected: true,
    });
  });

  test("a virtio card knows neither its speed nor its modes", () => {
    expect(parseLinkSettings(fixture("ethtool/virtio.txt"))).toMatchObject({
      speedMbps: null,
      maxSpeedMbps: null,
      duplex: null,
      linkDetected: true,
    });
  });

  test.runIf(hasSharedCaptures()).each([
    ["settings-1", 1000, 1000],
    ["settings-2", 40_000, 56_000],
    ["settings-eth0", 1000, 10_000],
  ])("%s: %i of at most %i Mbit/s", (name, speedMbps, maxSpeedMbps) => {
    const text = sharedCapture(`ethtool/${name}.txt`);
    expect(parseLinkSettings(text)).toMatchObject({ speedMbps, maxSpeedMbps });
  });
});

describe("driver", () => {
  test("firmware and PCI address of a real card", () => {
    expect(parseDriver(fixture("ethtool/qemu-e1000e-i.txt"))).toMatchObject({
      driver: "e1000e",
      firmwareVersion: "2.1-0",
      busInfo: "0000:00:04.0",
    });
  });

  test("an empty firmware version is none", () => {
    expect(parseDriver(fixture("ethtool/virtio-i.txt"))).toMatchObject({
      driver: "virtio_net",
      firmwareVersion: null,
    });
  });

  test("an interface that is gone is a failure in ethtool's words", async () => {
    const run = answering({
      ethtool: { stderr: "Cannot get driver information: No such device\n", exitCode: 71 },
    });
    expect(await readDriver({ run }, "eth9")).toEqual({
      kind: "tool-failed",
      tool: "ethtool",
      message: "Cannot get driver information: No such device",
    });
  });
});

describe("counters", () => {
  test("every counter of the driver, by its own name", () => {
    const stats = parseEthtoolStats(fixture("ethtool/qemu-e1000e-S.txt"));
    expect(stats.get("rx_crc_errors")).toBe(0);
    expect(stats.get("tx_packets")).toBe(8);
    expect(stats.size).toBeGreaterThan(40);
  });

  test("a driver without counters answers 94, and that is an empty map", async () => {
    const run = answering({
      ethtool: { stderr: fixture("ethtool/no-stats.stderr.txt"), exitCode: 94 },
    });
    expect(await readEthtoolStats({ run }, "lo")).toEqual({ kind: "ok", value: new Map() });
  });
});

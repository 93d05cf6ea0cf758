import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Readings } from "../../agent/readings.ts";
import { createRedact } from "../../agent/redact.ts";
import { RunLog, type UnnumberedLine } from "../../agent/run-log.ts";
import { SensorMux, type UnnumberedSample } from "../../agent/sensor-mux.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

function mux(capacity?: number) {
  const batches: (readonly UnnumberedSample[])[] = [];
  const unfit: string[] = [];
  const sensorMux = new SensorMux({
    send: (samples) => batches.push(samples),
    now: () => new Date(),
    flushMs: 2000,
    onUnfit: (sensor, why) => unfit.push(`${sensor}: ${why}`),
    ...(capacity === undefined ? {} : { capacity }),
  });
  return { sensorMux, batches, unfit };
}
const reading = (value: number) => ({ sensor: "fan[1]", value, unit: "{rpm}" });

describe("the SensorMux", () => {
  test("hands on what came within 2 s as one batch", () => {
    const { sensorMux, batches } = mux();
    sensorMux.add("Burn", reading(1));
    vi.advanceTimersByTime(1500);
    sensorMux.add("Burn", { ...reading(2), critical: 9 });
    vi.advanceTimersByTime(499);
    expect(batches).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(batches).toEqual([
      [
        { stage: "Burn", t: "2026-01-01T00:00:00.000Z", sensor: "fan[1]", value: 1, unit: "{rpm}" },
        {
          stage: "Burn",
          t: "2026-01-01T00:00:01.500Z",
          sensor: "fan[1]",
          value: 2,
          unit: "{rpm}",
          critical: 9,
        },
      ],
    ]);
  });

  test("sends at most 500 samples a batch, and a full one at once", () => {
    const { sensorMux, batches } = mux();
    for (let value = 0; value < 1200; value += 1) sensorMux.add("Burn", reading(value));
    vi.advanceTimersByTime(0);
    expect(batches.map((batch) => batch.length)).toEqual([500, 500, 200]);
    expect(batches.flat().map(({ value }) => value)).toEqual(
      Array.from({ length: 1200 }, (_, i) => i),
    );
  });

  test("drops the oldest beyond its capacity, and counts them", () => {
    const { sensorMux, batches } = mux(100);
    for (let value = 0; value < 130; value += 1) sensorMux.add("Burn", reading(value));
    sensorMux.flush();
    expect(sensorMux.dropped).toBe(30);
    expect(batches.flat().map(({ value }) => value)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 30),
    );
  });

  test("refuses what would have its whole batch refused, and says so once a sensor", () => {
    const { sensorMux, batches, unfit } = mux();
    expect(sensorMux.add("Burn", reading(Number.POSITIVE_INFINITY))).toBeNull();
    expect(sensorMux.add("Burn", reading(Number.NaN))).toBeNull();
    expect(sensorMux.add("Burn", { ...reading(1), sensor: "x".repeat(129) })).toBeNull();
    sensorMux.flush();
    expect(batches).toEqual([]);
    expect(unfit).toHaveLength(2);
    expect(unfit[0]).toBe("fan[1]: its value is Infinity");
  });
});

describe("the run's log", () => {
  test("carries no token, clips long lines, and says how many it had to drop", () => {
    const batches: (readonly UnnumberedLine[])[] = [];
    const log = new RunLog({
      send: (lines) => batches.push(lines),
      now: () => new Date(),
      flushMs: 2000,
      capacity: 3,
      redact: createRedact(() => ["secret-run-token"]),
    });
    for (const text of [
      "one",
      "two",
      "x".repeat(9000),
      "Bearer abc.def and secret-run-token",
      "vetting.boot=abc",
    ]) {
      log.add("SMART", "info", text, "smartctl");
    }
    log.flush();
    const texts = batches.flat().map(({ text }) => text);
    expect(texts.length).toBe(3);
    expect(texts).toContain("Bearer [redacted] and [redacted]");
    expect(texts.at(-1)).toMatch(/2 log lines were dropped/);
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(8000);
  });
});

describe("the readings of an attempt", () => {
  test("stay bounded and keep their extremes and the newest", () => {
    const readings = new Readings(100);
    for (let t = 0; t < 10_000; t += 1) {
      readings.add("temp", { t, value: t === 5000 ? 99 : t === 5100 ? -7 : 50 + (t % 3) });
    }
    const kept = readings.of("temp");
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(Math.max(...kept.map(({ value }) => value))).toBe(99);
    expect(Math.min(...kept.map(({ value }) => value))).toBe(-7);
    expect(kept.at(-1)?.t).toBe(9999);
    expect(kept.map(({ t }) => t)).toEqual(kept.map(({ t }) => t).toSorted((a, b) => a - b));
  });

  test("give their last minute as CSV", () => {
    const readings = new Readings();
    readings.add("a", { t: 0, value: 1 });
    readings.add("a", { t: 70_000, value: 2 });
    readings.add("b", { t: 60_000, value: 3 });
    expect(readings.csv(60)).toBe(
      "time,sensor,value\n1970-01-01T00:01:00.000Z,b,3\n1970-01-01T00:01:10.000Z,a,2\n",
    );
    expect(new Readings().csv(60)).toBe("");
  });
});

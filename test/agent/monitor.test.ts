import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Monitor, type MonitorDeps } from "../../agent/monitor.ts";
import type { MonitorFacts } from "../../agent/monitor-screen.ts";
import { eventually, fakeRun, temporaryFolder } from "./agent-rig.ts";

const FACTS: Omit<MonitorFacts, "now"> = {
  host: { name: "vet-07", mac: "52:54:00:12:34:56", serial: null, product: null },
  run: null,
  consoleUrl: "http://192.0.2.1:8421",
  phase: { kind: "claiming", words: null },
  marks: new Map(),
  notice: null,
};

function monitorOn(device: string, more: Partial<MonitorDeps> = {}) {
  const calls: string[] = [];
  const run = fakeRun(calls, { stty: () => ({ stdout: "12 40\n" }) });
  const monitor = new Monitor({ run, device, now: () => new Date(0), ...more });
  return { monitor, calls };
}

function device(): string {
  const path = join(temporaryFolder(), "tty1");
  writeFileSync(path, "");
  return path;
}

describe("painting the host's monitor", () => {
  test("asks the console for its size, clears it once and shows the facts", async () => {
    const path = device();
    const { monitor, calls } = monitorOn(path);
    monitor.show(FACTS);
    await eventually(() => readFileSync(path, "utf8")).toContain("vet-07");
    await monitor.stop();
    const painted = readFileSync(path, "utf8");
    expect(calls).toEqual([`stty -F ${path} size`, "setlogcons 12"]);
    expect(painted.startsWith("\x1b[2J")).toBe(true);
    expect(painted.split("\n")).toHaveLength(12);
  });

  test("takes 80 by 25 where the console does not tell", async () => {
    const path = device();
    const { monitor } = monitorOn(path, { run: fakeRun([]) });
    monitor.show(FACTS);
    await eventually(() => readFileSync(path, "utf8").split("\n").length).toBe(25);
    await monitor.stop();
  });

  test("without a console there is no monitor, and no program is run for it", async () => {
    const { monitor, calls } = monitorOn(join(temporaryFolder(), "none"));
    monitor.show(FACTS);
    await monitor.stop();
    expect(calls).toEqual([]);
  });

  test("what cannot be written is dropped", async () => {
    const folder = join(temporaryFolder(), "a-folder");
    mkdirSync(folder);
    const { monitor } = monitorOn(folder);
    monitor.show(FACTS);
    await expect(monitor.stop()).resolves.toBeUndefined();
  });

  test("however often it is told, one painting is under way at a time, and the last facts are painted", async () => {
    const path = device();
    let under = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const { monitor } = monitorOn(path, {
      run: async (tool, args) => {
        under += 1;
        most = Math.max(most, under);
        await gate.promise;
        under -= 1;
        return fakeRun([])(tool, args);
      },
    });
    for (let told = 0; told <= 50; told += 1) monitor.show({ ...FACTS, notice: `told ${told}` });
    gate.resolve();
    await eventually(() => readFileSync(path, "utf8")).toContain("told 50");
    await monitor.stop();
    expect(most).toBe(1);
  });
});

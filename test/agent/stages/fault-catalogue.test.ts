import { describe, expect, test } from "vitest";
import { runWith } from "./fault-host.ts";
import { DRIVES_FAULTS } from "./faults/drives.ts";
import { GPU_FAULTS } from "./faults/gpu.ts";
import { NETWORK_BURN_FAULTS } from "./faults/network-burn.ts";
import { POWER_FAULTS } from "./faults/power.ts";
import { PROCESSOR_FAULTS } from "./faults/processor.ts";
import { STORAGE_FAULTS } from "./faults/storage.ts";

describe.each([
  ["processors and memory", PROCESSOR_FAULTS],
  ["disks under load", STORAGE_FAULTS],
  ["network and burn", NETWORK_BURN_FAULTS],
  ["inventory and drive health", DRIVES_FAULTS],
  ["graphics cards", GPU_FAULTS],
  ["power", POWER_FAULTS],
] as const)("the catalogue of faults: %s", (_kind, rows) => {
  test.each(rows)("%s: %s", async (stage, _what, fault, comes, words) => {
    const { report, result } = await runWith(stage, fault);
    const gaps = (report.gaps ?? []).map(({ what, why }) => `${what}: ${why}`).join("\n");
    const told = { fail: report.reason, error: report.reason, gap: gaps, warning: report.summary };
    expect(`${told[comes]}`).toMatch(words);
    if (comes === "fail") expect(report).toMatchObject({ status: "complete", result: "fail" });
    if (comes === "error") expect(report.status).toBe("error");
    if (comes === "warning") expect(result).toBe("pass");
    if (comes === "gap") expect(["complete", "skipped"]).toContain(report.status);
  });
});

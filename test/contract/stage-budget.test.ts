import { describe, expect, test } from "vitest";
import {
  badblocksLimitSeconds,
  budgetSeconds,
  expectedSeconds,
  type HostParts,
} from "../../contract/stage-budget.ts";
import { BUILT_IN_PROFILES } from "../../contract/stage-params.ts";
import { STAGES } from "../../contract/stages.ts";

const TB = 1e12;
const HOST: HostParts = { disks: 8, nics: 4, rotationalBytes: [4 * TB, 4 * TB] };
const { quick, deep } = BUILT_IN_PROFILES;

describe("a stage's budget", () => {
  test.each(STAGES)("is longer than %s is expected to take", (stage) => {
    for (const params of Object.values(BUILT_IN_PROFILES)) {
      expect(budgetSeconds(stage, params[stage], HOST)).toBeGreaterThan(
        expectedSeconds(stage, params[stage], HOST),
      );
    }
  });

  test("leaves a drive's self-test the whole of its own limit", () => {
    const params = { selfTest: "short", selfTestTimeoutSeconds: 600 } as const;
    expect(budgetSeconds("SMART", params)).toBeGreaterThan(600);
  });

  test("grows with the disks and NICs that are tested one after another", () => {
    const { readSeconds, writeSeconds } = quick.Storage;
    const disks = { ...HOST, disks: 10 };
    expect(budgetSeconds("Storage", quick.Storage, disks)).toBe(
      10 * 2 * (2 * readSeconds + writeSeconds) + 60,
    );
    const nics = { ...HOST, nics: 2 };
    const { secondsPerDirection } = quick.Network;
    expect(budgetSeconds("Network", quick.Network, nics)).toBe(
      2 * 2 * 2 * secondsPerDirection + 60,
    );
  });

  test("leaves badblocks its own limit on every spinning disk, where the profile asks for it", () => {
    const none = { ...HOST, rotationalBytes: [] };
    const scan = 2 * badblocksLimitSeconds(4 * TB);
    expect(budgetSeconds("Storage", deep.Storage, HOST)).toBe(
      budgetSeconds("Storage", deep.Storage, none) + scan,
    );
    expect(budgetSeconds("Storage", quick.Storage, HOST)).toBe(
      budgetSeconds("Storage", quick.Storage, none),
    );
  });
});

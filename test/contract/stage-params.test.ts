import { describe, expect, test } from "vitest";
import {
  BUILT_IN_PROFILES,
  budgetSeconds,
  expectedSeconds,
  profileParamsSchema,
} from "../../contract/stage-params.ts";
import { STAGES } from "../../contract/stages.ts";

describe("the built-in profiles", () => {
  test.each(Object.entries(BUILT_IN_PROFILES))("%s is complete and legal", (_, params) => {
    expect(profileParamsSchema.parse(params)).toEqual(params);
  });

  test.each(STAGES)("quick, deep and soak take ever longer over %s", (stage) => {
    const [quick, deep, soak] = (["quick", "deep", "soak"] as const).map((name) =>
      expectedSeconds(stage, BUILT_IN_PROFILES[name][stage]),
    );
    expect(deep).toBeGreaterThanOrEqual(quick ?? 0);
    expect(soak).toBeGreaterThanOrEqual(deep ?? 0);
  });
});

describe("a stage's budget", () => {
  const parts = { disks: 8, nics: 4 };

  test.each(STAGES)("is longer than %s is expected to take", (stage) => {
    for (const params of Object.values(BUILT_IN_PROFILES)) {
      expect(budgetSeconds(stage, params[stage], parts)).toBeGreaterThan(
        expectedSeconds(stage, params[stage], parts),
      );
    }
  });

  test("leaves a drive's self-test the whole of its own limit", () => {
    const params = { selfTest: "short", selfTestTimeoutSeconds: 600 } as const;
    expect(budgetSeconds("SMART", params)).toBeGreaterThan(600);
  });

  test("grows with the disks and NICs that are tested one after another", () => {
    const storage = BUILT_IN_PROFILES.quick.Storage;
    expect(budgetSeconds("Storage", storage, { disks: 10 })).toBe(
      10 * 2 * (2 * storage.readSeconds + storage.writeSeconds) + 60,
    );
    const network = BUILT_IN_PROFILES.quick.Network;
    expect(budgetSeconds("Network", network, { nics: 2 })).toBe(
      2 * 2 * 2 * network.secondsPerDirection + 60,
    );
  });

  test("holds for a host without disks or NICs", () => {
    expect(budgetSeconds("Storage", BUILT_IN_PROFILES.quick.Storage, { disks: 0 })).toBeGreaterThan(
      0,
    );
  });
});

import { describe, expect, test } from "vitest";
import { expectedSeconds } from "../../contract/stage-budget.ts";
import { BUILT_IN_PROFILES, profileParamsSchema } from "../../contract/stage-params.ts";
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

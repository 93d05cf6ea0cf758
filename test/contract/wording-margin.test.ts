import { describe, expect, test } from "vitest";
import { MARGINAL_PERCENT, marginOf, marginText } from "../../contract/wording/margin.ts";

const margin = (value: number, limits: { min?: number; max?: number }, unit = "V") =>
  marginOf({ value, unit, ...limits });

describe("the margin of a measurement", () => {
  test("of one limit is the part of the limit that is left", () => {
    expect(margin(90, { max: 100 })).toEqual({ standing: "within", percent: 10 });
    expect(margin(120, { min: 100 })).toEqual({ standing: "within", percent: 20 });
  });

  test("between two limits is the part of the way from the nearer limit to the middle", () => {
    expect(margin(12, { min: 11, max: 13 }).percent).toBe(100);
    expect(margin(12.5, { min: 11, max: 13 }).percent).toBe(50);
    expect(margin(11.5, { min: 11, max: 13 }).percent).toBe(50);
  });

  test(`under ${MARGINAL_PERCENT} % is marginal, on the limit too; from there on it is within`, () => {
    expect(margin(95.1, { max: 100 }).standing).toBe("marginal");
    expect(margin(100, { max: 100 })).toEqual({ standing: "marginal", percent: 0 });
    expect(margin(95, { max: 100 }).standing).toBe("within");
  });

  test("beyond a limit is negative", () => {
    expect(margin(110, { max: 100 })).toEqual({ standing: "beyond", percent: -10 });
    expect(margin(10, { min: 11, max: 13 })).toEqual({ standing: "beyond", percent: -100 });
  });

  test("of a count says nothing: 0 errors of 0 allowed is no near miss, nor are 8 DIMMs of 8", () => {
    expect(margin(0, { max: 0 }, "1")).toEqual({ standing: "within", percent: null });
    expect(margin(8, { min: 8 }, "1")).toEqual({ standing: "within", percent: null });
    expect(margin(41, { max: 0 }, "{errors}")).toEqual({ standing: "beyond", percent: null });
  });

  test("of a limit of 0, of an exact value, and without a limit has no percentage", () => {
    expect(margin(0, { max: 0 }, "s").percent).toBeNull();
    expect(margin(5, { min: 5, max: 5 })).toEqual({ standing: "within", percent: null });
    expect(margin(5, {})).toEqual({ standing: "unlimited", percent: null });
  });

  test("of a limit below 0 is reckoned by its size", () => {
    expect(margin(-8, { min: -10 }).percent).toBe(20);
    expect(margin(-12, { min: -10 })).toEqual({ standing: "beyond", percent: -20 });
  });
});

test("a margin in words", () => {
  expect(marginText(margin(90, { max: 100 }))).toBe("10 % inside");
  expect(marginText(margin(98.3, { max: 100 }))).toBe("1.7 % inside");
  expect(marginText(margin(110, { max: 100 }))).toBe("10 % beyond");
  expect(marginText(margin(1000, { min: 100 }))).toBe("more than 100 % inside");
  expect(marginText(margin(1, {}))).toBe("");
});

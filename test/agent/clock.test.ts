import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "../../agent/clock.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("the agent's clock runs on steadily when somebody sets the machine's", () => {
  const before = systemClock.now().getTime();
  const real = Date.now();
  expect(Math.abs(before - real)).toBeLessThan(5000);
  vi.spyOn(Date, "now").mockReturnValue(real + 7 * 3600 * 1000);
  expect(systemClock.now().getTime() - before).toBeLessThan(5000);
});

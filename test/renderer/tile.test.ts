import { describe, expect, test } from "vitest";
import { tileStatus } from "../../renderer/hosts/host-tile.tsx";
import { host, summary } from "../fakes/console-data.ts";

describe("the largest word of a tile", () => {
  const word = (run: Parameters<typeof summary>[0] | null, online = true) =>
    tileStatus(host({ online, run: run === null ? null : summary(run) })).word;

  test("without a run says whether the host can be reached", () => {
    expect(word(null)).toBe("Ready");
    expect(word(null, false)).toBe("Offline");
  });

  test("says where a run is, whether or not a reporter answers", () => {
    expect(word({ state: "Burn", verdict: null }, false)).toBe("Testing");
    expect(word({ state: "FailedHolding", verdict: "fail" }, false)).toBe("Holding");
  });

  test("stays a failure when a hold was cancelled, and is no verdict when a run was", () => {
    expect(word({ state: "Cancelled", verdict: "fail", failedStage: "SMART" })).toBe("Fail");
    expect(word({ state: "Cancelled", verdict: "incomplete" })).toBe("Ready");
  });
});

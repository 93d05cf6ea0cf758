import { describe, expect, test } from "vitest";
import { leftSeconds, seenText, tileStatus } from "../../renderer/hosts/host-status.ts";
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

describe("what a tile says of time", () => {
  const minute = 60_000;

  test("when a host was last seen, no finer than minutes", () => {
    expect(seenText(null, 0)).toBe("never seen");
    expect(seenText(0, 59_000)).toBe("seen just now");
    expect(seenText(0, 3.9 * minute)).toBe("seen 3 min ago");
    expect(seenText(0, 150 * minute)).toBe("seen 2 h ago");
    expect(seenText(0, 72 * 60 * minute)).toBe("seen 3 d ago");
  });

  test("what is left of a run goes on between the server's words, and never below nothing", () => {
    const run = summary({ state: "Burn", verdict: null, remainingSeconds: 90 });
    expect(leftSeconds(run, 1_000_000)).toBe(90);
    expect(leftSeconds(run, 1_030_000)).toBe(60);
    expect(leftSeconds(run, 2_000_000)).toBe(0);
    expect(leftSeconds(summary({ remainingSeconds: null }), 0)).toBeNull();
  });
});

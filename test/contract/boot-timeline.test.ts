import { describe, expect, test } from "vitest";
import {
  BOOT_STEPS,
  type BootStep,
  beginsNewBoot,
  bootProgress,
} from "../../contract/boot-timeline.ts";

const T0 = Date.parse("2026-01-01T00:00:00.000Z");
const reached = (...steps: BootStep[]) => steps.map((step, index) => ({ step, at: T0 + index }));

describe("what begins another boot", () => {
  test.each(BOOT_STEPS)("%s, when nothing was reached yet", (step) => {
    expect(beginsNewBoot([], step, "firmware")).toBe(true);
  });

  test.each<[string, BootStep[], BootStep, "firmware" | "ipxe" | "system", boolean]>([
    ["firmware that asks several times", ["discover", "offer"], "discover", "firmware", false],
    [
      "firmware that tries HTTP after PXE",
      ["discover", "boot_file"],
      "discover",
      "firmware",
      false,
    ],
    ["iPXE's own round after the firmware's", ["boot_file"], "discover", "ipxe", false],
    ["iPXE that asks for its script twice", ["script"], "script", "ipxe", false],
    ["an agent that asks for a script again", ["image", "claim"], "script", "system", false],
    ["a told host that comes", ["commanded"], "discover", "firmware", false],
    ["a reset before the kernel", ["discover", "script"], "discover", "firmware", true],
    ["a reset in the live image", ["script", "kernel", "claim"], "discover", "firmware", true],
    ["a reset, with iPXE in the ROM", ["script", "kernel", "claim"], "discover", "ipxe", true],
    ["a reset, with a ProxyDHCP of others", ["script", "kernel", "claim"], "script", "ipxe", true],
    ["the next boot of a host without a run", ["local_disk"], "local_disk", "ipxe", true],
    ["a command after an earlier boot", ["discover", "local_disk"], "commanded", "system", true],
    ["a command after a wake-up", ["wake_sent"], "commanded", "system", false],
    ["a problem in the middle", ["discover", "offer"], "problem", "firmware", false],
    ["only problems so far", ["problem"], "discover", "firmware", false],
  ])("%s: %j then %s of %s → %s", (_what, steps, step, speaker, expected) => {
    expect(beginsNewBoot(steps, step, speaker)).toBe(expected);
  });
});

describe("how far a boot came", () => {
  const late = T0 + 3_600_000;

  test.each(BOOT_STEPS.filter((step) => !["claim", "local_disk", "problem"].includes(step)))(
    "after %s: under way while the next step is not overdue, then stopped, with the usual cause",
    (step) => {
      expect(bootProgress(reached(step), T0 + 1000, false)).toMatchObject({
        kind: "under_way",
        step,
      });
      const stopped = bootProgress(reached(step), late, false);
      expect(stopped).toMatchObject({ kind: "stopped", step });
      expect(stopped.sentence).toMatch(/^The boot stopped after “.+”\. .{30,}/s);
    },
  );

  test("a boot that a later one followed has stopped, however young it is", () => {
    expect(bootProgress(reached("kernel"), T0 + 1000, true).kind).toBe("stopped");
  });

  test.each(["claim", "local_disk"] as const)("%s is its end, for good", (step) => {
    const kind = step === "claim" ? "claimed" : step;
    expect(bootProgress(reached("script", step), late, true)).toMatchObject({ kind, step });
  });

  test("a problem does not count as a step", () => {
    expect(bootProgress(reached("offer", "problem"), T0 + 1000, false)).toMatchObject({
      kind: "under_way",
      step: "offer",
    });
  });

  test("nothing yet", () => {
    expect(bootProgress([], T0, false)).toMatchObject({ kind: "under_way", step: null });
  });
});

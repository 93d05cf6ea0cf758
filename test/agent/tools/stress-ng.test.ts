import { describe, expect, test } from "vitest";
import {
  cpuStressArgs,
  memoryStressArgs,
  parseStressNg,
  runStressNg,
} from "../../../agent/tools/stress-ng.ts";
import { answering, fixture, hasSharedCaptures, sharedCapture } from "../fixture-host.ts";

const MiB = 1024 * 1024;

describe("what stress-ng is asked to do", () => {
  test("all processor methods, verified, with workers that the OOM killer may take", () => {
    expect(cpuStressArgs(8, 179.2).join(" ")).toBe(
      "--verify --metrics --oomable --no-oom-adjust --timeout 180s --cpu 8 --cpu-method all",
    );
  });

  test("memory in one worker, by size", () => {
    const args = memoryStressArgs(512 * MiB, 60).join(" ");
    expect(args).toContain("--vm 1 --vm-bytes 524288k");
    expect(args).not.toContain("--cpu");
  });
});

describe("what stress-ng says", () => {
  test("a good pass: work, time, utilisation and no failure", () => {
    expect(parseStressNg(fixture("stress-ng/cpu-pass.txt"))).toEqual({
      metrics: {
        stressor: "cpu",
        bogoOps: 3261,
        realS: 1,
        utilisationPercent: 99.4,
        maxResidentBytes: 6464 * 1024,
      },
      failures: [],
    });
  });

  test("a pass too large for its time did no work, though it calls itself successful", () => {
    const text = fixture("stress-ng/vm-no-work.txt");
    expect(text).toContain("successful run completed");
    expect(parseStressNg(text)).toMatchObject({ metrics: { bogoOps: 0, realS: 6 }, failures: [] });
  });

  test("a killed worker: every line of failure is kept", () => {
    const { failures } = parseStressNg(fixture("stress-ng/worker-killed.txt"));
    expect(failures).toHaveLength(4);
    expect(failures[0]).toContain("corrupted bogo-ops counter");
    expect(failures.at(-1)).toContain("unsuccessful run");
  });

  test("a killed memory child exits 0 and is only told by a warning: that is a failure here", () => {
    const text = fixture("stress-ng/vm-child-killed.txt");
    expect(text).not.toMatch(/fail:|error:/);
    expect(parseStressNg(text).failures).toEqual([
      expect.stringContaining("finished prematurely after just 1.55s"),
    ]);
  });

  test("an interrupted pass shows in its time", () => {
    expect(parseStressNg(fixture("stress-ng/interrupted.txt")).metrics?.realS).toBe(1.34);
  });

  test("work is counted though the clock was set back under way, and no time is taken from that", () => {
    const line = "stress-ng: metrc: [509] vm  86016 -10779.88 10.94 8.93 0.00 4328.48 0.00 264184";
    expect(parseStressNg(line).metrics).toMatchObject({ bogoOps: 86016, realS: -10779.88 });
  });
});

describe("running stress-ng", () => {
  test("failure text on either stream counts", async () => {
    const line = "stress-ng: fail:  [7] vm: detected 1 bit errors";
    for (const answer of [
      { stdout: fixture("stress-ng/cpu-pass.txt"), stderr: line },
      { stderr: fixture("stress-ng/cpu-pass.txt"), stdout: line },
    ]) {
      const reading = await runStressNg({ run: answering({ "stress-ng": answer }) }, [], 1);
      expect(reading).toMatchObject({
        kind: "ok",
        value: { exitCode: 0, failures: [line], metrics: { bogoOps: 3261 } },
      });
    }
  });

  test("a rejected option is the tool's failure, not the host's", async () => {
    const stderr = fixture("stress-ng/unknown-option.txt");
    const run = answering({ "stress-ng": { stderr, exitCode: 1 } });
    expect(await runStressNg({ run }, [], 1)).toMatchObject({ kind: "tool-failed" });
  });

  test("a stress-ng that is not there is missing", async () => {
    expect(await runStressNg({ run: answering({}) }, [], 1)).toEqual({
      kind: "tool-missing",
      tool: "stress-ng",
    });
  });
});

describe.runIf(hasSharedCaptures())("captures of stress-ng without --metrics in full", () => {
  test("pass and failure", () => {
    expect(parseStressNg(sharedCapture("stress-ng/vm-pass-metrics.txt"))).toEqual({
      metrics: {
        stressor: "vm",
        bogoOps: 145248,
        realS: 2,
        utilisationPercent: null,
        maxResidentBytes: null,
      },
      failures: [],
    });
    expect(parseStressNg(sharedCapture("stress-ng/child-killed-exit2.txt")).failures).not.toEqual(
      [],
    );
  });
});

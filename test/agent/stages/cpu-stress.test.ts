import { describe, expect, test } from "vitest";
import { cpuStressStage } from "../../../agent/stages/cpu-stress.ts";
import { memoryCap, memoryShortage } from "../../../agent/stages/memory-cap.ts";
import { judgeStage } from "../../../contract/verdict.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { type Answer, answering, fixture, hostTree } from "../fixture-host.ts";
import { procFiles, stressHost } from "./stress-host.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const params = { cpuSeconds: 1, ramSeconds: 1, settleSeconds: 0 };
const saying = (name: string, exitCode = 0): Answer => ({
  stderr: fixture(`stress-ng/${name}.txt`),
  exitCode,
});

async function stress(
  answers: Parameters<typeof answering>[0],
  overrides: Parameters<typeof stressHost<"CPUStress">>[2] = {},
) {
  const host = stressHost<"CPUStress">(params, answers, overrides);
  return { ...host, report: await cpuStressStage.run(host.ctx) };
}

describe("the two passes", () => {
  test("run one after the other, never at once, and each brings its proof", async () => {
    let running = 0;
    let most = 0;
    const healthy = answering({ "stress-ng": saying("cpu-pass"), dmesg: "" });
    const { report, calls } = await stress(
      {},
      {
        run: async (tool, args, options) => {
          const stresses = tool === "stress-ng" && args.includes("--verify");
          if (stresses) most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          if (stresses) running -= 1;
          return healthy(tool, args, options);
        },
      },
    );
    expect(most).toBe(1);
    expect(calls).toEqual([]);
    const stressed = healthy.calls.filter((call) => call.includes("--verify"));
    expect(stressed[0]).toContain("--cpu 2 --cpu-method all");
    expect(stressed[1]).toContain("--vm 1 --vm-bytes");
    expect(stressed).toHaveLength(2);
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(report.proof).toMatchObject([
      { what: "cpu", requestedS: 1, elapsedS: 1, work: 3261 },
      { what: "ram", requestedS: 1, elapsedS: 1, work: 3261 },
    ]);
  });

  test("the server agrees with the pass", async () => {
    const { report } = await stress({});
    const judged = judgeStage({ stage: "CPUStress", proof: [], measurements: [], ...report }, []);
    expect(judged).toEqual({ status: "complete", result: "pass", objection: null });
  });

  test("say aloud that nobody counts memory errors, and which memory was out of reach", async () => {
    const { report } = await stress({});
    expect(report.gaps).toMatchObject([
      { what: "memory error counting", absent: true },
      { what: "memory beyond 0.3 GiB", absent: false },
    ]);
    expect(report.measurements?.map(({ name }) => name)).not.toContain("memory.errors.corrected");
  });
});

describe("never a false pass", () => {
  test.each([
    ["worker-killed", 2, "corrupted bogo-ops counter"],
    ["vm-child-killed", 0, "finished prematurely"],
    ["vm-no-work", 0, "cpu did no work at all."],
  ])("%s (exit %i) fails", async (name, exitCode, words) => {
    const { report } = await stress({ "stress-ng": saying(name, exitCode) });
    expect(report).toMatchObject({ status: "complete", result: "fail" });
    expect(report.reason).toContain(words);
  });

  test("a host with too little memory for a pass is told as such", () => {
    const cap = { bytes: 256 * MiB, allowedBytes: 256 * MiB, availableBytes: 120 * MiB };
    const words = "Only 120 MiB of memory were available, and a pass takes 256 MiB.";
    expect(memoryShortage(cap, 256 * MiB)).toBe(words);
    expect(memoryShortage({ ...cap, availableBytes: GiB }, 256 * MiB)).toBeNull();
  });

  test("a pass that ended early fails although it exited 0", async () => {
    const host = stressHost<"CPUStress">(
      { cpuSeconds: 60, ramSeconds: 60, settleSeconds: 0 },
      { "stress-ng": saying("interrupted") },
    );
    const report = await cpuStressStage.run(host.ctx);
    expect(report.result).toBe("fail");
    expect(report.reason).toContain("cpu ran 1 s of the 60 s asked for.");
  });

  test.each([
    ["a missing stress-ng", { outcome: "tool-missing" }, "stress-ng is not installed."],
    ["a rejected option", saying("unknown-option", 1), "stress-ng failed"],
    ["a stress-ng that was shot", { outcome: "signalled" }, "it died of SIGKILL"],
    ["a stress-ng that hangs", { outcome: "timed-out" }, "no answer within"],
  ] as const)("%s is an error, which claims nothing", async (_what, answer, words) => {
    const { report } = await stress({ "stress-ng": answer });
    expect(report).toMatchObject({ status: "error", result: "not_applicable" });
    expect(report.reason).toContain(words);
  });

  test("an abort is a cancelled stage", async () => {
    const host = stressHost<"CPUStress">(params, {});
    host.abort();
    expect(await cpuStressStage.run(host.ctx)).toMatchObject({
      status: "cancelled",
      result: "not_applicable",
    });
  });
});

describe("what happens on the host meanwhile", () => {
  test("of a machine check's lines the one that names processor and bank is told", async () => {
    let asked = 0;
    const { report } = await stress({
      dmesg: () => {
        asked += 1;
        const logged = "<0>[ 9.0] mce: [Hardware Error]: Machine check events logged\n";
        const check =
          "<0>[ 9.0] mce: [Hardware Error]: CPU 1: Machine Check: 0 Bank 5: 9c00000000000136\n";
        return asked === 1 ? "<6>[ 1.0] a\n" : `${logged}${check}`;
      },
    });
    expect(report.reason).toContain("a corrected machine check of CPU 1 in bank 5: ");
    expect(report.blame).toMatchObject([{ part: "CPU", slot: "logical CPU 1" }]);
  });

  test("a machine check in the kernel log fails the stage", async () => {
    let asked = 0;
    const { report } = await stress({
      dmesg: () => {
        asked += 1;
        const old = "<0>[ 1.0] mce: [Hardware Error]: Machine check events logged\n";
        return asked === 1 ? old : `${old}<0>[ 9.0] mce: [Hardware Error]: CPU 0: Machine Check\n`;
      },
    });
    expect(report.result).toBe("fail");
    expect(report.reason).toContain("CPU 0: Machine Check");
    expect(report.measurements).toContainEqual({
      name: "cpu.machine_checks",
      value: 1,
      unit: "1",
      max: 0,
    });
  });

  test("corrected memory errors fail it and name the module with its serial", async () => {
    const mc = "/sys/devices/system/edac/mc/mc0";
    const texts: Record<string, string> = {
      ...procFiles(),
      [`${mc}/ce_count`]: "4\n",
      [`${mc}/ue_count`]: "0\n",
      [`${mc}/dimm0/dimm_label`]: "CPU0_DIMM_A1\n",
      [`${mc}/dimm0/dimm_ce_count`]: "4\n",
    };
    const dimm = {
      ...{ bank: null, sizeBytes: 1, type: null, speedMTps: null, configuredMTps: null },
      ...{ rank: null, manufacturer: null, partNumber: "VT-16", serial: "VT-0001" },
      locator: "DIMM_A1",
    };
    const host = stressHost<"CPUStress">(
      params,
      {
        "stress-ng": () => {
          texts[`${mc}/ce_count`] = "7\n";
          texts[`${mc}/dimm0/dimm_ce_count`] = "7\n";
          return saying("cpu-pass");
        },
      },
      { files: hostTree(texts), inventory: { ...emptyInventory, dimms: [dimm] } },
    );
    const report = await cpuStressStage.run(host.ctx);
    expect(report.reason).toBe("3 corrected memory errors on CPU0_DIMM_A1.");
    expect(report.blame).toEqual([
      { part: "DIMM", slot: "DIMM_A1", serial: "VT-0001", model: "VT-16" },
    ]);
    expect(report.measurements).toContainEqual({
      name: "memory.errors.corrected",
      value: 3,
      unit: "1",
      max: 0,
    });
    expect(report.gaps?.map(({ what }) => what)).not.toContain("memory error counting");
  });

  test("corrected machine checks are asked for every second, and the old interval comes back", async () => {
    const knob = "/sys/devices/system/machinecheck/machinecheck0/check_interval";
    const texts: Record<string, string> = { ...procFiles(), [knob]: "12c\n" };
    const written: string[] = [];
    const files = {
      ...hostTree(texts),
      writeText: (path: string, text: string) => {
        texts[path] = text;
        return Promise.resolve(written.push(text) > 0);
      },
    };
    const { report, log } = await stress({}, { files });
    expect(report.result).toBe("pass");
    expect(written).toEqual(["1", "12c"]);
    expect(log.join("\n")).toContain("check_interval");
  });

  test("throttling and temperature are told, with the range in the proof", async () => {
    const hwmon = "/sys/class/hwmon/hwmon0";
    const throttle = "/sys/devices/system/cpu/cpu0/thermal_throttle";
    const texts: Record<string, string> = {
      ...procFiles(),
      [`${hwmon}/name`]: "coretemp\n",
      [`${hwmon}/temp1_label`]: "Package id 0\n",
      [`${hwmon}/temp1_input`]: "40000\n",
      [`${throttle}/core_throttle_count`]: "2\n",
      [`${throttle}/package_throttle_count`]: "2\n",
    };
    const { report } = await stress(
      {
        "stress-ng": () => {
          texts[`${hwmon}/temp1_input`] = "83000\n";
          texts[`${throttle}/core_throttle_count`] = "5\n";
          return saying("cpu-pass");
        },
      },
      { files: hostTree(texts) },
    );
    expect(report.result).toBe("pass");
    expect(report.summary).toContain("throttled for heat 3 times");
    expect(report.proof?.[1]).toMatchObject({ minTempC: 83, maxTempC: 83 });
  });

  test("the range of power comes from the readings of the phase alone", async () => {
    const readings = (sensor: string) =>
      sensor === "system.power"
        ? [
            { t: Date.UTC(2025, 0, 1), value: 900 },
            { t: Date.UTC(2027, 0, 1), value: 210 },
            { t: Date.UTC(2027, 0, 1), value: 245 },
          ]
        : [];
    const { report } = await stress({}, { readings });
    expect(report.proof?.[0]).toMatchObject({ minPowerW: 210, maxPowerW: 245 });
  });

  test("a kernel log that cannot be read is a gap", async () => {
    const { report } = await stress({ dmesg: { outcome: "tool-missing" } });
    expect(report.gaps).toContainEqual({
      what: "kernel log",
      why: "dmesg is not installed.",
      absent: false,
    });
  });
});

describe("how much memory", () => {
  test("is what is available less 1.5 GiB, when there is time for it", async () => {
    expect(await memoryCap(hostTree(procFiles(8 * GiB)), 3600)).toEqual({
      bytes: 6.5 * GiB,
      allowedBytes: 6.5 * GiB,
      availableBytes: 8 * GiB,
    });
  });

  test("is at least 256 MiB", async () => {
    expect((await memoryCap(hostTree(procFiles(GiB)), 3600))?.bytes).toBe(256 * MiB);
  });

  test("is what can be reached in the time of the pass", async () => {
    expect(await memoryCap(hostTree(procFiles(8 * GiB)), 4)).toEqual({
      bytes: GiB,
      allowedBytes: 6.5 * GiB,
      availableBytes: 8 * GiB,
    });
  });

  test("goes down to a quarter when this host needed all its time for first touch", async () => {
    const sizes: string[] = [];
    const healthy = answering({
      "stress-ng --version": "",
      dmesg: "",
      "stress-ng": () => saying(sizes.length === 1 ? "vm-no-work" : "cpu-pass"),
    });
    const host = stressHost<"CPUStress">(
      { ...params, ramSeconds: 6 },
      {},
      {
        run: (tool, args, options) => {
          const size = args[args.indexOf("--vm-bytes") + 1];
          if (args.includes("--vm-bytes") && size !== undefined) sizes.push(size);
          return healthy(tool, args, options);
        },
      },
    );
    const report = await cpuStressStage.run(host.ctx);
    expect(sizes).toEqual(["1572864k", "393216k"]);
    expect(report.measurements).toContainEqual({
      name: "memory.exercised",
      value: 384 * MiB,
      unit: "By",
    });
  });
});

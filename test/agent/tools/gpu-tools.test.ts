import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDcgmDiag } from "../../../agent/tools/dcgmi.ts";
import { parseGpuBurn } from "../../../agent/tools/gpu-burn.ts";
import { type NvidiaGpu, parseNvidiaQuery } from "../../../agent/tools/nvidia-smi.ts";
import { parseRocmSmi, parseRvs } from "../../../agent/tools/rocm-smi.ts";
import { hasSharedCaptures, sharedCapture, sharedCaptureFolder } from "../fixture-host.ts";

function nvidia(csv: string): readonly NvidiaGpu[] {
  const reading = parseNvidiaQuery(csv);
  if (reading.kind !== "ok") throw new Error(JSON.stringify(reading));
  return reading.value;
}

describe("nvidia-smi", () => {
  test("values that the card does not have are no values", () => {
    const [gpu] = nvidia(
      "index, name, uuid, power.draw [W], ecc.errors.uncorrected.volatile.total, clocks_event_reasons.hw_slowdown\n" +
        "0, Card, GPU-1, [N/A], [Not Supported], Active\n",
    );
    expect(gpu).toMatchObject({ powerW: null, uncorrectedEccErrors: null, hardwareSlowdown: true });
  });

  test("a driver that cannot talk to its cards is unreadable", () => {
    expect(parseNvidiaQuery("NVIDIA-SMI has failed because it couldn't …").kind).toBe("unreadable");
  });
});

describe("gpu_burn", () => {
  const line = (errors: string, gflops: string) =>
    `50.0%  proc'd: 10 (${gflops} Gflop/s) - 12 (900 Gflop/s)   errors: ${errors}   temps: 60 C - 61 C \r`;

  test("prints FAULTY and exits 0: its table is what counts", () => {
    const text = `${line("0 - 0", "800")}\n${line("7  (WARNING!) - 0", "810")}\nTested 2 GPUs:\n\tGPU 0: FAULTY\n\tGPU 1: OK\n`;
    expect(parseGpuBurn(text)).toEqual([
      { index: 0, faulty: true, gflops: 810, errors: 7, maxTempC: 60 },
      { index: 1, faulty: false, gflops: 900, errors: 0, maxTempC: 61 },
    ]);
  });

  test("without a verdict nothing is claimed", () => {
    expect(parseGpuBurn("Couldn't init a GPU test: no CUDA device\n")).toEqual([]);
  });
});

describe("DCGM", () => {
  const diag = (status: string, warning: string) =>
    JSON.stringify({
      "DCGM Diagnostic": {
        test_categories: [
          {
            category: "Hardware",
            tests: [
              { name: "memory", results: [{ entity_id: 2, status, warnings: [{ warning }] }] },
            ],
          },
        ],
      },
    });

  test("a pass that could not allocate tested nothing and is a failure", () => {
    expect(parseDcgmDiag(diag("Pass", "Failed to allocate device memory"))).toMatchObject({
      value: { tests: [{ name: "memory", gpu: 2, status: "fail" }] },
    });
    expect(parseDcgmDiag(diag("Pass", "Allocated 100 bytes"))).toMatchObject({
      value: { tests: [{ status: "pass" }] },
    });
  });
});

test("ROCm Validation Suite: TRUE and FALSE are counted, silence is no answer", () => {
  const text =
    "[RESULT] [1] [gst] [GPU:: 1] GFLOPS 9512.3 Target GFLOPS: 9000 met: TRUE pass: TRUE\n";
  expect(parseRvs(`${text}[RESULT] pass: FALSE\n`)).toEqual({
    passed: 1,
    failed: 1,
    gflops: 9512.3,
  });
  expect(parseRvs("usage: rvs")).toBeNull();
});

describe.runIf(hasSharedCaptures())("other people's cards", () => {
  const queries = hasSharedCaptures()
    ? readdirSync(sharedCaptureFolder("nvidia-smi")).filter((name) => name.endsWith(".csv"))
    : [];
  test.each(queries.filter((name) => name.includes("query-gpu")))("%s", (name) => {
    const gpus = nvidia(sharedCapture(`nvidia-smi/${name}`));
    expect(gpus.length).toBeGreaterThan(0);
    for (const gpu of gpus) {
      expect(gpu.name).toMatch(/NVIDIA|GeForce/);
      expect(gpu.tempC).toBeGreaterThan(10);
      expect(gpu.uuid).toMatch(/^GPU-/);
      expect(gpu.linkWidthMax).toBeGreaterThan(0);
      expect(gpu.memoryRepairFailed).toBe(false);
    }
  });

  test("an H100 in numbers", () => {
    expect(nvidia(sharedCapture("nvidia-smi/h100-sxm-query-gpu-idle.csv"))[0]).toMatchObject({
      index: 0,
      name: "NVIDIA H100 80GB HBM3",
      driver: "590.48.01",
      pciAddress: "0000:00:09.0",
      tempC: 41,
      powerW: 69.85,
      uncorrectedEccErrors: 0,
      linkWidth: 16,
      hardwareSlowdown: false,
    });
  });

  test("gpu_burn over eight A100", () => {
    const cards = parseGpuBurn(sharedCapture("gpu-burn/a100x8-ok.log"));
    expect(cards).toHaveLength(8);
    for (const card of cards) {
      expect(card).toMatchObject({ faulty: false, errors: 0 });
      expect(card.gflops).toBeGreaterThan(1000);
    }
  });

  test("DCGM 3 and 4: software checks, failures with their words, skips", () => {
    const tests = (name: string) => {
      const reading = parseDcgmDiag(sharedCapture(`dcgmi/${name}`));
      if (reading.kind !== "ok") throw new Error(JSON.stringify(reading));
      return reading.value.tests;
    };
    expect(tests("dcgm3-level1-pass.json").every(({ status }) => status === "pass")).toBe(true);
    expect(tests("dcgm3-level1-pass.json").every(({ category }) => category === "Deployment")).toBe(
      true,
    );
    expect(
      tests("gb10-level2-plugins-allowed.json").map(({ name, status }) => [name, status]),
    ).toEqual([
      ["software", "fail"],
      ["memory", "pass"],
      ["pcie", "pass"],
    ]);
    expect(tests("gb10-level1.json")[0]?.messages[0]).toContain("Persistence");
    expect(tests("gb10-level2-partial-skip.json").map(({ status }) => status)).toContain("skip");
  });

  test.each(["mi100_rocm602.json", "rx6700xt_rocm612.json", "vega-20-WKS-GL-XE.json"])(
    "rocm-smi: %s",
    (name) => {
      const reading = parseRocmSmi(sharedCapture(`rocm-smi/${name}`));
      if (reading.kind !== "ok") throw new Error(JSON.stringify(reading));
      expect(reading.value[0]?.card).toBe("card0");
      for (const card of reading.value) {
        expect(card.tempC).toBeGreaterThan(20);
        expect(card.powerW).toBeGreaterThan(1);
      }
    },
  );
});

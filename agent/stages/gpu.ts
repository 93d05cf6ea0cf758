import type { Inventory } from "../../contract/inventory.ts";
import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Gap } from "../../contract/stage-result.ts";
import { type GpuFindings, testAmdGpus } from "./gpu-amd.ts";
import { testNvidiaGpus } from "./gpu-nvidia.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { endedEarly, erred, failed, passed, skipped } from "./stage-report.ts";
import { StressWindow } from "./stress-window.ts";
import { blameOnce, judgeWindow, WINDOW_MEASUREMENTS } from "./window-judgement.ts";

type Gpu = Inventory["gpus"][number];

export const gpuStage: StageDefinition<"GPU"> = {
  name: "GPU",
  title: "Graphics and compute cards",
  tools: ["nvidia-smi", "dcgmi", "gpu_burn", "rocm-smi", "rvs"],
  paramsSchema: stageParamsSchemas.GPU,
  measurements: [
    { name: "gpu.gflops", unit: "Gflop/s", title: "Arithmetic rate" },
    { name: "gpu.temp.max", unit: "Cel", title: "Highest temperature" },
    { name: "gpu.ecc.corrected", unit: "1", title: "Corrected ECC errors" },
    { name: "gpu.ecc.uncorrected", unit: "1", title: "Uncorrected ECC errors", max: 0 },
    { name: "gpu.link.width", unit: "1", title: "PCIe lanes under load" },
    { name: "gpu.link.generation", unit: "1", title: "PCIe generation under load" },
    ...WINDOW_MEASUREMENTS,
  ],
  run: runGpu,
};

async function runGpu(ctx: StageContext<"GPU">): Promise<StageReport> {
  if (ctx.inventory === null) return erred("Inventory did not run, so no GPU is known.");
  const gpus = ctx.inventory.gpus.filter(isCompute);
  if (gpus.length === 0) {
    const why = "The host has no GPU.";
    return skipped(why, [{ what: "GPU", why, absent: true }]);
  }
  return StressWindow.over(ctx, (window) => testGpus(ctx, window, gpus));
}

/** The BMC's own display controller draws a console and is not tested. */
function isCompute({ vendor, model }: Gpu): boolean {
  return !/aspeed|matrox|bochs|cirrus|qxl|vmware|virtio|red hat/i.test(
    `${vendor ?? ""} ${model ?? ""}`,
  );
}

async function testGpus(
  ctx: StageContext<"GPU">,
  window: StressWindow,
  gpus: readonly Gpu[],
): Promise<StageReport> {
  const nvidia = gpus.filter(({ vendor }) => /nvidia/i.test(vendor ?? ""));
  const amd = gpus.filter(({ vendor }) => /amd|ati\b|advanced micro/i.test(vendor ?? ""));
  const others = gpus.filter((gpu) => !nvidia.includes(gpu) && !amd.includes(gpu));
  const found: GpuFindings[] = [];
  if (nvidia.length > 0) found.push(await testNvidiaGpus(ctx, window, nvidia));
  if (amd.length > 0 && !ctx.signal.aborted) found.push(await testAmdGpus(ctx, window, amd));
  const host = judgeWindow(await window.close(), ctx.inventory);
  const gaps: Gap[] = others.map(({ pciAddress, model }) => ({
    what: `GPU ${model ?? pciAddress}`,
    why: "No stress tool for this maker.",
    absent: false,
  }));
  const blame = found.flatMap((one) => [...one.blame]);
  for (const part of host.blame) blameOnce(blame, part);
  const findings = {
    proof: found.flatMap(({ proof }) => [...proof]),
    measurements: [...found.flatMap(({ measurements }) => [...measurements]), ...host.measurements],
    gaps: [
      ...gaps,
      ...found.flatMap((one) => one.gaps),
      ...host.gaps.filter(({ absent }) => !absent),
    ],
    blame,
    toolVersions: Object.assign({}, ...found.map(({ toolVersions }) => toolVersions)),
  };
  if (ctx.signal.aborted) return endedEarly(host.failures, findings);
  const failures = [...found.flatMap((one) => one.failures), ...host.failures];
  const errors = found.flatMap((one) => one.errors);
  const names = gpus.map(({ model, pciAddress }) => model ?? pciAddress).join(", ");
  const summary = `${gpus.length} ${gpus.length === 1 ? "GPU" : "GPUs"}: ${names}.`;
  if (failures.length > 0) return failed(failures, summary, findings);
  if (errors.length > 0) return erred(errors.join(" "), findings);
  if (findings.proof.length === 0) {
    return erred(`There is no tool to stress these GPUs with: ${names}.`, findings);
  }
  return passed(summary, findings);
}

import type { Inventory } from "../../contract/inventory.ts";
import type { Blame, Gap, Measurement, Proof } from "../../contract/stage-result.ts";
import { proofObjection } from "../../contract/verdict.ts";
import { readRocmGpus, runRvs } from "../tools/rocm-smi.ts";
import { failureText } from "../tools/tool-result.ts";
import type { StageContext } from "./stage.ts";
import type { StressWindow } from "./stress-window.ts";

export interface GpuFindings {
  readonly proof: readonly Proof[];
  readonly measurements: readonly Measurement[];
  readonly failures: readonly string[];
  readonly errors: readonly string[];
  /** What the tools left out by themselves. */
  readonly gaps: readonly Gap[];
  readonly blame: readonly Blame[];
  readonly toolVersions: Readonly<Record<string, string>>;
}

/** The suite's stress configuration sets its own times: this is when it hangs, in seconds. */
const RVS_TIMEOUT_S = 3600;

/** AMD cards: rocm-smi must see each of them, and the ROCm Validation Suite must stress them. */
export async function testAmdGpus(
  ctx: StageContext<"GPU">,
  window: StressWindow,
  gpus: Inventory["gpus"],
): Promise<GpuFindings> {
  const nothing = {
    proof: [],
    measurements: [],
    failures: [],
    gaps: [],
    blame: [],
    toolVersions: {},
  };
  const cards = await readRocmGpus(ctx);
  if (cards.kind !== "ok") return { ...nothing, errors: [failureText(cards)] };
  const failures: string[] = [];
  if (cards.value.length < gpus.length) {
    failures.push(`rocm-smi sees ${cards.value.length} of ${gpus.length} AMD GPUs.`);
  }
  await window.beginPhase();
  const reading = await runRvs(ctx, RVS_TIMEOUT_S);
  await window.endPhase();
  if (reading.kind !== "ok") return { ...nothing, failures, errors: [failureText(reading)] };
  const { passed, failed, gflops, elapsedS } = reading.value;
  if (failed > 0)
    failures.push(`The ROCm Validation Suite failed ${failed} of ${passed + failed}.`);
  if (passed + failed < gpus.length) {
    failures.push(
      `The ROCm Validation Suite told of ${passed + failed} of ${gpus.length} AMD GPUs.`,
    );
  }
  const proof: Proof = {
    what: "gpu amd",
    // The suite's configuration asks for its own time.
    requestedS: 0,
    elapsedS,
    work: gflops > 0 ? gflops : passed,
    unit: gflops > 0 ? "Gflop/s" : "1",
  };
  const objection = proofObjection(proof);
  if (objection !== null) failures.push(objection);
  return {
    proof: [proof],
    failures,
    errors: [],
    gaps: [],
    measurements: gflops > 0 ? [{ name: "gpu.gflops", value: gflops, unit: "Gflop/s" }] : [],
    blame:
      failures.length === 0
        ? []
        : gpus.map(({ pciAddress, serial, model }) => ({
            part: "GPU",
            slot: pciAddress,
            serial,
            model,
          })),
    toolVersions: {},
  };
}

import type { Inventory } from "../../contract/inventory.ts";
import type { Blame, Gap, Measurement, Proof } from "../../contract/stage-result.ts";
import { proofObjection } from "../../contract/verdict.ts";
import { type DcgmReport, runDcgmDiag } from "../tools/dcgmi.ts";
import { runGpuBurn } from "../tools/gpu-burn.ts";
import { type NvidiaGpu, readNvidiaGpus } from "../tools/nvidia-smi.ts";
import { failureText } from "../tools/tool-result.ts";
import type { GpuFindings } from "./gpu-amd.ts";
import type { StageContext } from "./stage.ts";
import type { StressWindow } from "./stress-window.ts";

/** NVIDIA's own words: level 2 about 2 min, 3 about 30 min, 4 one to two hours; here with room, in seconds. */
const DCGM_TIMEOUT_S: Readonly<Record<number, number>> = { 1: 300, 2: 1200, 3: 7200, 4: 21_600 };
const SAMPLE_S = 2;
/** DCGM's software checks (driver, persistence mode) say nothing of the card. */
const SOFTWARE_CATEGORY = "Deployment";

/** What the cards showed while they were under load. */
interface Observed {
  readonly maxTempC: Map<number, number>;
  readonly underLoad: Map<number, NvidiaGpu>;
}

/**
 * NVIDIA cards: nvidia-smi must see each of them; then `dcgmi diag`, and gpu_burn where dcgmi is missing or
 * its level exercises nothing. Without either there is no proof, and the stage says so.
 */
export async function testNvidiaGpus(
  ctx: StageContext<"GPU">,
  window: StressWindow,
  gpus: Inventory["gpus"],
): Promise<GpuFindings> {
  const proof: Proof[] = [];
  const failures: string[] = [];
  const errors: string[] = [];
  const gaps: Gap[] = [];
  const toolVersions: Record<string, string> = {};
  const measurements: Measurement[] = [];
  const before = await readNvidiaGpus(ctx);
  if (before.kind !== "ok") {
    return {
      proof,
      measurements,
      failures,
      errors: [failureText(before)],
      gaps,
      // A missing tool is the image's fault; one that sees no card speaks against the cards.
      blame: before.kind === "tool-missing" ? [] : gpus.map(blameUnseen),
      toolVersions,
    };
  }
  if (before.value.length < gpus.length) {
    failures.push(`nvidia-smi sees ${before.value.length} of ${gpus.length} NVIDIA GPUs.`);
  }
  const driver = before.value[0]?.driver;
  if (driver) toolVersions["nvidia driver"] = driver;

  const observed: Observed = { maxTempC: new Map(), underLoad: new Map() };
  const cards = before.value.map(({ index }) => index);
  await window.beginPhase();
  await whileSampling(ctx, observed, async () => {
    const level = ctx.params.dcgmLevel;
    const diag = await runDcgmDiag(ctx, level, DCGM_TIMEOUT_S[level] ?? 21_600);
    if (diag.kind === "ok") {
      if (diag.value.version !== null) toolVersions.dcgm = diag.value.version;
      judgeDiag(diag.value, proof, failures, gaps);
    } else if (diag.kind !== "tool-missing") {
      errors.push(failureText(diag));
    }
    const idle = diag.kind === "ok" ? unexercised(diag.value, cards) : cards;
    if (idle.length === 0 || errors.length > 0 || ctx.signal.aborted) return;
    if (proof.length > 0) ctx.log("warn", `DCGM left out GPU ${idle.join(", ")}.`, "dcgmi");
    await burn(ctx, idle, proof, failures, errors, measurements);
  });
  await window.endPhase();

  const after = await readNvidiaGpus(ctx);
  if (after.kind === "ok") {
    for (const { index, uuid } of before.value) {
      if (!after.value.some((gpu) => gpu.uuid === uuid)) {
        failures.push(`GPU ${index} is gone since the stress began.`);
      }
    }
    for (const gpu of after.value) judgeCard(gpu, before.value, observed, failures, measurements);
  } else if (!ctx.signal.aborted) {
    failures.push(`After the stress ${failureText(after)}`);
  }
  const blame = failures.length === 0 ? [] : before.value.filter(named(failures)).map(blameOf);
  return { proof, measurements, failures, errors, gaps, blame, toolVersions };
}

function judgeDiag(report: DcgmReport, proof: Proof[], failures: string[], gaps: Gap[]): void {
  for (const { name, status, gpu, messages } of report.tests) {
    const card = gpu === null ? "" : ` on GPU ${gpu}`;
    if (status === "fail")
      failures.push(`DCGM ${name} failed${card}: ${messages[0] ?? "no words"}`);
    if (status === "skip" || status === "warn") {
      const why = `${status === "skip" ? "Skipped" : "Warned"}: ${messages.join(" ") || "no words"}`;
      gaps.push({
        what: `DCGM ${name}${card}`.slice(0, 128),
        why: why.slice(0, 500),
        absent: false,
      });
    }
  }
  const exercised = report.tests.filter(exercises);
  if (exercised.length === 0) return;
  proof.push({
    what: `gpu dcgm ${[...new Set(exercised.map(({ name }) => name))].join(" ")}`.slice(0, 128),
    // The level sets the time.
    requestedS: 0,
    elapsedS: report.elapsedS,
    work: exercised.length,
    unit: "1",
  });
}

function exercises({ category, status }: DcgmReport["tests"][number]): boolean {
  return category !== SOFTWARE_CATEGORY && status === "pass";
}

/** The cards that no test has passed on; one that failed there is judged already. A test without a card is of all. */
function unexercised(report: DcgmReport, cards: readonly number[]): number[] {
  return cards.filter(
    (card) =>
      !report.tests.some(
        (test) =>
          (test.gpu === card || test.gpu === null) && (exercises(test) || test.status === "fail"),
      ),
  );
}

/** @param idle the cards that must be exercised yet; gpu_burn takes them all. */
async function burn(
  ctx: StageContext<"GPU">,
  idle: readonly number[],
  proof: Proof[],
  failures: string[],
  errors: string[],
  measurements: Measurement[],
): Promise<void> {
  const reading = await runGpuBurn(ctx, ctx.params.seconds);
  if (reading.kind !== "ok") {
    errors.push(
      reading.kind === "tool-missing"
        ? `Neither dcgmi (at a level that exercises the card) nor gpu_burn is there to stress GPU ${idle.join(", ")}.`
        : failureText(reading),
    );
    return;
  }
  const told = reading.value.cards.map(({ index }) => index);
  const silent = idle.filter((index) => !told.includes(index));
  if (silent.length > 0) failures.push(`gpu_burn says nothing of GPU ${silent.join(", ")}.`);
  for (const card of reading.value.cards) {
    const item = `GPU ${card.index}`;
    const one: Proof = {
      what: `gpu ${card.index}`,
      requestedS: ctx.params.seconds,
      elapsedS: reading.value.elapsedS,
      work: card.gflops,
      unit: "Gflop/s",
    };
    proof.push(one);
    measurements.push({ name: "gpu.gflops", value: card.gflops, unit: "Gflop/s", item });
    if (card.faulty) failures.push(`gpu_burn found ${item} FAULTY (${card.errors} errors).`);
    const objection = proofObjection(one);
    if (objection !== null) failures.push(`${item}: ${objection}`);
  }
}

function judgeCard(
  gpu: NvidiaGpu,
  before: readonly NvidiaGpu[],
  observed: Observed,
  failures: string[],
  measurements: Measurement[],
): void {
  const item = `GPU ${gpu.index}`;
  const start = before.find(({ uuid }) => uuid === gpu.uuid);
  const grown = (key: "correctedEccErrors" | "uncorrectedEccErrors") =>
    gpu[key] === null ? null : Math.max(0, gpu[key] - (start?.[key] ?? 0));
  const add = (name: string, value: number | null | undefined, unit: string, max?: number) => {
    if (value === null || value === undefined) return;
    measurements.push({ name, value, unit, item, ...(max === undefined ? {} : { max }) });
  };
  const uncorrected = grown("uncorrectedEccErrors");
  const load = observed.underLoad.get(gpu.index);
  add("gpu.ecc.corrected", grown("correctedEccErrors"), "1");
  add("gpu.ecc.uncorrected", uncorrected, "1", 0);
  add("gpu.temp.max", observed.maxTempC.get(gpu.index), "Cel");
  add("gpu.link.width", load?.linkWidth, "1");
  add("gpu.link.generation", load?.linkGen, "1");
  if (uncorrected) failures.push(`${item}: ${uncorrected} uncorrected ECC errors.`);
  if (gpu.memoryRepairFailed)
    failures.push(`${item}: its memory waits for a repair or failed one.`);
  // Idle cards lower the generation, never the width; so both are judged from a sample under load.
  if (load?.linkWidth && load.linkWidthMax && load.linkWidth < load.linkWidthMax) {
    failures.push(`${item}: PCIe x${load.linkWidth} where it can x${load.linkWidthMax}.`);
  }
  if (load?.hardwareSlowdown) failures.push(`${item} slowed down by hardware (heat or power).`);
}

/** Samples the cards while the work goes on. */
async function whileSampling(
  ctx: StageContext<"GPU">,
  observed: Observed,
  work: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([ctx.signal, stop.signal]);
  const sampling = (async () => {
    while (!signal.aborted) {
      const reading = await readNvidiaGpus(ctx);
      if (reading.kind === "ok") for (const gpu of reading.value) take(ctx, gpu, observed);
      await ctx.clock.sleep(SAMPLE_S, signal);
    }
  })();
  try {
    await work();
  } finally {
    stop.abort();
    await sampling;
  }
}

function take(ctx: StageContext<"GPU">, gpu: NvidiaGpu, observed: Observed): void {
  const { index, tempC, powerW, utilisationPercent } = gpu;
  const sample = (sensor: string, value: number | null, unit: string) => {
    if (value !== null) ctx.sample({ sensor: `${sensor}[${index}]`, value, unit });
  };
  sample("gpu.temp", tempC, "Cel");
  sample("gpu.power", powerW, "W");
  sample("gpu.utilisation", utilisationPercent, "%");
  if (tempC !== null) {
    observed.maxTempC.set(index, Math.max(observed.maxTempC.get(index) ?? tempC, tempC));
  }
  const busiest = observed.underLoad.get(index)?.utilisationPercent ?? 0;
  if ((utilisationPercent ?? 0) > busiest) observed.underLoad.set(index, gpu);
}

/** Cards named in a failure; all of them when none is named. */
function named(failures: readonly string[]): (gpu: NvidiaGpu) => boolean {
  const text = failures.join(" ");
  const anyNamed = /GPU \d+/.test(text);
  return ({ index }) => !anyNamed || new RegExp(`GPU ${index}\\b`).test(text);
}

function blameUnseen({ pciAddress, serial, model }: Inventory["gpus"][number]): Blame {
  return { part: "GPU", slot: pciAddress, serial, model };
}

function blameOf({ pciAddress, serial, name }: NvidiaGpu): Blame {
  return { part: "GPU", slot: pciAddress, serial, model: name };
}

import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Gap, Measurement, Proof } from "../../contract/stage-result.ts";
import { readCpuTimes } from "../tools/cpu-usage.ts";
import { readStressNgVersion } from "../tools/stress-ng.ts";
import { gibText, memoryCap, memoryShortage } from "./memory-cap.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { endedEarly, erred, failed, passed } from "./stage-report.ts";
import { runCpuPass, runFittingMemoryPass, withRanges } from "./stress-pass.ts";
import { StressWindow } from "./stress-window.ts";
import { judgeWindow, WINDOW_MEASUREMENTS } from "./window-judgement.ts";

/** Processors, then memory, never at once: together they once overcommitted a host until the agent was shot. */
export const cpuStressStage: StageDefinition<"CPUStress"> = {
  name: "CPUStress",
  title: "Processor and memory stress",
  tools: ["stress-ng", "dmesg"],
  paramsSchema: stageParamsSchemas.CPUStress,
  measurements: [
    { name: "cpu.bogo_ops_rate", unit: "/s", title: "Processor work per second" },
    { name: "memory.bogo_ops_rate", unit: "/s", title: "Memory work per second" },
    { name: "memory.exercised", unit: "By", title: "Memory under test" },
    ...WINDOW_MEASUREMENTS,
  ],
  run: (ctx) => StressWindow.over(ctx, (window) => stress(ctx, window)),
};

async function stress(ctx: StageContext<"CPUStress">, window: StressWindow): Promise<StageReport> {
  const { cpuSeconds, ramSeconds, settleSeconds } = ctx.params;
  const processors =
    (await readCpuTimes(ctx.files))?.processors || (ctx.inventory?.logicalCpus ?? 0);
  if (processors < 1) return erred("The number of processors cannot be read from /proc/stat.");
  const version = await readStressNgVersion(ctx);
  const toolVersions = version === null ? {} : { "stress-ng": version };

  ctx.log("info", `${processors} processors for ${cpuSeconds} s, all methods, results verified.`);
  await window.beginPhase();
  const cpu = await runCpuPass(ctx, processors, cpuSeconds);
  const cpuProof = withRanges(cpu, await window.endPhase());
  if (ctx.signal.aborted) return ended(ctx, window, cpuProof);
  if (cpu.error !== null) return erred(cpu.error, { toolVersions });

  // Measured after the first pass has given its memory back.
  const cap = await memoryCap(ctx.files, ramSeconds);
  if (cap === null) {
    return erred("The host's memory cannot be read from /proc/meminfo.", { proof: cpuProof });
  }
  ctx.log("info", `${gibText(cap.bytes)} of memory for ${ramSeconds} s, results verified.`);
  await window.beginPhase();
  const ram = await runFittingMemoryPass(ctx, cap, ramSeconds);
  const proof = [...cpuProof, ...withRanges(ram, await window.endPhase())];
  if (ctx.signal.aborted) return ended(ctx, window, proof);
  await ctx.clock.sleep(settleSeconds, ctx.signal);
  const host = judgeWindow(await window.close(), ctx.inventory);
  if (ctx.signal.aborted) return ended(ctx, window, proof);

  const gaps: Gap[] = [...host.gaps];
  if (ram.bytes < cap.allowedBytes) {
    gaps.push({
      what: `memory beyond ${gibText(ram.bytes)}`,
      why: `A pass of ${ramSeconds} s reaches ${gibText(ram.bytes)} of the ${gibText(cap.allowedBytes)} that could be tested; give it more time.`,
      absent: false,
    });
  }
  const findings = {
    proof,
    gaps,
    measurements: [
      ...rate("cpu.bogo_ops_rate", cpuProof[0]),
      ...rate("memory.bogo_ops_rate", proof[cpuProof.length]),
      ...(ram.error === null ? [{ name: "memory.exercised", value: ram.bytes, unit: "By" }] : []),
      ...host.measurements,
    ],
    blame: [...host.blame],
    toolVersions,
  };
  const short = ram.failures.length > 0 ? memoryShortage(cap, ram.bytes) : null;
  const why = short === null ? [] : [short];
  const failures = [...cpu.failures, ...ram.failures, ...why, ...host.failures];
  const summary = `${processors} processors for ${cpuSeconds} s, then ${gibText(ram.bytes)} of memory for ${ramSeconds} s. ${host.warnings.join(" ")}`;
  if (failures.length > 0) return failed(failures, summary.trim(), findings);
  if (ram.error !== null) return erred(ram.error, findings);
  return passed(summary.trim(), findings);
}

/** Ended from outside, by a breached limit say: what was counted until then names the part all the same. */
async function ended(
  ctx: StageContext<"CPUStress">,
  window: StressWindow,
  proof: readonly Proof[],
): Promise<StageReport> {
  const host = judgeWindow(await window.close(), ctx.inventory);
  const { measurements, blame } = host;
  return endedEarly(host.failures, {
    proof: [...proof],
    measurements: [...measurements],
    blame: [...blame],
  });
}

function rate(name: string, proof: Proof | undefined): Measurement[] {
  if (proof === undefined || proof.elapsedS <= 0) return [];
  return [{ name, value: Math.round(proof.work / proof.elapsedS), unit: "/s" }];
}

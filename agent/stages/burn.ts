import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Proof } from "../../contract/stage-result.ts";
import { readCpuTimes } from "../tools/cpu-usage.ts";
import { networkPart } from "./burn-network.ts";
import { diskCount, diskPart, type Part, type PartOutcome } from "./burn-parts.ts";
import { blameDisk, deadWords } from "./disk-targets.ts";
import { gibText, memoryCap } from "./memory-cap.ts";
import { watchRails } from "./power-rails.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { endedEarly, erred, failed, passed } from "./stage-report.ts";
import { type PassOutcome, runCpuPass, runMemoryPass } from "./stress-pass.ts";
import { StressWindow } from "./stress-window.ts";
import { blameOnce, judgeWindow, WINDOW_MEASUREMENTS } from "./window-judgement.ts";

/** The memory worker shares its processor with all the others, so it reaches less in the same time. */
const MEMORY_TIME_SHARE = 0.25;
/** A part that stops earlier than this never got to work: a missing tool, a peer that refuses. */
const STARTED_AFTER_S = 1;

export const burnStage: StageDefinition<"Burn"> = {
  name: "Burn",
  title: "Everything at once",
  tools: ["stress-ng", "fio", "iperf3", "dmesg"],
  paramsSchema: stageParamsSchemas.Burn,
  measurements: [
    { name: "nic.send", unit: "By/s", title: "Throughput, sending" },
    { name: "nic.receive", unit: "By/s", title: "Throughput, receiving" },
    { name: "nic.errors", unit: "1", title: "Error counters of the interface" },
    ...WINDOW_MEASUREMENTS,
  ],
  run: (ctx) => StressWindow.over(ctx, (window) => burn(ctx, window)),
};

async function burn(ctx: StageContext<"Burn">, window: StressWindow): Promise<StageReport> {
  const { seconds, settleSeconds } = ctx.params;
  const processors = (await readCpuTimes(ctx.files))?.processors ?? 0;
  const cap = await memoryCap(ctx.files, seconds * MEMORY_TIME_SHARE);
  if (processors < 1 || cap === null)
    return erred("Processors or memory cannot be read from /proc.");
  const disks = await diskPart(ctx, seconds);
  if (disks.dead.length > 0) {
    const why = disks.dead.map(deadWords).join(" ");
    return erred(why, { gaps: [...disks.gaps], blame: disks.dead.map(blameDisk) });
  }
  const network = await networkPart(ctx, seconds);
  const parts: Part[] = [
    async (inner) => partOf("cpu", await runCpuPass(inner, processors, seconds)),
    async (inner) => partOf("ram", await runMemoryPass(inner, cap.bytes, seconds)),
    ...disks.parts,
    ...network.parts,
  ];
  const base = `${processors} processors, ${gibText(cap.bytes)} of memory`;
  const names = `${base}${disks.words}${network.words}`;
  ctx.log("info", `At once for ${seconds} s: ${names}.`);

  await window.beginPhase();
  const over = new AbortController();
  const rails = watchRails(ctx, AbortSignal.any([ctx.signal, over.signal]));
  const { outcomes, ended } = await runTogether(ctx, parts).finally(() => over.abort());
  await rails;
  const ranges = await window.endPhase();
  if (!ctx.signal.aborted) await ctx.clock.sleep(settleSeconds, ctx.signal);
  const host = judgeWindow(await window.close(), ctx.inventory);

  const blame = outcomes.flatMap((one) => one.blame ?? []);
  for (const part of host.blame) blameOnce(blame, part);
  const { utilisationPercent, ...heat } = ranges;
  // Utilisation is the processors'; heat and power are the whole host's.
  const rangesFor = ({ what }: Proof) =>
    utilisationPercent === undefined || (what !== "cpu" && what !== "ram") ? heat : ranges;
  const findings = {
    proof: outcomes.flatMap(({ proof }) => proof.map((one) => ({ ...one, ...rangesFor(one) }))),
    measurements: [...outcomes.flatMap((one) => one.measurements ?? []), ...host.measurements],
    gaps: [
      ...disks.gaps,
      ...network.gaps,
      ...outcomes.flatMap((one) => one.gaps ?? []),
      ...host.gaps.filter(({ absent }) => !absent),
    ],
    blame,
    toolVersions: Object.assign({}, ...outcomes.map((one) => one.toolVersions ?? {})),
  };
  if (ctx.signal.aborted) return endedEarly(host.failures, findings);
  const failures = [
    ...(ended === null ? [] : [ended]),
    ...outcomes.flatMap((one) => one.failures),
    ...host.failures,
  ];
  // What was planned may not have been let in: the summary tells of what has proof.
  const burnt = new Set(
    findings.proof.flatMap(({ what }) => (what.startsWith("disk ") ? [what.split(" ")[1]] : [])),
  ).size;
  const diskWords =
    burnt === 0 ? ", no disk" : `, ${diskCount(burnt)}${disks.writing ? "" : " (read-only)"}`;
  const summary = `${base}${diskWords}${network.words}, at once for ${seconds} s. ${host.warnings.join(" ")}`;
  if (failures.length > 0) return failed(failures, summary.trim(), findings);
  const errors = outcomes.flatMap(({ error }) => (error === null ? [] : [error]));
  if (errors.length > 0) return erred(errors.join(" "), findings);
  return passed(summary.trim(), findings);
}

function partOf(part: string, { proof, failures, error }: PassOutcome): PartOutcome {
  return { part, proof: proof === null ? [] : [proof], failures, error };
}

/**
 * Starts all parts at the same moment. The first that fails ends the others: what follows would be a burn
 * of something less than the whole host.
 * @returns `ended`: which part it was and when, null when all came to their end.
 */
async function runTogether(
  ctx: StageContext<"Burn">,
  parts: readonly Part[],
): Promise<{ readonly outcomes: readonly PartOutcome[]; readonly ended: string | null }> {
  const stop = new AbortController();
  const signal = AbortSignal.any([ctx.signal, stop.signal]);
  const startS = ctx.clock.monotonicS();
  let ended: string | null = null;
  const results = await Promise.all(
    parts.map(async (part): Promise<PartOutcome | null> => {
      const outcome = await part({ ...ctx, signal }).catch((error: unknown) => {
        // A mistake of the agent's own: the other parts must not go on without their stage.
        stop.abort();
        throw error;
      });
      // Those that were ended with the others say nothing of their own.
      if (stop.signal.aborted) return null;
      const bad = outcome.failures.length > 0 || outcome.error !== null;
      if (bad && !ctx.signal.aborted) {
        const atS = ctx.clock.monotonicS() - startS;
        if (outcome.failures.length > 0 || atS >= STARTED_AFTER_S) {
          const why = outcome.error === null ? "." : `: ${outcome.error}`;
          ended = `${outcome.part} failed ${Math.round(atS)} s into the burn${why}`;
        }
        stop.abort();
      }
      return outcome;
    }),
  );
  return { outcomes: results.filter((one) => one !== null), ended };
}

import { badblocksLimitSeconds } from "../../contract/stage-budget.ts";
import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Blame, Gap, Measurement, Proof } from "../../contract/stage-result.ts";
import { runBadblocksWrite } from "../tools/badblocks.ts";
import type { FioPattern } from "../tools/fio.ts";
import { failureText } from "../tools/tool-result.ts";
import { smartBefore, smartGrowth } from "./disk-health.ts";
import { blameDisk, type DiskTarget, deadWords, diskTargets } from "./disk-targets.ts";
import { type DiskPass, runDiskPass } from "./fio-pass.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { endedEarly, erred, failed, passed, skipped } from "./stage-report.ts";
import { StressWindow } from "./stress-window.ts";
import { blameOnce, judgeWindow, WINDOW_MEASUREMENTS } from "./window-judgement.ts";
import { logWipeCapability } from "./wipe-capability.ts";

/** Four patterns, each written and read back. */
const BADBLOCKS_PASSES = 8;
/** No disk streams faster, nor a RAID controller's volume of them: quicker than this it was not written at all. */
const FASTEST_BY_PER_S = 20e9;

export const storageStage: StageDefinition<"Storage"> = {
  name: "Storage",
  title: "Disks under load",
  tools: ["fio", "badblocks", "hdparm", "smartctl", "lsblk"],
  paramsSchema: stageParamsSchemas.Storage,
  measurements: [
    { name: "disk.read.random.iops", unit: "/s", title: "Random reads per second" },
    { name: "disk.read.random.p99", unit: "ms", title: "Random read latency, 99th percentile" },
    { name: "disk.read.sequential", unit: "By/s", title: "Sequential read" },
    { name: "disk.write.verify", unit: "By/s", title: "Random write with verify" },
    { name: "disk.bad_blocks", unit: "1", title: "Bad blocks", max: 0 },
    ...WINDOW_MEASUREMENTS,
  ],
  run: (ctx) => StressWindow.over(ctx, (window) => testDisks(ctx, window)),
};

/** What has been found so far, over all disks. */
interface Progress {
  readonly proof: Proof[];
  readonly measurements: Measurement[];
  readonly gaps: Gap[];
  readonly blame: Blame[];
  readonly failures: string[];
  readonly errors: string[];
  readonly toolVersions: Record<string, string>;
  written: number;
}

async function testDisks(ctx: StageContext<"Storage">, window: StressWindow): Promise<StageReport> {
  if (ctx.inventory === null) return erred("Inventory did not run, so no disk is known.");
  if (ctx.inventory.disks.length === 0) {
    return skipped("The host has no disk.", [
      { what: "disks", why: "The host has no disk.", absent: true },
    ]);
  }
  const { targets, gaps, dead } = await diskTargets(ctx, ctx.inventory.disks);
  const found: Progress = {
    proof: [],
    measurements: [],
    gaps: [...gaps],
    blame: dead.map(blameDisk),
    failures: [],
    errors: dead.map(deadWords),
    toolVersions: {},
    written: 0,
  };
  for (const target of targets) {
    if (ctx.signal.aborted) break;
    await testDisk(ctx, window, target, found);
  }
  const host = judgeWindow(await window.close(), ctx.inventory);
  found.measurements.push(...host.measurements);
  // Memory errors are counted here as well, and said once: in CPUStress.
  found.gaps.push(...host.gaps.filter(({ absent }) => !absent));
  found.failures.push(...host.failures);
  for (const part of host.blame) blameOnce(found.blame, part);
  return ctx.signal.aborted
    ? endedEarly(host.failures, findingsOf(found))
    : conclude(ctx, found, targets);
}

function conclude(
  ctx: StageContext<"Storage">,
  found: Progress,
  targets: readonly DiskTarget[],
): StageReport {
  const findings = findingsOf(found);
  const tested = new Set(found.proof.map(({ what }) => what.split(" ")[1])).size;
  const disks = `${tested} of ${targets.length} ${targets.length === 1 ? "disk" : "disks"}`;
  const how =
    found.written > 0
      ? `${found.written} written and verified`
      : `read-only${ctx.nonDestructive ? ", as the run is non-destructive" : ""}`;
  const summary = `${disks} under load: ${how}.`;
  if (found.failures.length > 0) return failed(found.failures, summary, findings);
  if (found.errors.length > 0) return erred(found.errors.join(" "), findings);
  if (found.proof.length === 0) {
    return skipped("No disk could be read.", found.gaps, findings);
  }
  return passed(summary, findings);
}

function findingsOf(found: Progress) {
  const { proof, measurements, gaps, blame, toolVersions } = found;
  return { proof, measurements, gaps, blame, toolVersions };
}

async function testDisk(
  ctx: StageContext<"Storage">,
  window: StressWindow,
  target: DiskTarget,
  found: Progress,
): Promise<void> {
  const { readSeconds, writeSeconds } = ctx.params;
  const failuresBefore = found.failures.length;
  const health = await smartBefore(ctx, target);
  const steps: (readonly [FioPattern, number])[] = [
    ["random-read", readSeconds],
    ["sequential-read", readSeconds],
  ];
  if (target.protectedBy === null) {
    await logWipeCapability(ctx, target);
    steps.push(["write-verify", writeSeconds]);
  } else {
    ctx.log("info", `${target.name} is only read: ${target.protectedBy}.`);
  }
  for (const [pattern, seconds] of steps) {
    if (!(await oneStep(ctx, window, target, pattern, seconds, found))) break;
  }
  const erasable = target.protectedBy === null && found.failures.length === failuresBefore;
  if (erasable && target.disk.rotational && ctx.params.badblocks && !ctx.signal.aborted) {
    await scanForBadBlocks(ctx, target, found);
  }
  if (!ctx.signal.aborted) {
    const grown = await smartGrowth(ctx, target, health);
    found.failures.push(...grown.failures);
    found.errors.push(...grown.errors);
    found.gaps.push(...grown.gaps);
  }
  if (found.failures.length > failuresBefore) found.blame.push(blameDisk(target.disk));
}

/** False when the disk's further steps make no sense. */
async function oneStep(
  ctx: StageContext<"Storage">,
  window: StressWindow,
  target: DiskTarget,
  pattern: FioPattern,
  seconds: number,
  found: Progress,
): Promise<boolean> {
  ctx.log("info", `${target.name}: ${pattern} for ${seconds} s.`);
  await window.beginPhase();
  const outcome = await runDiskPass(ctx, pattern, [target], seconds, ctx.params.queueDepth);
  const ranges = await window.endPhase();
  if (ctx.signal.aborted) return false;
  if (outcome.kind === "error") {
    found.errors.push(`${target.name}: ${outcome.reason}`);
    return false;
  }
  found.toolVersions.fio = outcome.version;
  const [pass] = outcome.passes;
  if (pass === undefined) return false;
  if (pass.forbidden !== null) {
    found.gaps.push({ what: `disk ${target.name}`, why: pass.forbidden, absent: false });
    return false;
  }
  found.failures.push(...pass.failures);
  if (pass.proof !== null) {
    const { utilisationPercent: _hosts, ...rest } = ranges;
    found.proof.push({ ...pass.proof, ...rest });
    found.measurements.push(...measure(pass));
    if (pattern === "write-verify") found.written += 1;
  }
  return pass.failures.length === 0;
}

function measure({ job, pattern, target }: DiskPass): Measurement[] {
  if (job === null) return [];
  const item = target.name;
  switch (pattern) {
    case "random-read": {
      const p99 = job.read.p99LatencyMs;
      return [
        { name: "disk.read.random.iops", value: Math.round(job.read.iops), unit: "/s", item },
        ...(p99 === null
          ? []
          : [
              {
                name: "disk.read.random.p99",
                value: Math.round(p99 * 1000) / 1000,
                unit: "ms",
                item,
              },
            ]),
      ];
    }
    case "sequential-read":
      return [{ name: "disk.read.sequential", value: job.read.bytesPerS, unit: "By/s", item }];
    case "write-verify":
      return [{ name: "disk.write.verify", value: job.write.bytesPerS, unit: "By/s", item }];
  }
}

async function scanForBadBlocks(
  ctx: StageContext<"Storage">,
  { name, path, disk }: DiskTarget,
  found: Progress,
): Promise<void> {
  const timeoutS = badblocksLimitSeconds(disk.sizeBytes);
  ctx.log("info", `${name}: badblocks over the whole disk, at most ${timeoutS} s.`);
  const reading = await runBadblocksWrite(ctx, path, disk.sizeBytes, timeoutS);
  if (ctx.signal.aborted) return;
  if (reading.kind !== "ok") {
    found.errors.push(`${name}: ${failureText(reading)}`);
    return;
  }
  const { badBlocks, readErrors, writeErrors, corruptions, elapsedS } = reading.value;
  found.measurements.push({
    name: "disk.bad_blocks",
    value: badBlocks,
    unit: "1",
    max: 0,
    item: name,
  });
  found.proof.push({
    what: `disk ${name} badblocks`,
    // The whole disk is asked for, not a time.
    requestedS: 0,
    elapsedS,
    work: disk.sizeBytes,
    unit: "By",
  });
  const errors = readErrors + writeErrors + corruptions;
  if (badBlocks > 0) found.failures.push(`badblocks found ${badBlocks} bad blocks on ${name}.`);
  else if (errors > 0) found.failures.push(`badblocks counted ${errors} errors on ${name}.`);
  if (elapsedS < (BADBLOCKS_PASSES * disk.sizeBytes) / FASTEST_BY_PER_S) {
    found.failures.push(
      `badblocks says that it wrote and read all of ${name} in ${Math.round(elapsedS)} s, which no disk can.`,
    );
  }
}

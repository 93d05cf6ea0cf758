import { MAX_EVIDENCE_CHARS } from "../../contract/agent-api.ts";
import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Blame, Gap } from "../../contract/stage-result.ts";
import { type BlockDevice, readBlockDevices } from "../tools/lsblk.ts";
import { whyNoSmart } from "../tools/smart-devices.ts";
import type { SelfTest, SelfTestState } from "../tools/smart-self-test.ts";
import { nvmeControllerOf, startSelfTest } from "../tools/smart-self-test.ts";
import { judgeSmart, readSmart, type SmartReading } from "../tools/smartctl.ts";
import { failureText, sentenceEnd } from "../tools/tool-result.ts";
import { measureDrive, SMART_MEASUREMENTS } from "./smart-measurements.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { cancelled, erred, type Findings, failed, passed, skipped } from "./stage-report.ts";

/** Between two questions to drives under self-test, in seconds: a short test takes one to two minutes. */
const POLL_S = { short: 10, extended: 60 } as const;

/** Drives read, self-tested by themselves, and read again. Nothing is written to any disk. */
export const smart: StageDefinition<"SMART"> = {
  name: "SMART",
  title: "Drive health",
  tools: ["smartctl", "nvme", "lsblk"],
  paramsSchema: stageParamsSchemas.SMART,
  measurements: SMART_MEASUREMENTS,
  run: runSmart,
};

interface Drive {
  readonly disk: string;
  readonly before: SmartReading;
  selfTest: SelfTestState | { readonly kind: "not-run" };
}

async function runSmart(ctx: StageContext<"SMART">): Promise<StageReport> {
  const devices = await readBlockDevices(ctx);
  if (devices.kind !== "ok") return erred(failureText(devices));
  const disks = devices.value.filter((device) => whyNoSmart(device) === null);
  const passedOver = devices.value.flatMap((device) => passOver(ctx, device));
  if (disks.length === 0) return nothingToRead(passedOver);

  const drives: Drive[] = await Promise.all(
    disks.map(async ({ kname }) => ({
      disk: kname,
      before: await readSmart(ctx, `/dev/${kname}`),
      selfTest: { kind: "not-run" as const },
    })),
  );
  for (const { before } of drives) sampleTemp(ctx, before);
  await runSelfTests(
    ctx,
    drives.filter(({ before }) => before.kind === "ok"),
  );
  if (ctx.signal.aborted) return cancelled({ gaps: [...passedOver] });
  const after = await Promise.all(disks.map(({ kname }) => readSmart(ctx, `/dev/${kname}`)));
  if (ctx.signal.aborted) return cancelled({ gaps: [...passedOver] });
  for (const reading of after) sampleTemp(ctx, reading);
  await ctx.postEvidence({
    kind: "smart",
    name: "smart.json",
    text: JSON.stringify({ drives, after }, null, 2).slice(0, MAX_EVIDENCE_CHARS),
    truncated: false,
  });
  return conclude(ctx, drives, after, passedOver);
}

/** What is no drive at all is only logged: the live image's own loop device is missing nowhere. */
function passOver(ctx: StageContext<"SMART">, device: BlockDevice): Gap[] {
  const reason = whyNoSmart(device);
  if (reason === null) return [];
  const { why, isDrive } = reason;
  const what = `SMART of ${device.kname}`;
  ctx.log("info", `${what}: ${why}`, "smartctl");
  return isDrive ? [{ what, why, absent: false }] : [];
}

/** All drives at once: each tests itself, and the host only waits for the slowest. */
async function runSelfTests(ctx: StageContext<"SMART">, drives: readonly Drive[]): Promise<void> {
  const { selfTest: kind, selfTestTimeoutSeconds } = ctx.params;
  if (kind === "none") return;
  const startedAtS = ctx.clock.monotonicS();
  const running = new Map<Drive, SelfTest>();
  const controllers = new Map<string, Drive>();
  const followers: (readonly [drive: Drive, leader: Drive])[] = [];
  for (const drive of drives) {
    // Two namespaces of one controller share its self-test.
    const unit = await unitOf(ctx, drive.disk);
    const leader = controllers.get(unit);
    if (leader !== undefined) {
      followers.push([drive, leader]);
      continue;
    }
    controllers.set(unit, drive);
    const started = await startSelfTest(ctx, drive.disk, kind);
    if (started.kind === "started") running.set(drive, started.test);
    else drive.selfTest = started;
  }
  ctx.log("info", `${kind} self-test started on ${running.size} drives.`, "smartctl");
  while (running.size > 0 && !ctx.signal.aborted) {
    const leftS = selfTestTimeoutSeconds - (ctx.clock.monotonicS() - startedAtS);
    await ctx.clock.sleep(Math.max(0, Math.min(POLL_S[kind], leftS)), ctx.signal);
    if (ctx.signal.aborted) break;
    for (const [drive, test] of running) {
      drive.selfTest = await test.poll();
      if (drive.selfTest.kind === "running")
        report(ctx, drive.disk, drive.selfTest.remainingPercent);
      else running.delete(drive);
    }
    if (ctx.clock.monotonicS() - startedAtS >= selfTestTimeoutSeconds) break;
  }
  // Cancelled, or out of time: a drive still `running` here is judged as unfinished.
  await Promise.all([...running.values()].map((test) => test.abort()));
  for (const [drive, leader] of followers) drive.selfTest = leader.selfTest;
}

async function unitOf(ctx: StageContext<"SMART">, disk: string): Promise<string> {
  return /^nvme/.test(disk) ? nvmeControllerOf(ctx.files, disk) : disk;
}

function report(ctx: StageContext<"SMART">, disk: string, remainingPercent: number | null): void {
  const left = remainingPercent === null ? "running" : `${remainingPercent} % left`;
  ctx.log("info", `Self-test of ${disk}: ${left}.`, "smartctl");
}

/** Whatever else becomes of a self-test speaks against its drive. */
const FINE: ReadonlySet<Drive["selfTest"]["kind"]> = new Set(["passed", "not-run", "unsupported"]);

function conclude(
  ctx: StageContext<"SMART">,
  drives: readonly Drive[],
  readings: readonly SmartReading[],
  passedOver: readonly Gap[],
): StageReport {
  const failures: string[] = [];
  const errors: string[] = [];
  const warnings: string[] = [];
  const gaps: Gap[] = [...passedOver];
  const blamed = new Set<SmartReading>();
  if (ctx.params.selfTest === "none") {
    gaps.push({ what: "drive self-tests", why: "The profile asks for none.", absent: false });
  }
  drives.forEach((drive, index) => {
    const after = readings[index] ?? drive.before;
    const verdict = judgeSmart(drive.before, after);
    const test = drive.selfTest;
    const named = verdict.reasons.map((reason) => `${drive.disk}: ${reason}`);
    if (verdict.result === "fail") failures.push(...named);
    if (verdict.result === "error") errors.push(...named);
    warnings.push(...verdict.warnings.map((warning) => `${drive.disk}: ${warning}`));
    if (test.kind === "failed")
      failures.push(`${drive.disk}: its self-test failed: ${sentenceEnd(test.message)}`);
    if (test.kind === "aborted" || test.kind === "unreadable-drive") {
      errors.push(`${drive.disk}: its self-test gave no result: ${sentenceEnd(test.message)}`);
    }
    if (test.kind === "running") {
      const seconds = ctx.params.selfTestTimeoutSeconds;
      errors.push(`${drive.disk}: its self-test did not end within ${seconds} s and was stopped.`);
    }
    if (test.kind === "unsupported") {
      gaps.push({ what: `self-test of ${drive.disk}`, why: test.message, absent: false });
    }
    if (verdict.result !== "pass" || !FINE.has(test.kind)) blamed.add(after);
  });
  const told = warnings.length === 0 ? "" : ` Worth knowing: ${warnings.join(" ")}`;
  const examined = `${drives.length} ${drives.length === 1 ? "drive" : "drives"} examined, self-test: ${ctx.params.selfTest}.`;
  const findings: Findings = {
    measurements: readings.flatMap((reading) =>
      reading.kind === "ok" ? measureDrive(reading) : [],
    ),
    gaps: gaps.slice(0, 256),
    blame: [...blamed].slice(0, 64).map((reading) => blame(ctx, reading)),
    toolVersions: versionsOf(readings),
  };
  // A fault that was found stands, even when another drive could not be read.
  const reasons = [...failures, ...errors];
  if (failures.length > 0) {
    return failed(reasons, `${examined} ${reasons.join(" ")}${told}`, findings);
  }
  if (errors.length > 0) return erred(reasons.join(" "), findings);
  return passed(`${examined} None reports a fault.${told}`, findings);
}

/** By the name that thresholds use. */
function sampleTemp(ctx: StageContext<"SMART">, reading: SmartReading): void {
  if (reading.kind !== "ok" || reading.tempC === null) return;
  const disk = reading.device.replace("/dev/", "");
  ctx.sample({ sensor: `disk.temp[${disk}]`, value: reading.tempC, unit: "Cel" });
}

/** The part by slot and serial; what the drive does not say itself, Inventory may know. */
function blame(ctx: StageContext<"SMART">, reading: SmartReading): Blame {
  const disk = reading.device.replace("/dev/", "");
  const listed = ctx.inventory?.disks.find(({ name }) => name === disk);
  const drive = reading.kind === "ok" ? reading : null;
  return {
    part: `disk ${disk}`,
    slot: listed?.slot ?? null,
    serial: drive?.serial ?? listed?.serial ?? null,
    model: drive?.model ?? listed?.model ?? null,
  };
}

function versionsOf(readings: readonly SmartReading[]): Record<string, string> {
  const version = readings.find((reading) => reading.kind === "ok")?.version;
  return version == null ? {} : { smartctl: version };
}

function nothingToRead(gaps: readonly Gap[]): StageReport {
  if (gaps.length === 0) {
    const why = "The host has no disk.";
    return skipped(why, [{ what: "SMART", why, absent: true }]);
  }
  const named = gaps.map(({ what, why }) => `${what.replace("SMART of ", "")} (${why})`);
  return skipped(`No drive here answers SMART: ${named.join(", ")}.`, gaps);
}

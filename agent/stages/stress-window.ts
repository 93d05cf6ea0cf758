import { type CpuTimes, readCpuTimes, utilisationPercent } from "../tools/cpu-usage.ts";
import { type EdacController, readEdacCounts } from "../tools/edac.ts";
import { readSelCount } from "../tools/ipmitool.ts";
import { classifyKernelLine, type KernelFinding, KernelLogFollower } from "../tools/kernel-log.ts";
import { PackagePower } from "../tools/rapl.ts";
import { type Reading, readKernelSensors, readSystemPower } from "../tools/sensors.ts";
import { readThrottleCounts, type ThrottleCounts } from "../tools/thermal-throttle.ts";
import { failureText } from "../tools/tool-result.ts";
import { pollMachineChecksEverySecond } from "./machine-check.ts";
import type { StageContext } from "./stage.ts";

const POLL_S = 2;
/** A BMC answers slowly and is not made for being asked often. */
const BMC_EVERY_S = 10;
const MAX_KERNEL_LINES = 200;

export interface DimmErrors {
  /** As the driver names the slot; the sysfs path where it does not. */
  readonly label: string;
  readonly corrected: number;
  readonly uncorrected: number;
}

/** What happened on the host while it was under stress: differences, not totals. */
export interface WindowFindings {
  /** Null: no EDAC driver, so nobody counted. */
  readonly memoryErrors: {
    readonly corrected: number;
    readonly uncorrected: number;
    readonly dimms: readonly DimmErrors[];
  } | null;
  /** Null: this processor's driver does not count. */
  readonly throttle: ThrottleCounts | null;
  readonly kernelLines: readonly { readonly finding: KernelFinding; readonly text: string }[];
  /** Why the kernel log could not be followed; null when it could. */
  readonly kernelLogProblem: string | null;
}

/** Ranges over one pass, for its proof; a key is left out where nothing was read. */
export interface PhaseRanges {
  utilisationPercent?: number;
  minTempC?: number;
  maxTempC?: number;
  minPowerW?: number;
  maxPowerW?: number;
}

type WindowContext = Pick<StageContext, "files" | "run" | "clock" | "signal" | "log" | "sample">;

/**
 * Watches a host under stress: samples its sensors and follows every counter that tells of trouble.
 * `beginPhase`/`endPhase` go around each pass, `close` comes after the last.
 */
export class StressWindow {
  private readonly ctx: WindowContext;
  private readonly kernelLog: KernelLogFollower;
  private readonly power: PackagePower;
  private readonly stop = new AbortController();
  private readonly kernelLines: { finding: KernelFinding; text: string }[] = [];
  private edacBefore: readonly EdacController[] = [];
  private throttleBefore: ThrottleCounts | null = null;
  private kernelLogProblem: string | null = null;
  private restoreMachineChecks: () => Promise<void> = async () => {};
  private loop: Promise<void> = Promise.resolve();
  private closing: Promise<WindowFindings> | null = null;
  private bmcAskedAtS = Number.NEGATIVE_INFINITY;
  private bmcAnswers = true;
  private cpuAtPoll: CpuTimes | null = null;
  private phaseCpu: CpuTimes | null = null;
  private ranges: PhaseRanges = {};

  private constructor(ctx: WindowContext) {
    this.ctx = ctx;
    this.kernelLog = new KernelLogFollower(ctx);
    this.power = new PackagePower(ctx.files);
  }

  static async open(ctx: WindowContext): Promise<StressWindow> {
    const window = new StressWindow(ctx);
    window.restoreMachineChecks = await pollMachineChecksEverySecond(ctx);
    window.edacBefore = await readEdacCounts(ctx.files);
    window.throttleBefore = await readThrottleCounts(ctx.files);
    const log = await window.kernelLog.next();
    if (log.kind !== "ok") window.kernelLogProblem = failureText(log);
    await window.poll();
    window.loop = window.pollUntilStopped();
    return window;
  }

  /** Runs a stage under a window that closes whatever happens. */
  static async over<T>(ctx: WindowContext, work: (window: StressWindow) => Promise<T>): Promise<T> {
    const window = await StressWindow.open(ctx);
    try {
      return await work(window);
    } finally {
      await window.close();
    }
  }

  async beginPhase(): Promise<void> {
    this.ranges = {};
    this.phaseCpu = await readCpuTimes(this.ctx.files);
    await this.sampleSensors();
  }

  async endPhase(): Promise<PhaseRanges> {
    await this.sampleSensors();
    const now = await readCpuTimes(this.ctx.files);
    const percent =
      now === null || this.phaseCpu === null ? null : utilisationPercent(this.phaseCpu, now);
    return {
      ...this.ranges,
      ...(percent === null ? {} : { utilisationPercent: Math.round(percent * 10) / 10 }),
    };
  }

  /** Polls once more, stops, and puts the host's settings back. A second call gives the same findings. */
  close(): Promise<WindowFindings> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<WindowFindings> {
    this.stop.abort();
    await this.loop;
    await this.poll();
    await this.restoreMachineChecks();
    return {
      memoryErrors: await this.memoryErrors(),
      throttle: await this.throttle(),
      kernelLines: this.kernelLines,
      kernelLogProblem: this.kernelLogProblem,
    };
  }

  private async pollUntilStopped(): Promise<void> {
    const signal = AbortSignal.any([this.ctx.signal, this.stop.signal]);
    while (!signal.aborted) {
      await this.ctx.clock.sleep(POLL_S, signal);
      if (!signal.aborted) await this.poll();
    }
  }

  private async poll(): Promise<void> {
    await this.sampleSensors();
    await this.sampleUtilisation();
    await this.followKernelLog();
    const errors = await this.memoryErrors();
    if (errors !== null) {
      this.ctx.sample({ sensor: "memory.edac.ce", value: errors.corrected, unit: "1" });
      this.ctx.sample({ sensor: "memory.edac.ue", value: errors.uncorrected, unit: "1" });
    }
    const throttle = await this.throttle();
    if (throttle !== null) {
      const events = throttle.coreEvents + throttle.packageEvents;
      this.ctx.sample({ sensor: "cpu.throttle.events", value: events, unit: "1" });
    }
  }

  private async sampleSensors(): Promise<void> {
    const nowS = this.ctx.clock.monotonicS();
    for (const reading of await readKernelSensors(this.ctx.files)) this.take(reading);
    for (const reading of await this.power.read(nowS)) this.take(reading);
    if (!this.bmcAnswers || nowS - this.bmcAskedAtS < BMC_EVERY_S) return;
    this.bmcAskedAtS = nowS;
    const watts = await readSystemPower(this.ctx);
    if (watts !== null) this.take(watts);
    const events = await readSelCount(this.ctx);
    if (events.kind === "ok") {
      this.take({ sensor: "bmc.events", value: events.value, unit: "1" });
    }
    // A BMC that answers neither is not asked again.
    if (watts === null && events.kind !== "ok") this.bmcAnswers = false;
  }

  private take(reading: Reading): void {
    this.ctx.sample(reading);
    const { sensor, value } = reading;
    if (sensor.startsWith("cpu.package.temp")) widen(this.ranges, "TempC", value);
    if (sensor === "system.power") widen(this.ranges, "PowerW", value);
  }

  private async sampleUtilisation(): Promise<void> {
    const now = await readCpuTimes(this.ctx.files);
    const percent =
      now === null || this.cpuAtPoll === null ? null : utilisationPercent(this.cpuAtPoll, now);
    this.cpuAtPoll = now;
    if (percent === null) return;
    this.ctx.sample({ sensor: "cpu.utilisation", value: Math.round(percent * 10) / 10, unit: "%" });
  }

  private async followKernelLog(): Promise<void> {
    if (this.kernelLogProblem !== null || this.ctx.signal.aborted) return;
    const reading = await this.kernelLog.next();
    if (reading.kind !== "ok") {
      if (!this.ctx.signal.aborted) this.kernelLogProblem = failureText(reading);
      return;
    }
    for (const { text } of reading.value) {
      const finding = classifyKernelLine(text);
      if (finding === null) continue;
      this.ctx.log("error", text.slice(0, 4000), "kernel");
      if (this.kernelLines.length < MAX_KERNEL_LINES) this.kernelLines.push({ finding, text });
    }
  }

  private async memoryErrors(): Promise<WindowFindings["memoryErrors"]> {
    return this.edacBefore.length === 0
      ? null
      : edacDelta(this.edacBefore, await readEdacCounts(this.ctx.files));
  }

  private async throttle(): Promise<ThrottleCounts | null> {
    const before = this.throttleBefore;
    const now = before === null ? null : await readThrottleCounts(this.ctx.files);
    if (before === null || now === null) return null;
    return {
      coreEvents: Math.max(0, now.coreEvents - before.coreEvents),
      packageEvents: Math.max(0, now.packageEvents - before.packageEvents),
    };
  }
}

function widen(ranges: PhaseRanges, what: "TempC" | "PowerW", value: number): void {
  ranges[`min${what}`] = Math.min(ranges[`min${what}`] ?? value, value);
  ranges[`max${what}`] = Math.max(ranges[`max${what}`] ?? value, value);
}

function edacDelta(
  before: readonly EdacController[],
  now: readonly EdacController[],
): NonNullable<WindowFindings["memoryErrors"]> {
  const count = (all: readonly EdacController[], key: "correctedErrors" | "uncorrectedErrors") =>
    all.reduce((sum, controller) => sum + controller[key], 0);
  const earlier = new Map(before.flatMap(({ dimms }) => dimms.map((dimm) => [dimm.path, dimm])));
  const dimms = now
    .flatMap((controller) => controller.dimms)
    .map((dimm): DimmErrors => {
      const start = earlier.get(dimm.path);
      return {
        label: dimm.label ?? dimm.path,
        corrected: dimm.correctedErrors - (start?.correctedErrors ?? 0),
        uncorrected: (dimm.uncorrectedErrors ?? 0) - (start?.uncorrectedErrors ?? 0),
      };
    })
    .filter(({ corrected, uncorrected }) => corrected > 0 || uncorrected > 0);
  return {
    corrected: Math.max(0, count(now, "correctedErrors") - count(before, "correctedErrors")),
    uncorrected: Math.max(0, count(now, "uncorrectedErrors") - count(before, "uncorrectedErrors")),
    dimms,
  };
}

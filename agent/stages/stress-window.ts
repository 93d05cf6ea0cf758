import { type CpuTimes, readCpuTimes, utilisationPercent } from "../tools/cpu-usage.ts";
import { type EdacController, readEdacCounts } from "../tools/edac.ts";
import { readSelCount } from "../tools/ipmitool.ts";
import {
  classifyKernelLine,
  isUncorrected,
  type KernelFinding,
  KernelLogFollower,
} from "../tools/kernel-log.ts";
import { PackagePower } from "../tools/rapl.ts";
import { readKernelSensors } from "../tools/sensors.ts";
import { readThrottleCounts, type ThrottleCounts } from "../tools/thermal-throttle.ts";
import { failureText } from "../tools/tool-result.ts";
import { pollMachineChecksEverySecond } from "./machine-check.ts";
import { type MemoryErrors, memoryErrorsSince } from "./memory-errors.ts";
import type { StageContext } from "./stage.ts";

const POLL_S = 2;
/** Of each kind: a flood of corrected errors must not hide the one that was not. */
const MAX_KERNEL_LINES = 200;

/** What happened on the host while it was under stress: differences, not totals. */
export interface WindowFindings {
  /** Null: no EDAC driver, so nobody counted. */
  readonly memoryErrors: MemoryErrors | null;
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

type WindowContext = Pick<
  StageContext,
  "files" | "run" | "clock" | "signal" | "log" | "sample" | "readings"
>;

/**
 * Watches a host under stress: follows every counter that tells of trouble, and gathers the ranges that a
 * proof needs. Temperatures, fans, watts and memory errors are sampled by the agent in the background of
 * every stage; the window samples only what is not among those.
 * `beginPhase`/`endPhase` go around each pass, `close` comes after the last.
 */
export class StressWindow {
  private readonly ctx: WindowContext;
  private readonly kernelLog: KernelLogFollower;
  private readonly power: PackagePower;
  private readonly stop = new AbortController();
  private readonly kernelLines: { finding: KernelFinding; text: string }[] = [];
  private readonly linesOfKind = new Map<string, number>();
  private edacBefore: readonly EdacController[] = [];
  private throttleBefore: ThrottleCounts | null = null;
  private kernelSpoke = false;
  private kernelLogProblem: string | null = null;
  private restoreMachineChecks: () => Promise<void> = async () => {};
  private loop: Promise<void> = Promise.resolve();
  private closing: Promise<WindowFindings> | null = null;
  private phaseStartMs = 0;
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
    else window.kernelSpoke = log.value.length > 0;
    await window.sampleBmcEvents();
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
    this.phaseStartMs = this.ctx.clock.now().getTime();
    this.phaseCpu = await readCpuTimes(this.ctx.files);
    await this.sampleSensors();
  }

  async endPhase(): Promise<PhaseRanges> {
    await this.sampleSensors();
    // The agent asks the BMC in the background; asking twice would only slow it down.
    for (const { t, value } of this.ctx.readings("system.power")) {
      if (t >= this.phaseStartMs) widen(this.ranges, "PowerW", value);
    }
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
    if (!this.ctx.signal.aborted) await this.sampleBmcEvents();
    await this.restoreMachineChecks();
    return {
      memoryErrors: await this.memoryErrors(),
      throttle: await this.throttle(),
      kernelLines: this.kernelLines,
      kernelLogProblem:
        this.kernelLogProblem ?? (this.kernelSpoke ? null : "dmesg shows no line at all."),
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
    const throttle = await this.throttle();
    if (throttle !== null) {
      const events = throttle.coreEvents + throttle.packageEvents;
      this.ctx.sample({ sensor: "cpu.throttle.events", value: events, unit: "1" });
    }
  }

  private async sampleSensors(): Promise<void> {
    for (const { sensor, value } of await readKernelSensors(this.ctx.files)) {
      if (sensor.startsWith("cpu.package.temp")) widen(this.ranges, "TempC", value);
    }
    for (const reading of await this.power.read(this.ctx.clock.monotonicS())) {
      this.ctx.sample(reading);
    }
  }

  /** Once at either end: PSU compares them. */
  private async sampleBmcEvents(): Promise<void> {
    const events = await readSelCount(this.ctx);
    if (events.kind !== "ok") return;
    this.ctx.sample({ sensor: "bmc.events", value: events.value, unit: "1" });
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
    if (reading.value.length > 0) this.kernelSpoke = true;
    for (const { text } of reading.value) {
      const finding = classifyKernelLine(text);
      if (finding === null) continue;
      this.ctx.log("error", text.slice(0, 4000), "kernel");
      const kind = `${finding}/${isUncorrected(text)}`;
      const seen = (this.linesOfKind.get(kind) ?? 0) + 1;
      this.linesOfKind.set(kind, seen);
      if (seen <= MAX_KERNEL_LINES) this.kernelLines.push({ finding, text });
    }
  }

  private async memoryErrors(): Promise<MemoryErrors | null> {
    return this.edacBefore.length === 0
      ? null
      : memoryErrorsSince(this.edacBefore, await readEdacCounts(this.ctx.files));
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

import type { Inventory } from "../../contract/inventory.ts";
import type { Blame, Gap, Measurement } from "../../contract/stage-result.ts";
import {
  isUncorrected,
  type KernelFinding,
  type MachineCheck,
  parseMachineCheck,
} from "../tools/kernel-log.ts";
import { blameKernelLine } from "./kernel-blame.ts";
import type { MeasurementDeclaration } from "./stage.ts";
import type { WindowFindings } from "./stress-window.ts";

/** Declared by every stage that opens a stress window. */
export const WINDOW_MEASUREMENTS: readonly MeasurementDeclaration[] = [
  { name: "memory.errors.corrected", unit: "1", title: "Corrected memory errors", max: 0 },
  { name: "memory.errors.uncorrected", unit: "1", title: "Uncorrected memory errors", max: 0 },
  { name: "cpu.machine_checks", unit: "1", title: "Machine checks in the kernel log", max: 0 },
  { name: "cpu.throttle.core", unit: "1", title: "Thermal throttling of cores" },
  { name: "cpu.throttle.package", unit: "1", title: "Thermal throttling of packages" },
  { name: "kernel.oom_kills", unit: "1", title: "Processes shot for lack of memory", max: 0 },
  { name: "kernel.io_errors", unit: "1", title: "I/O errors in the kernel log", max: 0 },
  { name: "kernel.pcie_errors", unit: "1", title: "PCIe errors in the kernel log" },
  { name: "kernel.lockups", unit: "1", title: "Lockups and stalls in the kernel log", max: 0 },
  { name: "kernel.gpu_xids", unit: "1", title: "GPU faults (Xid) in the kernel log", max: 0 },
];

/** A report names at most 64 parts; a stage has its own to add. */
const MOST_BLAMED = 32;

/** What the window says of the host, in words and numbers. */
export interface WindowJudgement {
  /** One sentence each; empty when nothing went wrong. */
  readonly failures: readonly string[];
  /** No failure by themselves, and worth a word in the summary. */
  readonly warnings: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly gaps: readonly Gap[];
  readonly blame: readonly Blame[];
}

const LINE_MEASUREMENTS: readonly (readonly [string, KernelFinding, string])[] = [
  ["cpu.machine_checks", "machine-check", "The kernel reported a machine check"],
  ["kernel.oom_kills", "oom-kill", "The kernel shot a process for lack of memory"],
  ["kernel.io_errors", "io-error", "The kernel reported an I/O error"],
  ["kernel.pcie_errors", "pcie-aer", "The kernel reported a PCIe error"],
  ["kernel.lockups", "lockup", "The kernel reported a lockup"],
  ["kernel.gpu_xids", "gpu-xid", "The driver reported a GPU fault"],
];

const SHOT = /^Out of memory: Kill/;

export function judgeWindow(
  findings: WindowFindings,
  inventory: Inventory | null,
): WindowJudgement {
  const failures: string[] = [];
  const warnings: string[] = [];
  const measurements: Measurement[] = [];
  const gaps: Gap[] = [];
  const blame: Blame[] = (findings.memoryErrors?.dimms ?? []).map(({ label }) =>
    blameDimm(label, inventory),
  );
  const measure = (name: string, value: number) => {
    const declared = WINDOW_MEASUREMENTS.find((one) => one.name === name);
    const max = declared?.max;
    measurements.push({ name, value, unit: "1", ...(max === undefined ? {} : { max }) });
  };

  const errors = findings.memoryErrors;
  if (errors === null) {
    gaps.push({
      what: "memory error counting",
      why: "No EDAC driver is loaded: corrected and uncorrected memory errors are not counted.",
      absent: true,
    });
  } else if (errors.lost) {
    gaps.push({
      what: "memory error counting",
      why: "The EDAC counters fell or went away under way: nobody knows what they would have counted.",
      absent: false,
    });
  } else {
    measure("memory.errors.corrected", errors.corrected);
    measure("memory.errors.uncorrected", errors.uncorrected);
    const where = errors.dimms.map(({ label }) => label).join(", ");
    const at = where === "" ? "" : ` on ${where}`;
    if (errors.uncorrected > 0) {
      failures.push(`${errors.uncorrected} uncorrected memory errors${at}.`);
    }
    if (errors.corrected > 0) failures.push(`${errors.corrected} corrected memory errors${at}.`);
  }

  if (findings.kernelLogProblem !== null) {
    gaps.push({ what: "kernel log", why: findings.kernelLogProblem, absent: false });
  } else {
    for (const [name, finding, words] of LINE_MEASUREMENTS) {
      const lines = findings.kernelLines.filter((line) => line.finding === finding);
      measure(name, lines.length);
      const [first] = lines;
      if (first === undefined) continue;
      const check = finding === "machine-check" ? gravestCheck(lines) : null;
      // The gravest is told, and of a kill the line that names who was shot.
      const gravest = lines.find(({ text }) => isUncorrected(text) || SHOT.test(text));
      const { text: told } = check ?? gravest ?? first;
      const sentence = `${check === null ? words : checkWords(check)}: ${told.slice(0, 200)}`;
      const corrected = lines.every(({ text }) => !isUncorrected(text));
      if (finding === "pcie-aer" && corrected) {
        warnings.push(sentence);
        continue;
      }
      failures.push(sentence);
      for (const line of lines.filter(
        ({ text }) => finding !== "pcie-aer" || isUncorrected(text),
      )) {
        blameOnce(blame, blameKernelLine(finding, line.text, inventory));
      }
      // With several sockets and no line that names one, the kernel's number of the processor is all that is known.
      if (check !== null && !blame.some(({ part }) => part === "CPU")) {
        const slot = `logical CPU ${check.cpu}`;
        blameOnce(blame, { part: "CPU", slot, serial: null, model: null });
      }
    }
  }

  // The driver's own counters may have been reset or removed under way: its lines in the log stand.
  const told = findings.kernelLines.find(({ finding }) => finding === "memory-error");
  if (told !== undefined && (errors === null || errors.corrected + errors.uncorrected === 0)) {
    failures.push(`The kernel reported a memory error: ${told.text.slice(0, 200)}`);
  }
  const hot = findings.kernelLines.find(({ finding }) => finding === "thermal");
  if (hot !== undefined && findings.throttle === null) {
    warnings.push(`The kernel reported heat: ${hot.text.slice(0, 200)}`);
  }

  if (findings.throttle !== null) {
    const { coreEvents, packageEvents } = findings.throttle;
    measure("cpu.throttle.core", coreEvents);
    measure("cpu.throttle.package", packageEvents);
    if (coreEvents + packageEvents > 0) {
      warnings.push(`Processors were throttled for heat ${coreEvents + packageEvents} times.`);
    }
  }
  return { failures, warnings, measurements, gaps, blame };
}

/** Many lines may speak of one part. */
export function blameOnce(blamed: Blame[], part: Blame | null): void {
  if (part === null || blamed.length >= MOST_BLAMED) return;
  if (blamed.some((known) => known.part === part.part && known.slot === part.slot)) return;
  blamed.push(part);
}

type ToldCheck = MachineCheck & { readonly text: string };

/** Of the lines around a machine check only some tell whose it was. */
function gravestCheck(lines: readonly { readonly text: string }[]): ToldCheck | null {
  const checks = lines.flatMap(({ text }) => {
    const check = parseMachineCheck(text);
    return check === null ? [] : [{ ...check, text }];
  });
  return checks.find(({ uncorrected }) => uncorrected) ?? checks[0] ?? null;
}

function checkWords({ cpu, bank, uncorrected }: MachineCheck): string {
  const kind = uncorrected ? "an uncorrected" : "a corrected";
  return `The kernel reported ${kind} machine check of CPU ${cpu} in bank ${bank}`;
}

/** EDAC labels hold the locator among other words: `CPU_SrcID#0_Ha#0_Chan#1_DIMM#0` or `DIMM_A1`. */
function blameDimm(label: string, inventory: Inventory | null): Blame {
  const dimm = inventory?.dimms.find(({ locator }) => locator !== "" && label.includes(locator));
  return {
    part: "DIMM",
    slot: (dimm?.locator ?? label).slice(0, 128),
    serial: dimm?.serial ?? null,
    model: dimm?.partNumber ?? null,
  };
}

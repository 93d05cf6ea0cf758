import { ok, readTool, type ToolContext, type ToolReading } from "./tool-result.ts";

const TOOL = "dmesg";

export const KERNEL_FINDINGS = [
  "machine-check",
  "memory-error",
  "oom-kill",
  "pcie-aer",
  "gpu-xid",
  "io-error",
  "lockup",
  "thermal",
] as const;
export type KernelFinding = (typeof KERNEL_FINDINGS)[number];

export interface KernelLine {
  /** Seconds since boot. */
  readonly t: number;
  /** 0 emergency … 7 debug. */
  readonly level: number;
  readonly text: string;
}

/** What hardware trouble looks like in the kernel log; a line is put under the first that fits. */
const PATTERNS: readonly (readonly [KernelFinding, RegExp])[] = [
  ["memory-error", /EDAC \S+ ?\d*: \d+ (CE|UE) |EDAC MC\d+: \d+ [CU]E/],
  ["pcie-aer", /PCIe Bus Error|AER: .*(error received|Uncorrected|Corrected|Correctable)/i],
  ["machine-check", /\[Hardware Error\]|mce: .*(machine check events|Uncorrected|Machine Check)/i],
  // A kill inside a memory cgroup is that cgroup's limit, not the host's memory.
  ["oom-kill", /^oom-kill:(?!.*CONSTRAINT_MEMCG)|^Out of memory: Kill/],
  ["gpu-xid", /NVRM: Xid \(/],
  // Optical and floppy drives, real or the BMC's, err whenever they are empty.
  [
    "io-error",
    /(I\/O|critical medium|critical target|protection|critical space allocation) error, dev (?!sr|fd)|Buffer I\/O error on dev (?!sr|fd)|nvme\S* .*(timeout, (aborting|reset|completion)|controller is down)|ata\d+(\.\d+)?: (exception Emask|failed command)|I\/O \d+ .*timeout/,
  ],
  ["lockup", /soft lockup|hard LOCKUP|detected stalls? on CPU|blocked for more than \d+ seconds/i],
  ["thermal", /temperature above threshold|clock throttled/i],
];

/** Which trouble a kernel line tells of; null for all others. */
export function classifyKernelLine(text: string): KernelFinding | null {
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** What a machine check says of itself: `CPU 0: Machine Check: 0 Bank 5: 9c00000000000136`. */
export interface MachineCheck {
  /** The logical processor that saw it. */
  readonly cpu: number;
  readonly bank: number;
  readonly uncorrected: boolean;
}

/** Bit 61 of a bank's status: the hardware could not correct it (Intel SDM 3B, 16.3.2.2; AMD APM 2, 9.3.2). */
const UNCORRECTED_BIT = 61n;

/** Null for the lines around it, which do not tell which processor and bank. */
export function parseMachineCheck(text: string): MachineCheck | null {
  const match = /CPU (\d+): Machine Check(?: Exception)?: \S+ Bank (\d+): ([0-9a-f]{16})/i.exec(
    text,
  );
  if (match === null) return null;
  const status = BigInt(`0x${match[3]}`);
  const uncorrected = ((status >> UNCORRECTED_BIT) & 1n) === 1n;
  return { cpu: Number(match[1]), bank: Number(match[2]), uncorrected };
}

/** A corrected error was repaired on the wire or in the module. */
export function isUncorrected(text: string): boolean {
  return /uncorrect|fatal|\bUE\b/i.test(text);
}

/** The kernel's ring buffer: `dmesg --raw`. */
export function readKernelLog(ctx: ToolContext): Promise<ToolReading<readonly KernelLine[]>> {
  return readTool(ctx, TOOL, ["--raw"], (text) => ok(parseKernelLog(text)));
}

/** Parses `<6>[    1.377252] text`; a line without that head goes on from the line before. */
export function parseKernelLog(text: string): readonly KernelLine[] {
  const lines: KernelLine[] = [];
  for (const raw of text.split("\n")) {
    const match = /^<(\d+)>\[\s*(\d+\.\d+)\](?:\[[^\]]*\])? ?(.*)$/.exec(raw);
    if (match !== null) {
      lines.push({ level: Number(match[1]) & 7, t: Number(match[2]), text: match[3] ?? "" });
    } else if (raw.trim() !== "" && lines.length > 0) {
      const last = lines.at(-1) as KernelLine;
      lines.push({ ...last, text: raw.trim() });
    }
  }
  return lines;
}

/** Hands out what the kernel has said since the last call, each line once. */
export class KernelLogFollower {
  private lastT = Number.NEGATIVE_INFINITY;
  /** Lines at `lastT`: several may carry the same time. */
  private atLastT = 0;
  private readonly ctx: ToolContext;

  constructor(ctx: ToolContext) {
    this.ctx = ctx;
  }

  /** The first call returns all that is in the buffer. */
  async next(): Promise<ToolReading<readonly KernelLine[]>> {
    const reading = await readKernelLog(this.ctx);
    if (reading.kind !== "ok") return reading;
    const fresh = reading.value.filter(({ t }) => t > this.lastT);
    const same = reading.value.filter(({ t }) => t === this.lastT).slice(this.atLastT);
    const lines = [...same, ...fresh];
    const newest = fresh.at(-1)?.t;
    if (newest === undefined) {
      this.atLastT += same.length;
    } else {
      this.lastT = newest;
      this.atLastT = fresh.filter(({ t }) => t === newest).length;
    }
    return ok(lines);
  }
}

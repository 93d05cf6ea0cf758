import type { Inventory } from "./inventory.ts";
import type { StageParams } from "./stage-params.ts";
import type { StageName } from "./stages.ts";

const HOUR = 3600;

/** What of a host decides how long its stages take. */
export interface HostParts {
  readonly disks: number;
  readonly nics: number;
  /** Sizes of the spinning disks that badblocks would write over, in bytes. */
  readonly rotationalBytes: readonly number[];
}

const UNKNOWN_HOST: HostParts = { disks: 1, nics: 1, rotationalBytes: [] };

/** The parts of a host by its inventory; before there is one, a small host is assumed. */
export function partsOf(inventory: Inventory | null, nonDestructive: boolean): HostParts {
  if (inventory === null) return UNKNOWN_HOST;
  const { disks, nics } = inventory;
  const wiped = nonDestructive ? [] : disks.filter(({ rotational }) => rotational);
  return {
    disks: Math.max(1, disks.length),
    nics: Math.max(1, nics.length),
    rotationalBytes: wiped.map(({ sizeBytes }) => sizeBytes),
  };
}

/**
 * Time that a stage may need beside its stress: reading sysfs, probing, starting tools, posting. A slow BMC takes a
 * minute for each of its listings.
 */
const OVERHEAD_S: Readonly<Record<StageName, number>> = {
  Inventory: 180,
  Firmware: 180,
  SpecValidate: 10,
  SMART: 120,
  CPUStress: 30,
  Storage: 60,
  Network: 60,
  Burn: 30,
  GPU: 60,
  PSU: 180,
  Reporting: 30,
};

/** badblocks -w passes eight times over a disk: about 16 h a terabyte at 140 MB/s. */
const BADBLOCKS_S_PER_BYTE = (16 * HOUR) / 1e12;

/** Past this, in seconds, a badblocks run over a disk of that size hangs: twice what it should take. */
export function badblocksLimitSeconds(sizeBytes: number): number {
  return Math.ceil(2 * sizeBytes * BADBLOCKS_S_PER_BYTE) + 600;
}

/** How long a stage is expected to take, in seconds: what the screens count down from. */
export function expectedSeconds<S extends StageName>(
  stage: S,
  params: StageParams[S],
  parts: HostParts = UNKNOWN_HOST,
): number {
  const scan = scansForBadBlocks(stage, params)
    ? parts.rotationalBytes.reduce((sum, bytes) => sum + bytes * BADBLOCKS_S_PER_BYTE, 0)
    : 0;
  return stressSeconds(stage, params, parts) + scan + OVERHEAD_S[stage] / 6;
}

/**
 * How long a stage may take at most, in seconds: past this and a margin, silence means a hung host.
 * Tools overrun their own durations (stress-ng up to twofold on aggressive classes), hence the factor.
 */
export function budgetSeconds<S extends StageName>(
  stage: S,
  params: StageParams[S],
  parts: HostParts = UNKNOWN_HOST,
): number {
  const scan = scansForBadBlocks(stage, params)
    ? parts.rotationalBytes.reduce((sum, bytes) => sum + badblocksLimitSeconds(bytes), 0)
    : 0;
  const longest =
    stage === "SMART"
      ? longestSelfTest(params as StageParams["SMART"])
      : 2 * stressSeconds(stage, params, parts);
  return longest + scan + OVERHEAD_S[stage];
}

function scansForBadBlocks(stage: StageName, params: unknown): boolean {
  return stage === "Storage" && (params as StageParams["Storage"]).badblocks;
}

/** A self-test takes what the slowest drive takes: its own limit is the budget. */
function longestSelfTest({ selfTest, selfTestTimeoutSeconds }: StageParams["SMART"]): number {
  return selfTest === "none" ? 0 : selfTestTimeoutSeconds;
}

function stressSeconds(stage: StageName, params: unknown, { disks, nics }: HostParts): number {
  switch (stage) {
    case "SMART": {
      const p = params as StageParams["SMART"];
      return p.selfTest === "none" ? 0 : p.selfTest === "short" ? 120 : p.selfTestTimeoutSeconds;
    }
    case "CPUStress": {
      const p = params as StageParams["CPUStress"];
      return p.cpuSeconds + p.ramSeconds + p.settleSeconds;
    }
    case "Storage": {
      const p = params as StageParams["Storage"];
      return disks * (2 * p.readSeconds + p.writeSeconds);
    }
    case "Network":
      return nics * 2 * (params as StageParams["Network"]).secondsPerDirection;
    case "Burn": {
      const p = params as StageParams["Burn"];
      return p.seconds + p.settleSeconds;
    }
    case "GPU":
      return (params as StageParams["GPU"]).seconds;
    case "Inventory":
    case "Firmware":
    case "SpecValidate":
    case "PSU":
    case "Reporting":
      return 0;
  }
}

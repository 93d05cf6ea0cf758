import type { Inventory } from "../../contract/inventory.ts";
import type { Blame, Gap } from "../../contract/stage-result.ts";
import { readDisksInUse } from "../tools/disk-usage.ts";
import type { FioTarget } from "../tools/fio.ts";
import type { StageContext } from "./stage.ts";

export type Disk = Inventory["disks"][number];

export interface DiskTarget extends FioTarget {
  readonly disk: Disk;
  /** Why nothing may be written to it; null when it may be overwritten. */
  readonly protectedBy: string | null;
}

export interface DiskTargets {
  readonly targets: readonly DiskTarget[];
  readonly gaps: readonly Gap[];
  /** Disks of which the kernel sees nothing but their name. */
  readonly dead: readonly Disk[];
}

/** A card reader or the BMC's virtual media may be empty; a disk on these buses has a capacity or is broken. */
const MAY_BE_EMPTY = new Set(["usb", "mmc"]);

type DiskContext = Pick<
  StageContext,
  "run" | "files" | "signal" | "inventory" | "liveImage" | "nonDestructive"
>;

/**
 * The disks under test and what may be done to each. Usage is asked anew: Inventory's answer may be hours
 * old. Writing needs the live image, a destructive run, and a disk that nobody uses.
 */
export async function diskTargets(ctx: DiskContext, disks: readonly Disk[]): Promise<DiskTargets> {
  const inUse = await readDisksInUse(
    ctx,
    disks.map(({ name }) => name),
  );
  const gaps: Gap[] = [];
  const dead: Disk[] = [];
  const targets = disks.flatMap((disk): DiskTarget[] => {
    if (disk.sizeBytes === 0 && !MAY_BE_EMPTY.has(disk.transport ?? "")) {
      dead.push(disk);
      return [];
    }
    if (disk.sizeBytes === 0) {
      gaps.push({ what: `disk ${disk.name}`, why: "It holds no medium.", absent: true });
      return [];
    }
    const usedBy = inUse.get(disk.name) ?? null;
    const protectedBy = ctx.nonDestructive
      ? "the run is non-destructive"
      : !ctx.liveImage
        ? "the agent does not run in the live image"
        : usedBy;
    if (!ctx.nonDestructive && protectedBy !== null) {
      gaps.push({
        what: `writing to ${disk.name}`,
        why: `Refused: ${protectedBy}.`,
        absent: false,
      });
    }
    return [{ name: disk.name, path: `/dev/${disk.name}`, disk, protectedBy }];
  });
  return { targets, gaps, dead };
}

export function deadWords({ name, serial }: Disk): string {
  return `Disk ${name} (serial ${serial ?? "unknown"}) reports no capacity.`;
}

export function blameDisk(disk: Disk): Blame {
  return {
    part: `disk ${disk.name}`,
    slot: disk.slot,
    serial: disk.serial,
    model: disk.model,
  };
}

import { judgeSmart, readSmart, type SmartReading } from "../tools/smartctl.ts";
import type { ToolContext } from "../tools/tool-result.ts";
import type { DiskTarget } from "./disk-targets.ts";

const SPEAKS_SMART = new Set(["sata", "sas", "nvme", "ata"]);

/** A disk's health before load; null where it cannot speak SMART. */
export async function smartBefore(
  ctx: ToolContext,
  { disk, path }: DiskTarget,
): Promise<SmartReading | null> {
  return SPEAKS_SMART.has(disk.transport ?? "") ? readSmart(ctx, path) : null;
}

/** What grew under load, one sentence each: how the drive stood before was judged in SMART. */
export async function smartGrowth(
  ctx: ToolContext,
  { name, path }: DiskTarget,
  before: SmartReading | null,
): Promise<{ readonly failures: readonly string[]; readonly errors: readonly string[] }> {
  if (before === null || before.kind !== "ok") return { failures: [], errors: [] };
  const standing = new Set(judgeSmart(null, before).reasons);
  const after = judgeSmart(before, await readSmart(ctx, path));
  const fresh = after.reasons.filter((reason) => !standing.has(reason));
  if (after.result === "error") {
    const errors =
      fresh.length === 0 ? [] : [`${name} no longer answers SMART: ${fresh.join(" ")}`];
    return { failures: [], errors };
  }
  return { failures: fresh.map((reason) => `${name}: ${reason}`), errors: [] };
}

import type { Gap } from "../../contract/stage-result.ts";
import { judgeSmart, readSmart, type SmartReading } from "../tools/smartctl.ts";
import { failureText, type ToolContext } from "../tools/tool-result.ts";
import type { DiskTarget } from "./disk-targets.ts";

/** A disk whose bus nobody knows (an image without udev) is asked. */
const SPEAKS_NO_SMART = new Set(["virtio", "usb", "mmc"]);

export interface SmartGrowth {
  readonly failures: readonly string[];
  readonly errors: readonly string[];
  readonly gaps: readonly Gap[];
}

/** A disk's health before load; null where it cannot speak SMART, which the SMART stage has said. */
export async function smartBefore(
  ctx: ToolContext,
  { disk, path }: DiskTarget,
): Promise<SmartReading | null> {
  return SPEAKS_NO_SMART.has(disk.transport ?? "") ? null : readSmart(ctx, path);
}

/** What grew under load, one sentence each: how the drive stood before was judged in SMART. */
export async function smartGrowth(
  ctx: ToolContext,
  { name, path }: DiskTarget,
  before: SmartReading | null,
): Promise<SmartGrowth> {
  const nothing: SmartGrowth = { failures: [], errors: [], gaps: [] };
  if (before === null) return nothing;
  if (before.kind !== "ok") {
    const why = `Not compared: ${failureText(before)}`;
    return { ...nothing, gaps: [{ what: `SMART of ${name} under load`, why, absent: false }] };
  }
  const standing = new Set(judgeSmart(null, before).reasons);
  const after = judgeSmart(before, await readSmart(ctx, path));
  const fresh = after.reasons.filter((reason) => !standing.has(reason));
  if (after.result === "error") {
    const errors =
      fresh.length === 0 ? [] : [`${name} no longer answers SMART: ${fresh.join(" ")}`];
    return { ...nothing, errors };
  }
  return { ...nothing, failures: fresh.map((reason) => `${name}: ${reason}`) };
}

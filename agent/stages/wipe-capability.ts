import { readWipeCapability } from "../tools/hdparm.ts";
import { failureText } from "../tools/tool-result.ts";
import type { DiskTarget } from "./disk-targets.ts";
import type { StageContext } from "./stage.ts";

/** How the disk could be erased, for the log: nothing is sent to it but an identify. */
export async function logWipeCapability(
  ctx: StageContext<"Storage">,
  target: DiskTarget,
): Promise<void> {
  if (target.disk.transport !== "sata") return;
  const reading = await readWipeCapability(ctx, target.path);
  const text =
    reading.kind === "ok"
      ? `secure erase ${reading.value.securityErase ? "supported" : "not supported"}${reading.value.frozen ? ", frozen" : ""}`
      : failureText(reading);
  ctx.log("info", `${target.name}: ${text}`, "hdparm");
}

import type { FirmwareRow } from "../../contract/firmware.ts";
import { readMcInfo } from "../tools/ipmitool.ts";
import { failureText } from "../tools/tool-result.ts";
import { firmwareRow } from "./firmware-row.ts";
import type { FirmwareProbe } from "./probe.ts";

/** The BMC's firmware. No row when the host has none; a row with the reason when it has one that is silent. */
export const bmcProbe: FirmwareProbe = {
  component: "bmc",
  title: "BMC",
  tools: ["ipmitool"],
  async run(ctx): Promise<readonly FirmwareRow[]> {
    const info = await readMcInfo(ctx);
    if (info.kind === "ok") {
      const { manufacturer, product, firmware } = info.value;
      return [
        firmwareRow("bmc", "system", { vendor: manufacturer, model: product, version: firmware }),
      ];
    }
    const hasDevice = (await ctx.files.list("/dev")).includes("ipmi0");
    const hasBmc = hasDevice || (ctx.inventory !== null && ctx.inventory.bmc !== null);
    if (!hasBmc && (info.kind === "absent" || info.kind === "tool-missing")) return [];
    const problem = info.kind === "absent" ? info.message : failureText(info);
    return [firmwareRow("bmc", "system", { problem })];
  },
};

import type { FirmwareRow } from "../../contract/firmware.ts";
import { readDmi } from "../tools/dmidecode.ts";
import { failureText } from "../tools/tool-result.ts";
import { firmwareRow } from "./firmware-row.ts";
import type { FirmwareProbe } from "./probe.ts";

/** BIOS or UEFI of the board, as SMBIOS has it. Every host has one: it is a row even when unread. */
export const biosProbe: FirmwareProbe = {
  component: "bios",
  title: "BIOS",
  tools: ["dmidecode"],
  async run(ctx): Promise<readonly FirmwareRow[]> {
    const dmi = await readDmi(ctx);
    if (dmi.kind !== "ok") {
      return [firmwareRow("bios", "system", { problem: failureText(dmi) })];
    }
    const { vendor, version, date } = dmi.value.bios;
    const model = dmi.value.board.product ?? dmi.value.system.product;
    const problem = version === null ? "SMBIOS holds no BIOS version." : null;
    return [firmwareRow("bios", "system", { vendor, model, version, date, problem })];
  },
};

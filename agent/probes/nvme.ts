import type { FirmwareRow } from "../../contract/firmware.ts";
import { readNvmeController } from "../tools/nvme.ts";
import { failureText } from "../tools/tool-result.ts";
import { firmwareRow } from "./firmware-row.ts";
import type { FirmwareProbe, ProbeContext } from "./probe.ts";

const NVME_CLASS = "/sys/class/nvme";

/**
 * Firmware of every NVMe controller, by serial. The drive itself is asked (id-ctrl): sysfs keeps
 * what was read when the driver bound, and an update that waits for a reset shows in neither.
 */
export const nvmeProbe: FirmwareProbe = {
  component: "nvme",
  title: "NVMe drives",
  tools: ["nvme"],
  async run(ctx): Promise<readonly FirmwareRow[]> {
    const names = (await ctx.files.list(NVME_CLASS)).filter((name) => /^nvme\d+$/.test(name));
    return Promise.all(names.map((name) => rowOf(ctx, name)));
  },
};

async function rowOf(ctx: ProbeContext, name: string): Promise<FirmwareRow> {
  const attribute = async (file: string) =>
    (await ctx.files.readText(`${NVME_CLASS}/${name}/${file}`))?.trim() || null;
  const [serial, model, address] = await Promise.all(["serial", "model", "address"].map(attribute));
  const aliases = [name, address ?? ""];
  const reading = await readNvmeController(ctx, `/dev/${name}`);
  if (reading.kind !== "ok") {
    const problem = failureText(reading);
    return firmwareRow("nvme", serial ?? name, { aliases, model: model ?? null, problem });
  }
  const { firmware } = reading.value;
  return firmwareRow("nvme", reading.value.serial ?? serial ?? name, {
    aliases,
    model: reading.value.model ?? model ?? null,
    version: firmware,
    problem: firmware === null ? "The controller names no firmware revision." : null,
  });
}

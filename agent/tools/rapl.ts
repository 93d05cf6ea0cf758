import type { HostFiles } from "./command.ts";
import type { Reading } from "./sensors.ts";

const POWERCAP = "/sys/class/powercap";

interface Energy {
  readonly joules: number;
  readonly atS: number;
}

/** Turns RAPL's energy counters into `cpu.package.power`: every call gives the mean since the last. */
export class PackagePower {
  private readonly before = new Map<string, Energy>();
  private readonly files: HostFiles;

  constructor(files: HostFiles) {
    this.files = files;
  }

  /** @param nowS a clock that never goes back. */
  async read(nowS: number): Promise<readonly Reading[]> {
    const zones = (await this.files.list(POWERCAP)).filter((name) => /^[\w-]*rapl:\d+$/.test(name));
    const watts: number[] = [];
    for (const zone of zones) {
      const name = (await this.files.readText(`${POWERCAP}/${zone}/name`))?.trim() ?? "";
      const text = (await this.files.readText(`${POWERCAP}/${zone}/energy_uj`))?.trim() ?? "";
      if (!name.startsWith("package") || !/^\d+$/.test(text)) continue;
      const now = { joules: Number(text) / 1e6, atS: nowS };
      const before = this.before.get(zone);
      this.before.set(zone, now);
      // A counter that wrapped gives no reading this once.
      if (before === undefined || now.atS <= before.atS || now.joules < before.joules) continue;
      watts.push((now.joules - before.joules) / (now.atS - before.atS));
    }
    return watts.map((value, index) => ({
      sensor: watts.length > 1 ? `cpu.package.power[${index}]` : "cpu.package.power",
      value: Math.round(value * 10) / 10,
      unit: "W",
    }));
  }
}

import type { HostFiles } from "./command.ts";
import { readDcmiPower } from "./ipmitool.ts";
import type { ToolContext } from "./tool-result.ts";

/** One reading, by the names that thresholds use: `cpu.package.temp`, `disk.temp[nvme0]`, `fan[...]`. */
export interface Reading {
  readonly sensor: string;
  readonly value: number;
  readonly unit: string;
  /** The sensor's own upper critical limit. */
  readonly critical?: number;
}

const HWMON = "/sys/class/hwmon";
const CPU_DRIVERS = new Set(["coretemp", "k10temp", "zenpower", "via_cputemp"]);
const DISK_DRIVERS = new Set(["nvme", "drivetemp"]);

/** All temperatures, fans and clocks that the kernel offers now. Cheap: reads sysfs only. */
export async function readKernelSensors(files: HostFiles): Promise<readonly Reading[]> {
  const chips = await readChips(files);
  const packages = chips.flatMap(packageTemps);
  const zones = packages.length === 0 ? await packageZones(files) : [];
  return [
    ...named("cpu.package.temp", packages.length === 0 ? zones : packages),
    ...(await Promise.all(chips.map((chip) => diskTemps(files, chip)))).flat(),
    ...chips.flatMap(fans),
    ...(await clock(files)),
  ];
}

/** Watts at the wall as the BMC measures them: takes a second or more, so ask rarely. */
export async function readSystemPower(ctx: ToolContext): Promise<Reading | null> {
  const power = await readDcmiPower(ctx);
  if (power.kind !== "ok" || power.value === null) return null;
  return { sensor: "system.power", value: power.value.currentW, unit: "W" };
}

interface Chip {
  readonly folder: string;
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

async function readChips(files: HostFiles): Promise<readonly Chip[]> {
  const names = await files.list(HWMON);
  return Promise.all(
    names.map(async (hwmon): Promise<Chip> => {
      const folder = `${HWMON}/${hwmon}`;
      const wanted = (await files.list(folder)).filter((file) =>
        /^(temp\d+_(input|crit|label)|fan\d+_(input|label))$/.test(file),
      );
      const values = await Promise.all(
        wanted.map(
          async (file) => [file, (await files.readText(`${folder}/${file}`))?.trim()] as const,
        ),
      );
      return {
        folder,
        name: (await files.readText(`${folder}/name`))?.trim() ?? hwmon,
        values: new Map(
          values.flatMap(([file, text]) => (text === undefined ? [] : [[file, text] as const])),
        ),
      };
    }),
  );
}

interface Temperature {
  readonly value: number;
  readonly critical?: number;
}

/** Intel labels its packages; AMD's Tctl is the one that the fan and the throttle go by. */
function packageTemps(chip: Chip): Temperature[] {
  if (!CPU_DRIVERS.has(chip.name)) return [];
  const labels = [...chip.values].filter(([file]) => file.endsWith("_label"));
  const channels = labels
    .filter(([, label]) => /^Package id \d+$/.test(label) || label === "Tctl")
    .map(([file]) => file.replace("_label", ""));
  const found = (channels.length === 0 ? ["temp1"] : channels).flatMap((channel) => {
    const temp = temperature(chip, channel);
    return temp === null ? [] : [temp];
  });
  return found.slice(0, 1);
}

function temperature(chip: Chip, channel: string): Temperature | null {
  const value = milli(chip.values.get(`${channel}_input`));
  const critical = milli(chip.values.get(`${channel}_crit`));
  if (value === null) return null;
  return critical === null || critical <= 0 ? { value } : { value, critical };
}

async function diskTemps(files: HostFiles, chip: Chip): Promise<Reading[]> {
  if (!DISK_DRIVERS.has(chip.name)) return [];
  const temp = temperature(chip, "temp1");
  if (temp === null) return [];
  // The device is the controller (…/nvme/nvme0) or, for SATA, a SCSI device with its disk below.
  const device = (await files.resolveLink(`${chip.folder}/device`)) ?? chip.folder;
  const disk = (await files.list(`${chip.folder}/device/block`))[0] ?? device.split("/").at(-1);
  return [{ sensor: `disk.temp[${disk}]`, unit: "Cel", ...temp }];
}

function fans(chip: Chip): Reading[] {
  return [...chip.values].flatMap(([file, text]): Reading[] => {
    const channel = /^(fan\d+)_input$/.exec(file)?.[1];
    if (channel === undefined || !/^\d+$/.test(text)) return [];
    const label = chip.values.get(`${channel}_label`) ?? `${chip.name}.${channel}`;
    return [{ sensor: `fan[${label}]`, value: Number(text), unit: "{rpm}" }];
  });
}

/** Where no CPU driver sits under hwmon, ACPI or the SoC may offer a thermal zone for the package. */
async function packageZones(files: HostFiles): Promise<Temperature[]> {
  const root = "/sys/class/thermal";
  const found: Temperature[] = [];
  for (const zone of (await files.list(root)).filter((name) => name.startsWith("thermal_zone"))) {
    const type = (await files.readText(`${root}/${zone}/type`))?.trim() ?? "";
    const value = milli((await files.readText(`${root}/${zone}/temp`))?.trim());
    if (value === null || !/^(x86_pkg_temp|cpu[-_]?thermal|soc[-_]thermal)/.test(type)) continue;
    const critical = await criticalTrip(files, `${root}/${zone}`);
    found.push(critical === null ? { value } : { value, critical });
  }
  return found;
}

async function criticalTrip(files: HostFiles, zone: string): Promise<number | null> {
  for (const file of await files.list(zone)) {
    const trip = /^(trip_point_\d+)_type$/.exec(file)?.[1];
    if (trip === undefined) continue;
    if ((await files.readText(`${zone}/${file}`))?.trim() !== "critical") continue;
    return milli((await files.readText(`${zone}/${trip}_temp`))?.trim());
  }
  return null;
}

/** The mean clock of the processors that say one. */
async function clock(files: HostFiles): Promise<Reading[]> {
  const root = "/sys/devices/system/cpu";
  const cpus = (await files.list(root)).filter((name) => /^cpu\d+$/.test(name));
  const texts = await Promise.all(
    cpus.map((cpu) => files.readText(`${root}/${cpu}/cpufreq/scaling_cur_freq`)),
  );
  const kHz = texts.flatMap((text) => (text === null ? [] : [Number(text.trim())]));
  const valid = kHz.filter((value) => value > 0);
  if (valid.length === 0) return [];
  const mean = valid.reduce((a, b) => a + b, 0) / valid.length;
  return [{ sensor: "cpu.clock", value: Math.round(mean / 1000), unit: "MHz" }];
}

/** An instance is named only where there are several. */
function named(sensor: string, temps: readonly Temperature[]): Reading[] {
  return temps.map((temp, index) => ({
    sensor: temps.length > 1 ? `${sensor}[${index}]` : sensor,
    unit: "Cel",
    ...temp,
  }));
}

/** Sysfs gives millidegrees. */
function milli(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) / 1000 : null;
}

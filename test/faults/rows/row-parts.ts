import type { StageName } from "../../../contract/stages.ts";
import type { Moment, Scene } from "../fault-row.ts";
import type { LabHost } from "../lab-host.ts";

/** Something that happens to the host when the stage starts the tool. */
export function when(stage: StageName, tool: string, does: (host: LabHost) => void): Moment[] {
  return [{ stage, tool, does: ({ host }) => does(host) }];
}

/** The same, a while after. */
export function after(
  afterMs: number,
  stage: StageName,
  tool: string,
  does: (scene: Scene) => void,
): Moment {
  return { stage, tool, afterMs, does };
}

/** The same, when the sensors have been read so often since. */
export function afterReadings(
  readings: number,
  stage: StageName,
  tool: string,
  does: (scene: Scene) => void,
): Moment {
  return { stage, tool, afterReadings: readings, does };
}

/** What the kernel says while the tool works. */
export function kernelSaysDuring(stage: StageName, tool: string, ...lines: string[]): Moment[] {
  return when(stage, tool, (host) => {
    for (const line of lines) host.kernelSays(line);
  });
}

interface SmartDocument {
  smartctl: { exit_status: number };
  smart_status: { passed: boolean };
  smart_support?: { available: boolean; enabled: boolean };
  nvme_smart_health_information_log: Record<string, number>;
  ata_smart_attributes: {
    table: {
      id: number;
      value: number;
      when_failed: string;
      raw: { value: number; string: string };
    }[];
  };
  ata_smart_data: { self_test: { status: object } };
  ata_smart_self_test_log: { extended: { table: { status: object }[]; error_count_total: number } };
}

/** What smartctl says of a disk, from the start on or only once its self-test is over. */
export function smart(
  host: LabHost,
  disk: string,
  change: (document: SmartDocument) => void,
  phases: readonly string[] = ["before", "running", "after"],
): void {
  for (const phase of phases) host.alterJson(`out/smartctl/${disk}.${phase}.json`, change);
}

/** smartctl's exit code, in its document and as the process's own. */
export function smartExit(host: LabHost, disk: string, code: number): void {
  host.alter(`out/smartctl/${disk}.exit`, `${code}\n`);
  smart(host, disk, (document) => {
    document.smartctl.exit_status = code;
  });
}

/** The raw value of an ATA attribute. */
export function attribute(id: number, value: number): (document: SmartDocument) => void {
  return (document) => {
    for (const one of document.ata_smart_attributes.table) {
      if (one.id === id) one.raw = { value, string: `${value}` };
    }
  };
}

/** stress-ng's line of `--metrics`. */
export function stressNgSays(
  stressor: string,
  ops: number,
  seconds: number,
  more: readonly string[] = [],
): string {
  const lines = [
    `info:  [7001] dispatching hogs: 1 ${stressor}`,
    "metrc: [7001] stressor       bogo ops real time  usr time  sys time   bogo ops/s     bogo ops/s CPU used per       RSS Max",
    `metrc: [7001] ${stressor.padEnd(13)} ${ops} ${seconds.toFixed(2)} 0.93 0.04 1169.42 1819.21 97.14 6412`,
    ...more,
    `info:  [7001] successful run completed in ${seconds.toFixed(2)}s`,
  ];
  return lines.map((line) => `stress-ng: ${line}\n`).join("");
}

/** The temperature of a processor, as its own sensor has it. */
export const CPU_TEMP = "sys/class/hwmon/hwmon0/temp1_input";
export const EDAC = "sys/devices/system/edac/mc/mc0";
/** The edge node's. */
export const DISK = "nvme0n1";
export const NIC = "eno1";
export const DISK_BLAME = { part: `disk ${DISK}`, slot: "PCI slot 1" };
/** The two-socket server's spinning disks. */
export const SATA = "sda";
export const SATA_BLAME = { part: `disk ${SATA}`, slot: "Slot 00" };

import type { Measurement } from "../../contract/stage-result.ts";
import type { SmartData } from "../tools/smartctl.ts";
import type { MeasurementDeclaration } from "./stage.ts";

export const SMART_MEASUREMENTS: readonly MeasurementDeclaration[] = [
  { name: "smart.reallocated", unit: "1", title: "Reallocated sectors" },
  { name: "smart.pending", unit: "1", title: "Pending sectors", max: 0 },
  { name: "smart.uncorrectable", unit: "1", title: "Offline uncorrectable sectors", max: 0 },
  {
    name: "smart.reported_uncorrectable",
    unit: "1",
    title: "Reported uncorrectable errors",
    max: 0,
  },
  { name: "smart.crc_errors", unit: "1", title: "Interface CRC errors" },
  { name: "smart.media_errors", unit: "1", title: "Media errors", max: 0 },
  {
    name: "smart.uncorrected_errors",
    unit: "1",
    title: "Uncorrected read and write errors",
    max: 0,
  },
  { name: "smart.grown_defects", unit: "1", title: "Grown defects" },
  { name: "smart.critical_warning", unit: "1", title: "NVMe critical warning bits", max: 0 },
  { name: "smart.available_spare", unit: "%", title: "Spare capacity left" },
  { name: "smart.endurance_used", unit: "%", title: "Rated endurance used", max: 99 },
  { name: "smart.temperature", unit: "Cel", title: "Drive temperature" },
  { name: "smart.power_on_hours", unit: "h", title: "Power-on time" },
];

/** What a drive says of itself; a value that it does not tell is left out. */
export function measureDrive(data: SmartData): Measurement[] {
  const { counters } = data;
  const values: readonly (readonly [name: string, value: number | null])[] = [
    ["smart.reallocated", counters.reallocatedSectors],
    ["smart.pending", counters.pendingSectors],
    ["smart.uncorrectable", counters.offlineUncorrectable],
    ["smart.reported_uncorrectable", counters.reportedUncorrectable],
    ["smart.crc_errors", counters.crcErrors],
    ["smart.media_errors", counters.mediaErrors],
    ["smart.uncorrected_errors", counters.uncorrectedErrors],
    ["smart.grown_defects", counters.grownDefects],
    ["smart.critical_warning", data.criticalWarning],
    ["smart.available_spare", data.availableSparePercent],
    ["smart.endurance_used", data.usedPercent],
    ["smart.temperature", data.tempC],
    ["smart.power_on_hours", data.powerOnHours],
  ];
  return values.flatMap(([name, value]): Measurement[] => {
    const declared = SMART_MEASUREMENTS.find((measurement) => measurement.name === name);
    if (value === null || declared === undefined) return [];
    const limits = declared.max === undefined ? {} : { max: declared.max };
    return [
      { name, value, unit: declared.unit, item: data.device.replace("/dev/", ""), ...limits },
    ];
  });
}

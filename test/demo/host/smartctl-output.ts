import type { DiskFacts } from "./facts.ts";

export type SelfTestPhase = "before" | "running" | "after";

export const POWER_ON_HOURS = 4211;
const HEAD = {
  json_format_version: [1, 0],
  local_time: { time_t: 1_795_475_742, asctime: "Mon Nov 23 23:15:42 2026 UTC" },
};

function smartctlHead(disk: DiskFacts, exitStatus: number) {
  return {
    version: [7, 3],
    svn_revision: "5338",
    platform_info: "x86_64-linux-6.1.0-18-amd64",
    build_info: "(local build)",
    argv: ["smartctl", "--json=c", "-x", `/dev/${disk.name}`],
    exit_status: exitStatus,
  };
}

/** smartctl's exit code: bit 3, the drive says that it is failing. */
export function smartctlExit({ failing }: DiskFacts): number {
  return failing ? 8 : 0;
}

/** `smartctl --json=c -x`. */
export function smartctlJson(disk: DiskFacts, phase: SelfTestPhase): string {
  const facts = disk.transport === "nvme" ? nvmeSmart(disk) : ataSmart(disk, phase);
  const document = { ...HEAD, smartctl: smartctlHead(disk, smartctlExit(disk)), ...facts };
  return `${JSON.stringify(document)}\n`;
}

function nvmeSmart(disk: DiskFacts) {
  return {
    device: {
      name: `/dev/${disk.name}`,
      info_name: `/dev/${disk.name}`,
      type: "nvme",
      protocol: "NVMe",
    },
    model_name: disk.model,
    serial_number: disk.serial,
    firmware_version: disk.firmware,
    nvme_pci_vendor: { id: 24_158, subsystem_id: 24_158 },
    nvme_ieee_oui_identifier: 24_158,
    nvme_total_capacity: disk.sizeBytes,
    nvme_unallocated_capacity: 0,
    nvme_controller_id: 0,
    nvme_version: { string: "1.4", value: 66_560 },
    nvme_number_of_namespaces: 1,
    smart_status: { passed: true, nvme: { value: 0 } },
    nvme_smart_health_information_log: {
      critical_warning: 0,
      temperature: 36,
      available_spare: 100,
      available_spare_threshold: 10,
      percentage_used: 2,
      data_units_read: 1_170_056,
      data_units_written: 2_248_078,
      host_reads: 41_412_435,
      host_writes: 92_595_817,
      controller_busy_time: 310,
      power_cycles: 41,
      power_on_hours: POWER_ON_HOURS,
      unsafe_shutdowns: 12,
      media_errors: 0,
      num_err_log_entries: 7,
      warning_temp_time: 0,
      critical_comp_time: 0,
      temperature_sensors: [38, 36],
    },
    temperature: { current: 36 },
    power_cycle_count: 41,
    power_on_time: { hours: POWER_ON_HOURS },
  };
}

function ataSmart(disk: DiskFacts, phase: SelfTestPhase) {
  const status = {
    before: { value: 0, string: "completed without error", passed: true },
    running: { value: 244, string: "in progress, 40% remaining", remaining_percent: 40 },
    after: { value: 0, string: "completed without error", passed: true },
  }[phase];
  const selfTests = (phase === "after" ? [POWER_ON_HOURS, 12] : [12]).map((hours) => ({
    type: { value: 1, string: "Short offline" },
    status: { value: 0, string: "Completed without error", passed: true },
    lifetime_hours: hours,
  }));
  return {
    device: {
      name: `/dev/${disk.name}`,
      info_name: `/dev/${disk.name} [SAT]`,
      type: "sat",
      protocol: "ATA",
    },
    model_family: "Simulated drives",
    model_name: disk.model,
    serial_number: disk.serial,
    firmware_version: disk.firmware,
    user_capacity: { blocks: disk.sizeBytes / 512, bytes: disk.sizeBytes },
    logical_block_size: 512,
    physical_block_size: 4096,
    rotation_rate: 7200,
    form_factor: { ata_value: 2, name: "3.5 inches" },
    in_smartctl_database: true,
    ata_version: {
      string: "ACS-4 (minor revision not indicated)",
      major_value: 4064,
      minor_value: 65_535,
    },
    smart_support: { available: true, enabled: true },
    smart_status: { passed: !disk.failing },
    ata_smart_data: {
      offline_data_collection: {
        status: { value: 130, string: "was completed without error", passed: true },
      },
      self_test: { status, polling_minutes: { short: 1, extended: 870 } },
    },
    ata_smart_attributes: { revision: 10, table: attributesOf(disk) },
    power_on_time: { hours: POWER_ON_HOURS },
    power_cycle_count: 27,
    temperature: { current: 31 },
    ata_smart_error_log: { extended: { revision: 1, sectors: 5, count: 0 } },
    ata_smart_self_test_log: {
      extended: {
        revision: 1,
        sectors: 1,
        table: selfTests,
        count: selfTests.length,
        error_count_total: 0,
      },
    },
  };
}

interface Attribute {
  readonly id: number;
  readonly name: string;
  readonly value: number;
  readonly thresh: number;
  readonly raw: number;
  readonly prefailure: boolean;
}

function attributesOf({ failing }: DiskFacts) {
  const table: readonly Attribute[] = [
    // Down to its threshold: the drive has hardly any spare sectors left.
    {
      id: 5,
      name: "Reallocated_Sector_Ct",
      value: failing ? 8 : 100,
      thresh: 10,
      raw: failing ? 1904 : 0,
      prefailure: true,
    },
    { id: 9, name: "Power_On_Hours", value: 96, thresh: 0, raw: POWER_ON_HOURS, prefailure: false },
    { id: 12, name: "Power_Cycle_Count", value: 100, thresh: 20, raw: 27, prefailure: false },
    { id: 187, name: "Reported_Uncorrect", value: 100, thresh: 0, raw: 0, prefailure: false },
    { id: 194, name: "Temperature_Celsius", value: 31, thresh: 0, raw: 31, prefailure: false },
    {
      id: 196,
      name: "Reallocated_Event_Count",
      value: 100,
      thresh: 0,
      raw: failing ? 61 : 0,
      prefailure: false,
    },
    {
      id: 197,
      name: "Current_Pending_Sector",
      value: failing ? 98 : 100,
      thresh: 0,
      raw: failing ? 24 : 0,
      prefailure: false,
    },
    { id: 198, name: "Offline_Uncorrectable", value: 100, thresh: 0, raw: 0, prefailure: false },
    { id: 199, name: "UDMA_CRC_Error_Count", value: 200, thresh: 0, raw: 0, prefailure: false },
  ];
  return table.map(({ id, name, value, thresh, raw, prefailure }) => ({
    id,
    name,
    value,
    worst: value,
    thresh,
    when_failed: thresh > 0 && value <= thresh ? "now" : "",
    flags: {
      value: prefailure ? 51 : 50,
      string: prefailure ? "PO--CK " : "-O--CK ",
      prefailure,
      updated_online: true,
      performance: false,
      error_rate: false,
      event_count: true,
      auto_keep: true,
    },
    raw: { value: raw, string: String(raw) },
  }));
}

/** `smartctl -x` for reading, as evidence: the part that an investigator looks at first. */
export function smartctlText(disk: DiskFacts): string {
  const head = `smartctl 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0-18-amd64] (local build)
Copyright (C) 2002-22, Bruce Allen, Christian Franke, www.smartmontools.org

=== START OF INFORMATION SECTION ===
Device Model:     ${disk.model}
Serial Number:    ${disk.serial}
Firmware Version: ${disk.firmware}

=== START OF READ SMART DATA SECTION ===
SMART overall-health self-assessment test result: ${disk.failing ? "FAILED!\nDrive failure expected in less than 24 hours. SAVE ALL DATA." : "PASSED"}
`;
  if (disk.transport === "nvme") return head;
  const rows = attributesOf(disk).map(
    ({ id, name, flags, value, worst, thresh, when_failed, raw }) =>
      `${String(id).padStart(3)} ${name.padEnd(23)} ${flags.string} ${[value, worst, thresh].map((n) => String(n).padStart(3, "0")).join("   ")}    ${when_failed === "now" ? "NOW" : "-"}    ${raw.string}`,
  );
  return `${head}\nID# ATTRIBUTE_NAME          FLAGS    VALUE WORST THRESH FAIL RAW_VALUE\n${rows.join("\n")}\n`;
}

/** What smartctl says when a self-test was started. */
export function selfTestStartedJson(): string {
  const output = [
    'Sending command: "Execute SMART Short self-test routine immediately in off-line mode".',
    'Drive command "Execute SMART Short self-test routine immediately in off-line mode" successful.',
    "Testing has begun.",
    "Please wait 1 minutes for test to complete.",
  ];
  const smartctl = { version: [7, 3], svn_revision: "5338", output, exit_status: 0 };
  return `${JSON.stringify({ ...HEAD, smartctl })}\n`;
}

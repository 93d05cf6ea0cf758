/** The frame of smartctl's JSON, as 7.3 prints it. */
export function smartJson(exitStatus: number): object {
  return { smartctl: { version: [7, 3], exit_status: exitStatus } };
}

/** A healthy SATA disk with the attributes that are judged, in smartctl's shape. */
export function ataDisk(options: {
  readonly exitStatus?: number;
  readonly attributes?: Readonly<Record<number, string>>;
  readonly errorLog?: number;
  /** The self-test status byte: 0 passed, 0xf3 running with 30 % left, 0x79 read failure. */
  readonly selfTest?: number;
  readonly selfTestLog?: readonly { readonly lifetime_hours: number; readonly passed: boolean }[];
}): object {
  const raw: Record<number, string> = { 5: "0", 196: "0", 197: "0", 198: "0", 199: "0" };
  const attributes = Object.entries({ ...raw, ...options.attributes });
  return {
    ...smartJson(options.exitStatus ?? 0),
    device: { name: "/dev/sda", type: "sat", protocol: "ATA" },
    model_name: "Bench Disk",
    serial_number: "VT-1",
    smart_support: { available: true, enabled: true },
    smart_status: { passed: true },
    temperature: { current: 31 },
    power_on_time: { hours: 1000 },
    ata_smart_data: { self_test: { status: { value: options.selfTest ?? 0, string: "as set" } } },
    ata_smart_attributes: {
      table: attributes.map(([id, string]) => ({
        id: Number(id),
        name: `Attribute_${id}`,
        when_failed: "",
        raw: { value: Number.parseInt(string, 10), string },
      })),
    },
    ata_smart_error_log: { extended: { count: options.errorLog ?? 0 } },
    ata_smart_self_test_log: {
      standard: {
        table: (options.selfTestLog ?? []).map(({ lifetime_hours, passed }) => ({
          type: { value: 1, string: "Short offline" },
          status: { value: passed ? 0 : 121, string: passed ? "ok" : "read failure", passed },
          lifetime_hours,
        })),
      },
    },
  };
}

/** A healthy NVMe drive with some of its health log replaced. */
export function nvmeDisk(log: Readonly<Record<string, number>>): object {
  return {
    ...smartJson(0),
    device: { name: "/dev/nvme0n1", type: "nvme", protocol: "NVMe" },
    model_name: "Bench NVMe",
    serial_number: "VT-2",
    smart_status: { passed: true },
    nvme_smart_health_information_log: {
      critical_warning: 0,
      available_spare: 100,
      available_spare_threshold: 10,
      percentage_used: 1,
      media_errors: 0,
      num_err_log_entries: 0,
      ...log,
    },
    temperature: { current: 40 },
    power_on_time: { hours: 10 },
  };
}

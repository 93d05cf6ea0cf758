import { z } from "zod";

/**
 * The parts of `smartctl --json=c -x` that are judged. Every key may be missing: which ones come
 * depends on protocol, drive and smartctl's version (7.0 to 7.5 seen).
 */
const num = z.number().nullish().catch(null);
const str = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const status = z
  .object({ value: num, string: str, passed: flag, remaining_percent: num })
  .nullish()
  .catch(null);
const selfTestTable = z
  .object({
    table: z
      .array(z.object({ type: status, status, lifetime_hours: num }))
      .nullish()
      .catch(null),
  })
  .nullish()
  .catch(null);
const errorLog = z.object({ count: num }).nullish().catch(null);
const scsiCounter = z.object({ total_uncorrected_errors: num }).nullish().catch(null);
const scsiSelfTest = z
  .object({ code: status, result: status, power_on_time: z.object({ hours: num }).nullish() })
  .nullish()
  .catch(null);

export const smartctlJsonSchema = z.object({
  smartctl: z.object({
    version: z.array(z.number()).nullish().catch(null),
    exit_status: z.int(),
    messages: z
      .array(z.object({ string: z.string() }))
      .nullish()
      .catch(null),
    output: z.array(z.string()).nullish().catch(null),
  }),
  device: z.object({ type: str, protocol: str }).nullish().catch(null),
  model_name: str,
  scsi_model_name: str,
  serial_number: str,
  firmware_version: str,
  smart_support: z.object({ available: flag, enabled: flag }).nullish().catch(null),
  smart_status: z.object({ passed: flag }).nullish().catch(null),
  temperature: z.object({ current: num }).nullish().catch(null),
  power_on_time: z.object({ hours: num }).nullish().catch(null),
  ata_smart_attributes: z
    .object({
      table: z.array(
        z.object({
          id: z.number(),
          name: z.string(),
          when_failed: str,
          raw: z.object({ value: z.number(), string: str }),
        }),
      ),
    })
    .nullish()
    .catch(null),
  ata_smart_data: z
    .object({
      self_test: z
        .object({ status, polling_minutes: z.object({ short: num, extended: num }).nullish() })
        .nullish(),
    })
    .nullish()
    .catch(null),
  ata_smart_error_log: z.object({ summary: errorLog, extended: errorLog }).nullish().catch(null),
  ata_smart_self_test_log: z
    .object({ standard: selfTestTable, extended: selfTestTable })
    .nullish()
    .catch(null),
  nvme_smart_health_information_log: z
    .object({
      critical_warning: num,
      available_spare: num,
      available_spare_threshold: num,
      percentage_used: num,
      media_errors: num,
      num_err_log_entries: num,
    })
    .nullish()
    .catch(null),
  scsi_grown_defect_list: num,
  scsi_percentage_used_endurance_indicator: num,
  scsi_error_counter_log: z
    .object({ read: scsiCounter, write: scsiCounter, verify: scsiCounter })
    .nullish()
    .catch(null),
  scsi_self_test_0: scsiSelfTest,
});
export type SmartctlJson = z.infer<typeof smartctlJsonSchema>;

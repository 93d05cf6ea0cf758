import type { SmartCounters, SmartData, SmartReading } from "./smart-reading.ts";
import { type SmartctlJson, smartctlJsonSchema } from "./smartctl-json.ts";
import type { ToolContext, ToolReading } from "./tool-result.ts";
import { exitFailure, ok, outcomeFailure, parseJson, runTool, unreadable } from "./tool-result.ts";

export { judgeSmart, type SmartVerdict } from "./smart-judgement.ts";
export type { SmartCounters, SmartData, SmartReading } from "./smart-reading.ts";

const TOOL = "smartctl";

/**
 * Reads one drive: `smartctl --json=c -x`.
 * @param device path, `/dev/sda`.
 */
export async function readSmart(ctx: ToolContext, device: string): Promise<SmartReading> {
  const reading = await readSmartctlJson(ctx, ["--json=c", "-x", device]);
  return reading.kind === "ok" ? smartData(device, reading.value) : { ...reading, device };
}

/** Runs smartctl for its JSON, whatever its exit code: that is a bit mask and is judged with the data. */
export async function readSmartctlJson(
  ctx: ToolContext,
  args: readonly string[],
): Promise<ToolReading<SmartctlJson>> {
  const result = await runTool(ctx, TOOL, args);
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const reading = parseSmartctl(result.stdout);
  return reading.kind === "unreadable" && result.stdout.trim() === ""
    ? exitFailure(result)
    : reading;
}

/** Parses smartctl's JSON; data of a drive that could not be opened is a `tool-failed` in its words. */
export function parseSmartctl(text: string): ToolReading<SmartctlJson> {
  const json = parseJson(TOOL, text);
  if (json.kind !== "ok") return json;
  const parsed = smartctlJsonSchema.safeParse(json.value);
  if (!parsed.success) return unreadable(TOOL, "JSON without its own exit status");
  const { exit_status: exitStatus, messages } = parsed.data.smartctl;
  // Bits 0 and 1: the command line was wrong, or the device could not be opened or identified.
  if ((exitStatus & 0b11) !== 0) {
    const said = messages?.map(({ string }) => string).join("; ");
    return { kind: "tool-failed", tool: TOOL, message: said || openFailure(exitStatus) };
  }
  return ok(parsed.data);
}

/** smartctl's manual on bits 0 and 1, for the cases in which it says nothing itself. */
function openFailure(exitStatus: number): string {
  const why =
    (exitStatus & 2) !== 0
      ? "the device could not be opened, or did not identify itself"
      : "it did not understand its command line";
  return `${why} (exit status ${exitStatus})`;
}

/** Reduces smartctl's JSON to what is judged. */
export function smartData(device: string, json: SmartctlJson): SmartData {
  const attributes = json.ata_smart_attributes?.table ?? [];
  const nvme = json.nvme_smart_health_information_log;
  const protocol = json.device?.protocol;
  const counters = countersOf(json);
  return {
    kind: "ok",
    device,
    protocol: protocol === "ATA" || protocol === "NVMe" || protocol === "SCSI" ? protocol : null,
    model: json.model_name ?? json.scsi_model_name ?? null,
    serial: json.serial_number ?? null,
    firmware: json.firmware_version ?? null,
    exitStatus: json.smartctl.exit_status,
    passed: json.smart_status?.passed ?? null,
    disabled: json.smart_support?.enabled === false,
    hasAttributes:
      attributes.length > 0 ||
      nvme?.critical_warning != null ||
      counters.uncorrectedErrors !== null ||
      counters.grownDefects !== null,
    counters,
    failingNow: attributes
      .filter(({ when_failed }) => when_failed === "now")
      .map(({ id, name }) => `${id} ${name}`),
    criticalWarning: nvme?.critical_warning ?? null,
    availableSparePercent: nvme?.available_spare ?? null,
    availableSpareThresholdPercent: nvme?.available_spare_threshold ?? null,
    usedPercent: nvme?.percentage_used ?? json.scsi_percentage_used_endurance_indicator ?? null,
    tempC: json.temperature?.current || null,
    powerOnHours: json.power_on_time?.hours ?? null,
    messages: json.smartctl.messages?.map(({ string }) => string) ?? [],
    version: json.smartctl.version?.join(".") ?? null,
  };
}

function countersOf(json: SmartctlJson): SmartCounters {
  const raw = (id: number): number | null => {
    const found = json.ata_smart_attributes?.table.find((attribute) => attribute.id === id)?.raw;
    if (found === undefined) return null;
    // Drives pack several numbers into the 48 raw bits: smartctl prints "12 (0 34)", the first being the count.
    const first = /^\d+/.exec(found.string ?? "")?.[0];
    return first === undefined ? found.value : Number(first);
  };
  const { read, write, verify } = json.scsi_error_counter_log ?? {};
  const uncorrected = [read, write, verify].flatMap((log) => log?.total_uncorrected_errors ?? []);
  const errors = json.ata_smart_error_log;
  const nvme = json.nvme_smart_health_information_log;
  const selfTests = json.ata_smart_self_test_log;
  const table = selfTests?.extended?.table ?? selfTests?.standard?.table;
  return {
    reallocatedSectors: raw(5),
    reallocationEvents: raw(196),
    reportedUncorrectable: raw(187),
    pendingSectors: raw(197),
    offlineUncorrectable: raw(198),
    crcErrors: raw(199),
    mediaErrors: nvme?.media_errors ?? null,
    uncorrectedErrors: uncorrected.length === 0 ? null : uncorrected.reduce((a, b) => a + b, 0),
    grownDefects: json.scsi_grown_defect_list ?? null,
    errorLogEntries:
      errors?.extended?.count ?? errors?.summary?.count ?? nvme?.num_err_log_entries ?? null,
    failedSelfTests:
      selfTests == null
        ? null
        : (table ?? []).filter(({ status }) => status?.passed === false).length,
  };
}

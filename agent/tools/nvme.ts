import { z } from "zod";
import {
  ok,
  parseJson,
  readTool,
  type ToolContext,
  type ToolReading,
  unreadable,
} from "./tool-result.ts";

const TOOL = "nvme";

export interface NvmeController {
  readonly serial: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  /** Device self-test is one of the optional admin commands (OACS bit 4). */
  readonly canSelfTest: boolean;
  /** Format NVM (OACS bit 1), and with cryptographic erase (FNA bit 2): whether it can be wiped quickly. */
  readonly canFormat: boolean;
  readonly canCryptoErase: boolean;
}

export interface NvmeSelfTestEntry {
  /** 1 short, 2 extended. */
  readonly code: number;
  /** 0 passed; 1–4, 8 and 9 aborted; 5–7 failed [NVMe base specification, Device Self-test log]. */
  readonly result: number;
  readonly powerOnHours: number | null;
}

export interface NvmeSelfTestLog {
  /** 0 when none is running. */
  readonly operation: number;
  readonly completionPercent: number;
  /** Newest first. */
  readonly entries: readonly NvmeSelfTestEntry[];
}

const text = z
  .string()
  .transform((value) => value.trim() || null)
  .nullish()
  .catch(null);
/** Some versions print 128-bit counters and more as strings. */
const int = z.coerce.number().int().min(0);

const idCtrlSchema = z.object({
  sn: text,
  mn: text,
  fr: text,
  oacs: int.catch(0).default(0),
  fna: int.catch(0).default(0),
});

const selfTestLogSchema = z.object({
  "Current Device Self-Test Operation": int,
  "Current Device Self-Test Completion": int,
  "List of Valid Reports": z
    .array(
      z.object({
        "Self test result": int,
        "Self test code": int.nullish().catch(null),
        "Power on hours": int.nullish().catch(null),
      }),
    )
    .catch([])
    .default([]),
});

/** What a controller says of itself: `nvme id-ctrl`. @param device `/dev/nvme0`. */
export function readNvmeController(
  ctx: ToolContext,
  device: string,
): Promise<ToolReading<NvmeController>> {
  return readTool(ctx, TOOL, ["id-ctrl", device, "-o", "json"], parseIdCtrl);
}

/** Progress and history of a controller's self-tests: `nvme self-test-log`. @param device `/dev/nvme0`. */
export function readNvmeSelfTestLog(
  ctx: ToolContext,
  device: string,
): Promise<ToolReading<NvmeSelfTestLog>> {
  return readTool(ctx, TOOL, ["self-test-log", device, "-o", "json"], parseSelfTestLog);
}

/**
 * Starts a self-test of a controller and all its namespaces. Through nvme-cli, because smartctl
 * learnt it only with 7.4. @param device `/dev/nvme0`.
 */
export function startNvmeSelfTest(
  ctx: ToolContext,
  device: string,
  kind: "short" | "extended",
): Promise<ToolReading<null>> {
  const code = kind === "short" ? "1" : "2";
  const args = ["device-self-test", device, "-n", "0xffffffff", "-s", code];
  return readTool(ctx, TOOL, args, () => ok(null));
}

/** Stops a running self-test, so that none outlives its stage. */
export function abortNvmeSelfTest(ctx: ToolContext, device: string): Promise<ToolReading<null>> {
  return readTool(ctx, TOOL, ["device-self-test", device, "-s", "0xf"], () => ok(null));
}

export function parseIdCtrl(stdout: string): ToolReading<NvmeController> {
  const json = parseJson(TOOL, stdout);
  if (json.kind !== "ok") return json;
  const parsed = idCtrlSchema.safeParse(json.value);
  if (!parsed.success) return unreadable(TOOL, "id-ctrl without the controller's data");
  const { sn, mn, fr, oacs, fna } = parsed.data;
  return ok({
    serial: sn ?? null,
    model: mn ?? null,
    firmware: fr ?? null,
    canSelfTest: (oacs & 0x10) !== 0,
    canFormat: (oacs & 0x02) !== 0,
    canCryptoErase: (oacs & 0x02) !== 0 && (fna & 0x04) !== 0,
  });
}

/** Takes both shapes: newer versions put the log under the device's name. */
export function parseSelfTestLog(stdout: string): ToolReading<NvmeSelfTestLog> {
  const json = parseJson(TOOL, stdout);
  if (json.kind !== "ok") return json;
  const roots = [json.value, ...Object.values(Object(json.value) as object)];
  const parsed = roots
    .map((root) => selfTestLogSchema.safeParse(root))
    .find(({ success }) => success);
  if (parsed?.data === undefined) return unreadable(TOOL, "self-test-log without its fields");
  const log = parsed.data;
  return ok({
    operation: log["Current Device Self-Test Operation"],
    completionPercent: log["Current Device Self-Test Completion"],
    entries: log["List of Valid Reports"].flatMap((entry): NvmeSelfTestEntry[] => {
      // 15 marks a slot of the log that was never used.
      if (entry["Self test result"] === 15) return [];
      return [
        {
          code: entry["Self test code"] ?? 0,
          result: entry["Self test result"],
          powerOnHours: entry["Power on hours"] ?? null,
        },
      ];
    }),
  });
}

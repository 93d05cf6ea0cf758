import type { HostFiles } from "./command.ts";
import {
  abortNvmeSelfTest,
  type NvmeSelfTestLog,
  readNvmeController,
  readNvmeSelfTestLog,
  startNvmeSelfTest,
} from "./nvme.ts";
import { readSmartctlJson } from "./smartctl.ts";
import type { SmartctlJson } from "./smartctl-json.ts";
import { failureText, type ToolContext, type ToolFailure } from "./tool-result.ts";

export type SelfTestKind = "short" | "extended";

/** Where a drive's self-test stands. */
export type SelfTestState =
  | { readonly kind: "running"; readonly remainingPercent: number | null }
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly message: string }
  /** Ended by a reset or another program: nothing is claimed. */
  | { readonly kind: "aborted"; readonly message: string }
  /** The drive has no such command. */
  | { readonly kind: "unsupported"; readonly message: string }
  | { readonly kind: "unreadable-drive"; readonly message: string };

/** A self-test that a drive is running by itself; the host only asks how far it is. */
export interface SelfTest {
  readonly poll: () => Promise<SelfTestState>;
  /** Ends it, so that none outlives its stage. */
  readonly abort: () => Promise<void>;
}

type Started = { readonly kind: "started"; readonly test: SelfTest } | SelfTestState;

/**
 * Starts a drive's self-test.
 * @param disk kernel name; NVMe is tested by its controller, not by the namespace.
 */
export async function startSelfTest(
  ctx: ToolContext & { readonly files: HostFiles },
  disk: string,
  kind: SelfTestKind,
): Promise<Started> {
  if (!/^nvme/.test(disk)) return startWithSmartctl(ctx, `/dev/${disk}`, kind);
  const controller = await nvmeControllerOf(ctx.files, disk);
  return startWithNvmeCli(ctx, `/dev/${controller}`, kind);
}

/** `nvme0n1` belongs to `nvme0`; with multipath to one of the controllers of its subsystem. */
export async function nvmeControllerOf(files: HostFiles, disk: string): Promise<string> {
  const parent = (await files.resolveLink(`/sys/block/${disk}/device`))?.split("/").at(-1) ?? "";
  if (/^nvme\d+$/.test(parent)) return parent;
  const paths = await files.list(`/sys/class/nvme-subsystem/${parent}`);
  return paths.find((path) => /^nvme\d+$/.test(path)) ?? disk.replace(/n\d+$/, "");
}

async function startWithNvmeCli(
  ctx: ToolContext,
  device: string,
  kind: SelfTestKind,
): Promise<Started> {
  const controller = await readNvmeController(ctx, device);
  if (controller.kind !== "ok") return notReadable(controller);
  if (!controller.value.canSelfTest) return unsupported("the controller has no self-test command");
  const before = await readNvmeSelfTestLog(ctx, device);
  if (before.kind !== "ok") return notReadable(before);
  const abort = async () => void (await abortNvmeSelfTest(withoutSignal(ctx), device));
  // One that an earlier attempt left running is of unknown kind: it is ended first.
  if (before.value.operation !== 0) await abort();
  const started = await startNvmeSelfTest(ctx, device, kind);
  if (started.kind !== "ok") return notReadable(started);
  const code = kind === "short" ? 1 : 2;
  const poll = async () => {
    const log = await readNvmeSelfTestLog(ctx, device);
    return log.kind === "ok" ? nvmeState(before.value, log.value, code) : notReadable(log);
  };
  return { kind: "started", test: { poll, abort } };
}

/** What an NVMe log says of the test that was started after `before` was read. */
export function nvmeState(
  before: NvmeSelfTestLog,
  log: NvmeSelfTestLog,
  code: number,
): SelfTestState {
  if (log.operation !== 0) {
    return { kind: "running", remainingPercent: 100 - log.completionPercent };
  }
  const newest = log.entries[0];
  if (newest === undefined || JSON.stringify(log.entries) === JSON.stringify(before.entries)) {
    // A full log of equal entries looks the same after one more; the hour counter all but rules that out.
    return { kind: "aborted", message: "the drive kept no record of the test" };
  }
  if (newest.code !== code) {
    return { kind: "aborted", message: "another self-test took its place" };
  }
  if (newest.result === 0) return { kind: "passed" };
  return [5, 6, 7].includes(newest.result)
    ? { kind: "failed", message: `self-test result ${newest.result}: a segment failed` }
    : { kind: "aborted", message: `self-test result ${newest.result}: ended before its time` };
}

async function startWithSmartctl(
  ctx: ToolContext,
  device: string,
  kind: SelfTestKind,
): Promise<Started> {
  const abort = async () =>
    void (await readSmartctlJson(withoutSignal(ctx), ["--json=c", "-X", device]));
  const read = () => readSmartctlJson(ctx, ["--json=co", "-c", "-l", "selftest", "-A", device]);
  const before = await read();
  if (before.kind !== "ok") return notReadable(before);
  if (smartctlState(before.value, null).kind === "running") await abort();
  const long = kind === "short" ? "short" : "long";
  const started = await readSmartctlJson(ctx, ["--json=co", "-t", long, device]);
  if (started.kind !== "ok") return notReadable(started);
  const said = wordsOf(started.value);
  if (/(does not|not) support|unsupported/i.test(said)) return unsupported(refusal(said));
  // A drive that has self-tests and does not begin one is no gap.
  if (!/has begun/i.test(said)) {
    return { kind: "unreadable-drive", message: `it did not begin: ${refusal(said)}` };
  }
  const poll = async () => {
    const now = await read();
    return now.kind === "ok" ? smartctlState(now.value, before.value) : notReadable(now);
  };
  return { kind: "started", test: { poll, abort } };
}

/** The line in which the drive or smartctl says no. */
function refusal(said: string): string {
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  const no = lines.find((line) => /not support|unsupported|fail|unable|can't/i.test(line));
  return (no ?? lines.at(-1) ?? "no answer").trim().slice(0, 200);
}

/**
 * What an ATA or SCSI drive says of the test that was started after `before` was read.
 * @param before null to ask only whether one is running.
 */
export function smartctlState(now: SmartctlJson, before: SmartctlJson | null): SelfTestState {
  if (now.device?.protocol === "SCSI") return scsiState(now, before);
  const status = now.ata_smart_data?.self_test?.status;
  if (status?.value == null) return unsupported("the drive reports no self-test status");
  // ATA: the high nibble is the state, the low one what remains in tenths.
  switch (status.value >> 4) {
    case 15:
      return { kind: "running", remainingPercent: (status.value & 15) * 10 };
    case 0:
      return before === null || leftTrace(before, now)
        ? { kind: "passed" }
        : { kind: "aborted", message: "the drive kept no record of the test" };
    case 1:
    case 2:
      return { kind: "aborted", message: status.string ?? "interrupted" };
    default:
      return { kind: "failed", message: status.string ?? `self-test status ${status.value}` };
  }
}

/** Status 0 also means "never run": the log must hold a new entry, or one of this very hour. */
function leftTrace(before: SmartctlJson, now: SmartctlJson): boolean {
  const tables = [before, now].map((json) => {
    const log = json.ata_smart_self_test_log;
    return log?.extended?.table ?? log?.standard?.table ?? [];
  });
  if (JSON.stringify(tables[0]) !== JSON.stringify(tables[1])) return true;
  const newest = tables[1]?.[0]?.lifetime_hours;
  const hours = now.power_on_time?.hours;
  // The log's hour counter has 16 bits.
  return newest != null && hours != null && (hours - newest) % 65_536 <= 1;
}

function scsiState(now: SmartctlJson, before: SmartctlJson | null): SelfTestState {
  const newest = scsiNewest(now);
  if (newest === null) {
    return before === null ? { kind: "passed" } : unsupported("the drive keeps no self-test log");
  }
  if (/in progress/i.test(newest)) return { kind: "running", remainingPercent: null };
  if (before !== null && scsiNewest(before) === newest) {
    return { kind: "aborted", message: "the drive kept no record of the test" };
  }
  if (/abort|incomplete/i.test(newest)) return { kind: "aborted", message: newest };
  return /completed(?!, segment failed)/i.test(newest)
    ? { kind: "passed" }
    : { kind: "failed", message: newest };
}

/** The newest row of a SCSI log: from JSON since smartctl 7.4, before that only in the text. */
function scsiNewest(json: SmartctlJson): string | null {
  const test = json.scsi_self_test_0;
  if (test?.result?.string != null) {
    return `${test.code?.string ?? "Self-test"} ${test.result.string} ${test.power_on_time?.hours ?? ""}`;
  }
  return (
    json.smartctl.output?.find((line) => /^#\s*1\s/.test(line))?.replace(/^#\s*1\s+/, "") ?? null
  );
}

function wordsOf(json: SmartctlJson): string {
  const messages = json.smartctl.messages?.map(({ string }) => string) ?? [];
  return [...messages, ...(json.smartctl.output ?? [])].join("\n");
}

function unsupported(message: string): SelfTestState {
  return { kind: "unsupported", message };
}

function notReadable(failure: ToolFailure): SelfTestState {
  return { kind: "unreadable-drive", message: failureText(failure) };
}

/** Ending a test must work after the stage's own signal has fired. */
function withoutSignal(ctx: ToolContext): ToolContext {
  return { run: ctx.run };
}

import type { CommandResult } from "./command.ts";
import {
  parseSdr,
  parseSensorThresholds,
  type SdrRow,
  type SensorThresholds,
} from "./ipmitool-sdr.ts";
import type { DcmiPower, FruDevice, McInfo, SelEntry } from "./ipmitool-text.ts";
import {
  parseDcmiPower,
  parseFru,
  parseLan,
  parseMcInfo,
  parseSelCount,
  parseSelList,
} from "./ipmitool-text.ts";
import type { ToolContext, ToolReading } from "./tool-result.ts";
import {
  exitFailure,
  ok,
  outcomeFailure,
  READ_TIMEOUT_S,
  runTool,
  unreadable,
} from "./tool-result.ts";

export type { SdrRow, SensorThresholds } from "./ipmitool-sdr.ts";
export type { DcmiPower, FruDevice, McInfo, SelEntry } from "./ipmitool-text.ts";

const TOOL = "ipmitool";
const NO_DEVICE = /Could not open device at \/dev\/ipmi/;

/** A BMC walks its sensors one by one and slowly: a full list may take a minute, in seconds. */
const LISTING_TIMEOUT_S = 60;

/**
 * A host without a BMC (or without the kernel's driver for it) is an answer of its own:
 * `absent`, told apart from a BMC that fails.
 */
export type BmcReading<T> = ToolReading<T> | { readonly kind: "absent"; readonly message: string };

/** Version and maker of the BMC: `ipmitool mc info`. */
export function readMcInfo(ctx: ToolContext): Promise<BmcReading<McInfo>> {
  return readBmc(ctx, ["mc", "info"], (text) => {
    const info = parseMcInfo(text);
    return info === null ? unreadable(TOOL, "mc info without a firmware revision") : ok(info);
  });
}

/** The BMC's own address: `ipmitool lan print`; null when it has none. */
export function readBmcAddress(ctx: ToolContext): Promise<BmcReading<string | null>> {
  return readBmc(ctx, ["lan", "print"], (text) => ok(parseLan(text)));
}

/** Part numbers and serials of the field-replaceable units: `ipmitool fru print`. */
export function readFru(ctx: ToolContext): Promise<BmcReading<readonly FruDevice[]>> {
  return readList(ctx, ["fru", "print"], parseFru);
}

/** All sensors with entity and states: `ipmitool sdr elist all`. */
export function readSdr(ctx: ToolContext): Promise<BmcReading<readonly SdrRow[]>> {
  return readList(ctx, ["sdr", "elist", "all"], parseSdr);
}

/** All sensors with the limits that they declare themselves: `ipmitool sensor`. */
export function readSensorThresholds(
  ctx: ToolContext,
): Promise<BmcReading<readonly SensorThresholds[]>> {
  return readList(ctx, ["sensor"], parseSensorThresholds);
}

/** How many entries the event log holds: `ipmitool sel info`. Growth means the BMC saw something. */
export function readSelCount(ctx: ToolContext): Promise<BmcReading<number>> {
  return readBmc(ctx, ["sel", "info"], (text) => {
    const count = parseSelCount(text);
    return count === null ? unreadable(TOOL, "sel info without a number of entries") : ok(count);
  });
}

/** The event log, oldest first: `ipmitool -c sel list`. */
export function readSel(ctx: ToolContext): Promise<BmcReading<readonly SelEntry[]>> {
  return readList(ctx, ["-c", "sel", "list"], parseSelList);
}

/** Power drawn by the host: `ipmitool dcmi power reading`; null while the BMC is not measuring. */
export function readDcmiPower(ctx: ToolContext): Promise<BmcReading<DcmiPower | null>> {
  return readBmc(ctx, ["dcmi", "power", "reading"], (text) => ok(parseDcmiPower(text)));
}

/** Lights the chassis LED so that the technician finds the host; `on` stays lit until `off`. */
export function setChassisIdentify(
  ctx: ToolContext,
  state: "on" | "off",
): Promise<BmcReading<null>> {
  // 0 puts the light out; `force` keeps it lit without the 15 s timer.
  const argument = state === "on" ? "force" : "0";
  return readBmc(ctx, ["chassis", "identify", argument], () => ok(null));
}

/** Listings where one unit that does not answer makes the whole call exit 1: the others are still good. */
function readList<T>(
  ctx: ToolContext,
  args: readonly string[],
  parse: (stdout: string) => readonly T[],
): Promise<BmcReading<readonly T[]>> {
  return readBmc(
    ctx,
    args,
    (stdout, result) => {
      const rows = parse(stdout);
      return rows.length === 0 && result.exitCode !== 0 ? exitFailure(result) : ok(rows);
    },
    { accept: "whatever its exit code", timeoutS: LISTING_TIMEOUT_S },
  );
}

async function readBmc<T>(
  ctx: ToolContext,
  args: readonly string[],
  parse: (stdout: string, result: CommandResult) => ToolReading<T>,
  {
    accept = "exit code 0",
    timeoutS = READ_TIMEOUT_S,
  }: { accept?: "exit code 0" | "whatever its exit code"; timeoutS?: number } = {},
): Promise<BmcReading<T>> {
  const result = await runTool(ctx, TOOL, args, { timeoutS });
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  if (NO_DEVICE.test(result.stderr)) {
    return {
      kind: "absent",
      message: "The kernel has no IPMI device: no BMC, or no driver for it.",
    };
  }
  if (result.exitCode !== 0 && accept === "exit code 0") return exitFailure(result);
  return parse(result.stdout, result);
}

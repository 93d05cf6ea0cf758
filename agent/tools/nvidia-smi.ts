import { ok, readTool, type ToolContext, type ToolReading, unreadable } from "./tool-result.ts";

const TOOL = "nvidia-smi";

export interface NvidiaGpu {
  readonly index: number;
  readonly name: string;
  readonly serial: string | null;
  readonly uuid: string;
  readonly pciAddress: string;
  readonly driver: string | null;
  readonly tempC: number | null;
  readonly powerW: number | null;
  readonly powerLimitW: number | null;
  readonly utilisationPercent: number | null;
  readonly smClockMHz: number | null;
  /** Null where the card has no ECC or it is switched off. */
  readonly correctedEccErrors: number | null;
  readonly uncorrectedEccErrors: number | null;
  readonly linkGen: number | null;
  readonly linkGenMax: number | null;
  readonly linkWidth: number | null;
  readonly linkWidthMax: number | null;
  /** Slowed down by heat or by the power brake; sw_power_cap is normal under load and not counted. */
  readonly hardwareSlowdown: boolean;
  readonly thermalSlowdown: boolean;
  /** Memory rows that could not be remapped, or pages that wait for retirement. */
  readonly memoryRepairFailed: boolean;
}

/** Known to drivers 450 to 595; newer ones call the throttle reasons clocks_event_reasons and still know these. */
const FIELDS = [
  "index",
  "name",
  "serial",
  "uuid",
  "pci.bus_id",
  "driver_version",
  "temperature.gpu",
  "power.draw",
  "power.limit",
  "utilization.gpu",
  "clocks.current.sm",
  "ecc.errors.corrected.volatile.total",
  "ecc.errors.uncorrected.volatile.total",
  "pcie.link.gen.current",
  "pcie.link.gen.max",
  "pcie.link.width.current",
  "pcie.link.width.max",
  "clocks_throttle_reasons.hw_slowdown",
  "clocks_throttle_reasons.hw_thermal_slowdown",
  "clocks_throttle_reasons.sw_thermal_slowdown",
  "retired_pages.pending",
  "remapped_rows.failure",
];

export function readNvidiaGpus(ctx: ToolContext): Promise<ToolReading<readonly NvidiaGpu[]>> {
  return readTool(ctx, TOOL, [`--query-gpu=${FIELDS.join(",")}`, "--format=csv"], parseNvidiaQuery);
}

/** Parses `--format=csv` by its header, whatever the order and number of columns. */
export function parseNvidiaQuery(csv: string): ToolReading<readonly NvidiaGpu[]> {
  const [header, ...rows] = csv.split("\n").filter((line) => line.trim() !== "");
  // `power.draw [W]`; the throttle reasons have two names.
  const columns = (header ?? "").split(",").map((column) =>
    column
      .trim()
      .replace(/ \[.*\]$/, "")
      .replace("clocks_event_reasons", "clocks_throttle_reasons"),
  );
  if (!columns.includes("index") || !columns.includes("uuid")) {
    return unreadable(TOOL, (header ?? "nothing at all").slice(0, 80));
  }
  return ok(
    rows.map((row) => {
      const cells = row.split(",").map((cell) => cell.trim());
      return gpuOf((column) => known(cells[columns.indexOf(column)]));
    }),
  );
}

function gpuOf(cell: (column: string) => string | null): NvidiaGpu {
  const number = (column: string) => {
    const match = /^-?\d+(\.\d+)?/.exec(cell(column) ?? "");
    return match === null ? null : Number(match[0]);
  };
  const active = (column: string) => /^(Active|Yes)$/.test(cell(column) ?? "");
  return {
    index: number("index") ?? 0,
    name: cell("name") ?? "unknown",
    serial: cell("serial"),
    uuid: cell("uuid") ?? "",
    pciAddress: (cell("pci.bus_id") ?? "").replace(/^0000(?=[\dA-F]{4}:)/i, "").toLowerCase(),
    driver: cell("driver_version"),
    tempC: number("temperature.gpu"),
    powerW: number("power.draw"),
    powerLimitW: number("power.limit"),
    utilisationPercent: number("utilization.gpu"),
    smClockMHz: number("clocks.current.sm"),
    correctedEccErrors: number("ecc.errors.corrected.volatile.total"),
    uncorrectedEccErrors: number("ecc.errors.uncorrected.volatile.total"),
    linkGen: number("pcie.link.gen.current"),
    linkGenMax: number("pcie.link.gen.max"),
    linkWidth: number("pcie.link.width.current"),
    linkWidthMax: number("pcie.link.width.max"),
    hardwareSlowdown: active("clocks_throttle_reasons.hw_slowdown"),
    thermalSlowdown:
      active("clocks_throttle_reasons.hw_thermal_slowdown") ||
      active("clocks_throttle_reasons.sw_thermal_slowdown"),
    memoryRepairFailed: active("remapped_rows.failure") || active("retired_pages.pending"),
  };
}

/** `[N/A]`, `[Not Supported]` and the like are no values. */
function known(cell: string | undefined): string | null {
  return cell === undefined || cell === "" || /^\[.*\]$/.test(cell) || cell === "N/A" ? null : cell;
}

import { z } from "zod";
import {
  ok,
  parseJson,
  readTool,
  type ToolContext,
  type ToolReading,
  unreadable,
} from "./tool-result.ts";

const TOOL = "lscpu";

export interface CpuTopology {
  readonly model: string | null;
  readonly sockets: number;
  /** Physical cores over all sockets. */
  readonly physicalCores: number;
  /** Logical processors that are online. */
  readonly logicalCpus: number;
  readonly maxMHz: number | null;
  /** The hypervisor, when this is a virtual machine. */
  readonly hypervisor: string | null;
}

const entrySchema = z.object({
  field: z.string(),
  data: z.string().nullish(),
  get children() {
    return z.array(entrySchema).nullish();
  },
});
type Entry = z.infer<typeof entrySchema>;
const lscpuSchema = z.object({ lscpu: z.array(entrySchema) });

/** Processors as the kernel sees them: `lscpu -J`. */
export function readCpuTopology(ctx: ToolContext): Promise<ToolReading<CpuTopology>> {
  return readTool(ctx, TOOL, ["-J"], parseLscpu);
}

/** Newer versions nest what belongs together; older ones print one flat list. */
export function parseLscpu(text: string): ToolReading<CpuTopology> {
  const json = parseJson(TOOL, text);
  if (json.kind !== "ok") return json;
  const parsed = lscpuSchema.safeParse(json.value);
  if (!parsed.success) return unreadable(TOOL, "JSON without the list of fields");
  const fields = new Map<string, string>();
  for (const { field, data } of parsed.data.lscpu.flatMap(flat)) {
    const name = field.replace(/:$/, "");
    // With two kinds of cores the fields come twice; the first is the main kind.
    if (data != null && !fields.has(name)) fields.set(name, data);
  }
  const logicalCpus =
    onlineCount(fields.get("On-line CPU(s) list")) ?? number(fields.get("CPU(s)"));
  if (logicalCpus === null || logicalCpus === 0) return unreadable(TOOL, "no number of CPUs");
  const sockets = number(fields.get("Socket(s)")) ?? 1;
  const coresPerSocket =
    number(fields.get("Core(s) per socket")) ?? number(fields.get("Core(s) per cluster"));
  return ok({
    model: fields.get("Model name") ?? null,
    sockets,
    physicalCores: coresPerSocket === null ? logicalCpus : coresPerSocket * sockets,
    logicalCpus,
    maxMHz: number(fields.get("CPU max MHz")),
    hypervisor: fields.get("Hypervisor vendor") ?? null,
  });
}

function flat(entry: Entry): readonly Entry[] {
  return [entry, ...(entry.children ?? []).flatMap(flat)];
}

/** `0-3,8` is five; null when there is no list. */
function onlineCount(list: string | undefined): number | null {
  if (list === undefined || !/^\d+([-,]\d+)*$/.test(list)) return null;
  return list.split(",").reduce((sum, range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return sum + last - first + 1;
  }, 0);
}

/** `-` stands for unknown, on some ARM hosts for the number of sockets. */
function number(text: string | undefined): number | null {
  const value = Number.parseFloat((text ?? "").replace(",", "."));
  return Number.isFinite(value) ? value : null;
}

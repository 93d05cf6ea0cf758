import { z } from "zod";
import type { ToolContext, ToolReading } from "./tool-result.ts";
import { ok, parseJson, readTool, unreadable } from "./tool-result.ts";

const TOOL = "lsblk";

/** A block device with what is built on it: partitions, RAID, LVM, encryption. */
export interface BlockDevice {
  /** Kernel name without /dev: `sda`, `dm-0`. */
  readonly kname: string;
  /** Name as lsblk shows it: of a device-mapper volume its mapped name. */
  readonly name: string;
  /** disk, part, loop, rom, lvm, crypt, mpath, raid1 … */
  readonly type: string;
  readonly sizeBytes: number;
  readonly model: string | null;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly vendor: string | null;
  /** nvme, sata, sas, usb, virtio …; null when lsblk does not say. */
  readonly transport: string | null;
  readonly rotational: boolean;
  readonly removable: boolean;
  readonly fstype: string | null;
  /** Mount points, `[SWAP]` among them. */
  readonly mountpoints: readonly string[];
  readonly children: readonly BlockDevice[];
}

/** util-linux before 2.33 prints every value as a string; booleans then are "0" and "1". */
const bool = z
  .union([z.boolean(), z.literal(["0", "1"]).transform((text) => text === "1")])
  .nullish()
  .catch(null);
const int = z.coerce.number().int().min(0).nullish().catch(null);
const text = z.string().nullish().catch(null);

const deviceSchema = z.object({
  name: z.string(),
  kname: text,
  path: text,
  type: text,
  size: int,
  model: text,
  serial: text,
  wwn: text,
  vendor: text,
  tran: text,
  subsystems: text,
  rota: bool,
  rm: bool,
  fstype: text,
  mountpoint: text,
  mountpoints: z.array(z.string().nullable()).nullish().catch(null),
  get children() {
    return z.array(deviceSchema).nullish();
  },
});
type LsblkDevice = z.infer<typeof deviceSchema>;
const lsblkSchema = z.object({ blockdevices: z.array(deviceSchema) });

/** The tree of block devices: `lsblk -J -b -O`. */
export function readBlockDevices(ctx: ToolContext): Promise<ToolReading<readonly BlockDevice[]>> {
  return readTool(ctx, TOOL, ["-J", "-b", "-O"], parseLsblk);
}

export function parseLsblk(stdout: string): ToolReading<readonly BlockDevice[]> {
  const json = parseJson(TOOL, stdout);
  if (json.kind !== "ok") return json;
  const parsed = lsblkSchema.safeParse(json.value);
  if (!parsed.success) {
    return unreadable(TOOL, "JSON without the list of block devices");
  }
  return ok(parsed.data.blockdevices.map(blockDevice));
}

function blockDevice(raw: LsblkDevice): BlockDevice {
  const kname = raw.kname ?? raw.path?.split("/").at(-1) ?? raw.name;
  const mountpoints = raw.mountpoints ?? [raw.mountpoint ?? null];
  return {
    kname,
    name: raw.name,
    type: raw.type ?? "unknown",
    sizeBytes: raw.size ?? 0,
    model: trimmed(raw.model),
    serial: trimmed(raw.serial),
    wwn: trimmed(raw.wwn),
    vendor: trimmed(raw.vendor),
    transport: trimmed(raw.tran) ?? transportFrom(kname, raw.subsystems ?? ""),
    rotational: raw.rota ?? false,
    removable: raw.rm ?? false,
    fstype: trimmed(raw.fstype),
    mountpoints: mountpoints.filter((point): point is string => point !== null && point !== ""),
    children: (raw.children ?? []).map(blockDevice),
  };
}

/** Older lsblk leaves `tran` empty for some buses that its `subsystems` column or the name gives away. */
function transportFrom(kname: string, subsystems: string): string | null {
  const buses = subsystems.split(":");
  for (const bus of ["nvme", "virtio", "usb", "mmc"]) if (buses.includes(bus)) return bus;
  if (/^nvme/.test(kname)) return "nvme";
  if (/^vd[a-z]/.test(kname)) return "virtio";
  return null;
}

function trimmed(value: string | null | undefined): string | null {
  const found = value?.trim();
  return found === undefined || found === "" ? null : found;
}

import { ok, readTool, type ToolContext, type ToolReading, unreadable } from "./tool-result.ts";

const TOOL = "lspci";

export interface PciDevice {
  /** With domain: `0000:5e:00.0`. */
  readonly address: string;
  readonly className: string;
  /** Four hexadecimal digits: 0107 is a SAS controller. */
  readonly classId: string;
  readonly vendor: string;
  readonly vendorId: string;
  readonly device: string;
  readonly deviceId: string;
  readonly subsystemDevice: string | null;
  /** The slot's label as the firmware numbers it; null for on-board devices. */
  readonly physicalSlot: string | null;
  readonly driver: string | null;
}

/**
 * PCI devices with names, numbers and drivers: `lspci -Dvmmnnk`.
 * (`-v` because the one-line form of `-mm` leaves the driver out, `-k` or not.)
 */
export function readPciDevices(ctx: ToolContext): Promise<ToolReading<readonly PciDevice[]>> {
  return readTool(ctx, TOOL, ["-Dvmmnnk"], parseLspci);
}

export function parseLspci(text: string): ToolReading<readonly PciDevice[]> {
  const devices = text.split(/\n\s*\n/).flatMap((block): PciDevice[] => {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      const match = /^([A-Za-z]+):\s+(.*)$/.exec(line);
      if (match?.[1] !== undefined) fields.set(match[1], (match[2] ?? "").trim());
    }
    const slot = fields.get("Slot");
    if (slot === undefined) return [];
    const [className, classId] = nameAndId(fields.get("Class"));
    const [vendor, vendorId] = nameAndId(fields.get("Vendor"));
    const [device, deviceId] = nameAndId(fields.get("Device"));
    const subsystem = fields.get("SDevice");
    return [
      {
        address: slot.split(":").length === 2 ? `0000:${slot}` : slot,
        className,
        classId,
        vendor,
        vendorId,
        device,
        deviceId,
        subsystemDevice: subsystem === undefined ? null : nameAndId(subsystem)[0],
        physicalSlot: fields.get("PhySlot") ?? null,
        driver: fields.get("Driver") ?? null,
      },
    ];
  });
  // A host without any PCI bus prints nothing and exits 0; text that gives no device is another thing.
  return devices.length === 0 && text.trim() !== ""
    ? unreadable(TOOL, `no devices in: ${text.trim().slice(0, 80)}`)
    : ok(devices);
}

/** `Intel Corporation [8086]`; names may hold brackets of their own: the last pair is the number. */
function nameAndId(text: string | undefined): readonly [name: string, id: string] {
  const match = /^(.*?)\s*\[([0-9a-f]{4})\]$/.exec(text ?? "");
  return match === null ? [text ?? "", ""] : [match[1] ?? "", match[2] ?? ""];
}

/** VGA of the BMC (ASPEED, Matrox) and of old boards: nothing to test with GPU tools. */
const DISPLAY_VENDORS_WITH_GPUS: ReadonlySet<string> = new Set(["10de", "1002"]);
/** ATI Rage XL and ES1000: the console graphics of older servers. */
const CONSOLE_GRAPHICS: ReadonlySet<string> = new Set(["4752", "515e", "5969"]);

/** GPUs and accelerators: 3D and display controllers, and VGA of makers whose cards also compute. */
export function isGpu(device: PciDevice): boolean {
  switch (device.classId) {
    case "0302":
    case "1200":
      return true;
    case "0380":
    case "0300":
      return (
        DISPLAY_VENDORS_WITH_GPUS.has(device.vendorId) && !CONSOLE_GRAPHICS.has(device.deviceId)
      );
    default:
      return false;
  }
}

/** Host bus adapters with firmware of their own: RAID, SAS and Fibre Channel; plain AHCI has none. */
export function isHba(device: PciDevice): boolean {
  return ["0104", "0107", "0c04"].includes(device.classId) && device.vendorId !== "1af4";
}

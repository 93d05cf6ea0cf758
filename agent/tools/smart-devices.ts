import type { BlockDevice } from "./lsblk.ts";

/** Why a device cannot answer SMART; null when it must. `isDrive`: it is a drive, so that leaving it out is a gap. */
export function whyNoSmart(
  device: BlockDevice,
): { readonly why: string; readonly isDrive: boolean } | null {
  const { kname, type, transport } = device;
  const model = `${device.vendor ?? ""} ${device.model ?? ""}`.trim() || "model unknown";
  if (type === "loop" || /^loop\d/.test(kname)) {
    return { why: "a loop device: a file, no drive", isDrive: false };
  }
  if (type === "rom") return { why: `an optical or virtual drive (${model})`, isDrive: false };
  if (/^(zram|ram)\d/.test(kname)) return { why: "a RAM disk, no drive", isDrive: false };
  if (/^(md|dm-|nbd|drbd)\d*/.test(kname)) return { why: "built on other devices", isDrive: false };
  if (transport === "usb" && (device.sizeBytes === 0 || /virtual/i.test(model))) {
    return { why: `virtual media of the BMC or an empty card reader (${model})`, isDrive: false };
  }
  if (transport === "virtio") return { why: "a virtio disk has no SMART", isDrive: true };
  if (transport === "usb") return { why: "a USB disk is not examined", isDrive: true };
  if (transport === "mmc" || /^mmcblk/.test(kname)) {
    return { why: "an SD card or eMMC has no SMART", isDrive: true };
  }
  return null;
}

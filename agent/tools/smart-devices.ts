import type { BlockDevice } from "./lsblk.ts";

/** Why a device cannot answer SMART; null when it must. `absent`: it is no drive at all. */
export function whyNoSmart(
  device: BlockDevice,
): { readonly why: string; readonly absent: boolean } | null {
  const { kname, type, transport } = device;
  const model = `${device.vendor ?? ""} ${device.model ?? ""}`.trim();
  if (type === "loop" || /^loop\d/.test(kname)) {
    return { why: "a loop device: a file, no drive", absent: true };
  }
  if (type === "rom") return { why: `an optical or virtual drive (${model})`, absent: true };
  if (/^(zram|ram)\d/.test(kname)) return { why: "a RAM disk, no drive", absent: true };
  if (/^(md|dm-|nbd|drbd)\d*/.test(kname)) return { why: "built on other devices", absent: true };
  if (transport === "usb" && (device.sizeBytes === 0 || /virtual/i.test(model))) {
    return { why: `virtual media of the BMC or an empty card reader (${model})`, absent: true };
  }
  if (transport === "virtio") return { why: "a virtio disk has no SMART", absent: false };
  if (transport === "usb") return { why: "a USB disk is not examined", absent: false };
  if (transport === "mmc" || /^mmcblk/.test(kname)) {
    return { why: "an SD card or eMMC has no SMART", absent: false };
  }
  return null;
}

import { join } from "node:path";
import { type NicPlace, writeBootOrder } from "./efi-variables.ts";

/** How a virtual machine starts. SeaBIOS with a PXE ROM that is not iPXE is not to be had: QEMU's NICs bring iPXE. */
export const FIRMWARES = {
  "bios-ipxe": "SeaBIOS, iPXE in the NIC's ROM",
  "uefi-pxe": "OVMF, UEFI PXE",
  "uefi-http": "OVMF, UEFI HTTP boot",
} as const;
export type Firmware = keyof typeof FIRMWARES;

export const OVMF_CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd";
export const OVMF_VARS = "/usr/share/OVMF/OVMF_VARS_4M.fd";

/** QEMU's arguments for a firmware, and for its boot order: the first NIC, then the SATA disk. */
export interface FirmwareArguments {
  readonly machine: readonly string[];
  /** To be appended to the device's own. */
  readonly nic: string;
  readonly disk: string;
}

/**
 * The BIOS machine has its SATA controller in IDE mode, as old ones do, because its run is destructive: after a command
 * that a disk refuses (hdparm asks it what it can erase) QEMU 7.2's AHCI fails the next queued read too, the kernel
 * reports "failed command: READ FPDMA QUEUED", and the run rightly holds.
 */
const IDE_CONTROLLER = ["-device", "piix3-ide,id=ide-mode"];

/** @param dir where a UEFI machine keeps its variables, in a copy of its own as a board does in its flash */
export function firmwareArguments(
  firmware: Firmware,
  dir: string,
  nic: NicPlace,
): FirmwareArguments {
  if (firmware === "bios-ipxe") {
    return { machine: IDE_CONTROLLER, nic: ",bootindex=0", disk: ",bus=ide-mode.0,bootindex=1" };
  }
  const variables = join(dir, "efi-variables.fd");
  writeBootOrder(OVMF_VARS, variables, firmware === "uefi-pxe" ? "pxe" : "http", nic);
  return {
    machine: [
      ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${OVMF_CODE}`],
      ...["-drive", `if=pflash,unit=1,format=raw,file=${variables}`],
    ],
    // OVMF drives virtio NICs itself; with the ROM it would run iPXE's driver, which no real board has.
    nic: ",romfile=",
    disk: ",bus=ide.0",
  };
}

import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";

/**
 * A disk with an "installed system" of a few bytes: whichever firmware boots it, it says so on the serial port and
 * stops. Bytes are written out here, so that the proof needs no compiler and can be read in one go.
 */
export const LOCAL_DISK_SAYS = {
  bios: "VETTING-TEST: booted from the local disk by BIOS",
  uefi: "VETTING-TEST: booted from the local disk by UEFI",
} as const;

const SECTOR = 512;
/** The EFI system partition starts at 1 MiB, as every installer lays it out. */
const ESP_START_SECTORS = 2048;

/** Writes the disk image. */
export function makeLocalDisk(path: string, sizeMiB: number): void {
  writeFileSync(path, "");
  truncateSync(path, sizeMiB * 1024 * 1024);
  const espSectors = (sizeMiB * 1024 * 1024) / SECTOR - ESP_START_SECTORS;
  const file = openSync(path, "r+");
  writeSync(file, masterBootRecord(espSectors), 0, SECTOR, 0);
  closeSync(file);
  const esp = `${path}@@${ESP_START_SECTORS * SECTOR}`;
  const mtools = (command: string, ...args: string[]) =>
    execFileSync(command, ["-i", esp, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  mtools("mformat", "-T", String(espSectors), "-h", "16", "-s", "63", "-v", "LOCAL", "::");
  mtools("mmd", "::/EFI", "::/EFI/BOOT");
  const program = `${path}.efi`;
  writeFileSync(program, efiProgram(LOCAL_DISK_SAYS.uefi));
  mtools("mcopy", program, "::/EFI/BOOT/BOOTX64.EFI");
  rmSync(program);
}

/** Code for BIOS, and one partition of type 0xEF (EFI system). */
function masterBootRecord(espSectors: number): Buffer {
  const sector = Buffer.alloc(SECTOR);
  const setUp = [
    [0x31, 0xc0], // xor ax, ax
    [0x8e, 0xd8], // mov ds, ax
  ].flat();
  const print = printToSerial("16 bit");
  const message = setUp.length + 3 + print.length;
  const code = [
    ...setUp,
    0xbe,
    ...u16(0x7c00 + message), // mov si, message: BIOS loads the sector to 0x7c00
    ...print,
  ];
  Buffer.from(code).copy(sector);
  sector.write(`\r\n${LOCAL_DISK_SAYS.bios}\r\n\0`, message, "latin1");
  sector.set([0x80, 0, 2, 0, 0xef, 0xff, 0xff, 0xff], 446);
  sector.writeUInt32LE(ESP_START_SECTORS, 454);
  sector.writeUInt32LE(espSectors, 458);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** Prints the string at (r)si to COM1 (0x3f8) and stops for good; `dx` needs a prefix in 64-bit code. */
function printToSerial(mode: "16 bit" | "64 bit"): number[] {
  const movDx = (port: number) => [...(mode === "64 bit" ? [0x66] : []), 0xba, ...u16(port)];
  const send = [
    [0x88, 0xc4], // mov ah, al
    movDx(0x3fd), // the line status register
    [0xec], // in al, dx
    [0xa8, 0x20], // test al, 0x20: is the transmitter empty?
    [0x74, -5 & 0xff], // jz: ask again
    [0x88, 0xe0], // mov al, ah
    movDx(0x3f8),
    [0xee], // out dx, al
  ].flat();
  return [
    [0xfc], // cld
    [0xac], // lodsb
    [0x84, 0xc0], // test al, al
    [0x74, send.length + 2], // jz: to the end of the string
    send,
    [0xeb, -(send.length + 7) & 0xff], // jmp: the next character
    [0xfa], // cli: or the firmware's watchdog resets the machine in five minutes
    [0xf4], // hlt
    [0xeb, -4 & 0xff], // jmp: a hlt that an NMI ended
  ].flat();
}

/** The smallest image that UEFI loads: PE32+, one section, position-independent code (PE/COFF 8.3, UEFI 2.10 §2.1). */
function efiProgram(message: string): Buffer {
  const print = printToSerial("64 bit");
  const code = Buffer.concat([
    Buffer.from([0x48, 0x8d, 0x35, ...u32(print.length), ...print]), // lea rsi, [rip + past the code]
    Buffer.from(`\r\n${message}\r\n\0`, "latin1"),
  ]);
  const image = Buffer.alloc(2 * SECTOR);
  image.write("MZ", 0, "latin1");
  image.writeUInt32LE(0x40, 0x3c);
  image.write("PE\0\0", 0x40, "latin1");
  const coff = 0x44;
  image.writeUInt16LE(0x8664, coff); // x86-64
  image.writeUInt16LE(1, coff + 2); // sections
  image.writeUInt16LE(240, coff + 16); // size of the optional header
  image.writeUInt16LE(0x0022, coff + 18); // executable, large addresses
  const optional = coff + 20;
  image.writeUInt16LE(0x020b, optional); // PE32+
  image.writeUInt32LE(SECTOR, optional + 4); // size of code
  image.writeUInt32LE(0x1000, optional + 16); // entry point
  image.writeUInt32LE(0x1000, optional + 20); // base of code
  image.writeUInt32LE(0x1000, optional + 32); // section alignment
  image.writeUInt32LE(SECTOR, optional + 36); // file alignment
  image.writeUInt32LE(0x2000, optional + 56); // size of image
  image.writeUInt32LE(SECTOR, optional + 60); // size of headers
  image.writeUInt16LE(10, optional + 68); // an EFI application
  image.writeUInt32LE(16, optional + 108); // data directories, all empty
  const section = optional + 240;
  image.write(".text", section, "latin1");
  image.writeUInt32LE(code.length, section + 8);
  image.writeUInt32LE(0x1000, section + 12);
  image.writeUInt32LE(SECTOR, section + 16);
  image.writeUInt32LE(SECTOR, section + 20);
  image.writeUInt32LE(0x60000020, section + 36); // code, executable, readable
  code.copy(image, SECTOR);
  return image;
}

function u16(value: number): number[] {
  return [value & 0xff, value >> 8];
}

function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

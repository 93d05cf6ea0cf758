import { readFileSync, writeFileSync } from "node:fs";

/**
 * The boot entries of a UEFI machine as its setup menu would have written them into the flash: first the network in
 * one of its two ways, then the disk. OVMF alone offers PXE and HTTP for each NIC and IP version, in that order, and
 * QEMU's `bootindex` cannot choose among them; it would wait for IPv6 for minutes before it comes to the disk.
 */

/** How a NIC is booted. */
export type NetworkBoot = "pxe" | "http";

/** Where the NIC sits on the PCI bus, as QEMU's `addr=` says it. */
export interface NicPlace {
  readonly pciDevice: number;
  readonly mac: string;
}

/** EFI_GLOBAL_VARIABLE, in the byte order of the flash (UEFI 2.10 §3.3). */
const GLOBAL_VARIABLE = Buffer.from("61dfe48bca93d211aa0d00e098032b8c", "hex");
/** Non-volatile, for boot services and the running system. */
const ATTRIBUTES = 0x7;
/** EDK2's authenticated variable store (MdeModulePkg/Include/Guid/VariableFormat.h): "in use", and how it begins. */
const VARIABLE_ADDED = 0x3f;
const VARIABLE_START = 0x55aa;
const STORE_HEADER_BYTES = 28;
const FIRMWARE_VOLUME_HEADER_LENGTH_AT = 48;

/** Copies an empty variable store and adds the two boot entries. */
export function writeBootOrder(
  template: string,
  path: string,
  network: NetworkBoot,
  nic: NicPlace,
): void {
  const store = readFileSync(template);
  const start = store.readUInt16LE(FIRMWARE_VOLUME_HEADER_LENGTH_AT) + STORE_HEADER_BYTES;
  if (store.readUInt16LE(start) !== 0xffff) throw new Error(`${template} holds variables already.`);
  const variables = Buffer.concat([
    variable("Boot0000", loadOption(`Network (${network})`, networkPath(network, nic))),
    variable("Boot0001", loadOption("Local disk", sataPath())),
    variable("BootOrder", Buffer.from([0, 0, 1, 0])),
  ]);
  variables.copy(store, start);
  writeFileSync(path, store);
}

function variable(name: string, data: Buffer): Buffer {
  const header = Buffer.alloc(60);
  const nameBytes = text(name);
  header.writeUInt16LE(VARIABLE_START, 0);
  header.writeUInt8(VARIABLE_ADDED, 2);
  header.writeUInt32LE(ATTRIBUTES, 4);
  header.writeUInt32LE(nameBytes.length, 36);
  header.writeUInt32LE(data.length, 40);
  GLOBAL_VARIABLE.copy(header, 44);
  const whole = Buffer.concat([header, nameBytes, data]);
  // Each begins at a multiple of four; erased flash is all ones.
  return Buffer.concat([whole, Buffer.alloc(-whole.length & 3, 0xff)]);
}

/** EFI_LOAD_OPTION (UEFI 2.10 §3.1.3): active, what it is called, where it leads. */
function loadOption(description: string, path: Buffer): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(1, 0);
  head.writeUInt16LE(path.length, 4);
  return Buffer.concat([head, text(description), path]);
}

/** Device paths (UEFI 2.10 §10.3): type, subtype, length, data. */
function node(type: number, subtype: number, data: Buffer | readonly number[]): Buffer {
  const head = Buffer.from([type, subtype, 0, 0]);
  head.writeUInt16LE(4 + data.length, 2);
  return Buffer.concat([head, Buffer.from(data)]);
}

/** ACPI name PNP0A03, the first of its kind. */
const PCI_ROOT = node(2, 1, [0xd0, 0x41, 0x03, 0x0a, 0, 0, 0, 0]);
const END = node(0x7f, 0xff, []);
const pci = (device: number, fn: number) => node(1, 1, [fn, device]);

function networkPath(network: NetworkBoot, { pciDevice, mac }: NicPlace): Buffer {
  const address = Buffer.alloc(33);
  Buffer.from(mac.replaceAll(":", ""), "hex").copy(address);
  address[32] = 1; // Ethernet
  return Buffer.concat([
    PCI_ROOT,
    pci(pciDevice, 0),
    node(3, 11, address),
    node(3, 12, Buffer.alloc(23)), // IPv4, everything by DHCP
    ...(network === "http" ? [node(3, 24, [])] : []), // a URI, to be told by DHCP
    END,
  ]);
}

/** The first port of q35's AHCI controller. */
function sataPath(): Buffer {
  return Buffer.concat([PCI_ROOT, pci(0x1f, 2), node(3, 18, [0, 0, 0xff, 0xff, 0, 0]), END]);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, "utf16le");
}

import { DHCP_OPTION, joinOptions, type OptionPieces, readOptions } from "./dhcp-options.ts";
import { BOOT_REQUEST, type DhcpPacket, latin1, messageType } from "./dhcp-packet.ts";

/** Who asks to boot from the network: a packet's facts, read once; decisions read these. */
export interface NetbootClient {
  /** Lower case with colons. */
  readonly mac: string;
  /** In the usual textual form, as DMI prints it; null when absent or empty. */
  readonly uuid: string | null;
  /** The client architecture of RFC 4578 and IANA's list that continues it. */
  readonly arch: number;
  /** The same in words. */
  readonly platform: string;
  readonly kind: "pxe" | "http" | "ipxe";
  /** iPXE that can fetch by HTTP. */
  readonly ipxeHttp: boolean;
}

/** What a client's vendor class begins with; an answer repeats that word alone. */
export type NetbootClass = "PXEClient" | "HTTPClient";

/**
 * The architectures by IANA's list "Processor Architecture Types". RFC 4578 printed 7 and 9 the wrong way round and
 * firmware of either reading exists, so both are x64.
 */
const PLATFORMS: Readonly<Record<number, string>> = {
  0: "BIOS x86",
  6: "UEFI x86",
  7: "UEFI x64",
  9: "UEFI x64",
  10: "UEFI arm32",
  11: "UEFI arm64",
  15: "UEFI x86 (HTTP boot)",
  16: "UEFI x64 (HTTP boot)",
  18: "UEFI arm32 (HTTP boot)",
  19: "UEFI arm64 (HTTP boot)",
  20: "BIOS x86 (HTTP boot)",
};

/** The sub-option of 175 by which iPXE says that it knows HTTP (iPXE's DHCP_EB_FEATURE_HTTP). */
const IPXE_FEATURE_HTTP = 0x13;
const MAC_LENGTH = 6;
const UUID_LENGTH = 16;

/**
 * The client that sent a packet, or null when it is none that boots from the network: a request with a message type,
 * a vendor class `PXEClient…` or `HTTPClient…` and an architecture.
 */
export function netbootClientOf(packet: DhcpPacket): NetbootClient | null {
  const { op, chaddr, options } = packet;
  const netbootClass = netbootClassOf(packet);
  const archs = options.get(DHCP_OPTION.clientArchitecture);
  if (op !== BOOT_REQUEST || messageType(packet) === null || netbootClass === null) return null;
  if (archs === undefined || archs.length < 2 || !isStationMac(chaddr)) return null;
  // A client may list several, the one it runs as first.
  const arch = ((archs[0] as number) << 8) | (archs[1] as number);
  const ipxe = isIpxe(options.get(DHCP_OPTION.userClass));
  return {
    mac: macText(chaddr),
    uuid: uuidText(options.get(DHCP_OPTION.clientUuid)),
    arch,
    platform: PLATFORMS[arch] ?? `unknown architecture ${arch}`,
    kind: ipxe ? "ipxe" : netbootClass === "HTTPClient" ? "http" : "pxe",
    ipxeHttp: ipxe && hasIpxeFeature(options.get(DHCP_OPTION.ipxe), IPXE_FEATURE_HTTP),
  };
}

/** The class that a packet's option 60 begins with, or null. */
export function netbootClassOf({ options }: DhcpPacket): NetbootClass | null {
  const vendorClass = latin1(options.get(DHCP_OPTION.vendorClass) ?? new Uint8Array());
  if (vendorClass.startsWith("PXEClient")) return "PXEClient";
  if (vendorClass.startsWith("HTTPClient")) return "HTTPClient";
  return null;
}

/** Six bytes, not all zero, and no group address: those never are a station's own. */
function isStationMac(chaddr: Uint8Array): boolean {
  const [first = 0] = chaddr;
  return chaddr.length === MAC_LENGTH && (first & 1) === 0 && chaddr.some((byte) => byte !== 0);
}

function macText(chaddr: Uint8Array): string {
  return hex(chaddr).replace(/..(?!$)/g, "$&:");
}

/**
 * Option 97: a type byte of 0 and sixteen bytes, the first three fields little-endian (RFC 4578 section 2.3). ROMs
 * without a UUID send it empty, or all zeros or all ones, which SMBIOS calls not present (DSP0134 section 7.2.1).
 */
function uuidText(value: Uint8Array | undefined): string | null {
  if (value?.length !== UUID_LENGTH + 1 || value[0] !== 0) return null;
  const b = value.subarray(1);
  if (b.every((byte) => byte === 0) || b.every((byte) => byte === 0xff)) return null;
  // The first three fields are numbers, written back to front.
  const ordered = [b.slice(0, 4).reverse(), b.slice(4, 6).reverse(), b.slice(6, 8).reverse()];
  return [...ordered, b.slice(8, 10), b.slice(10)].map(hex).join("-");
}

/** iPXE writes its name raw; others that follow RFC 3004 put lengths before each class. */
function isIpxe(userClass: Uint8Array | undefined): boolean {
  if (userClass === undefined) return false;
  if (latin1(userClass) === "iPXE") return true;
  for (let at = 0; at < userClass.length; ) {
    const length = userClass[at] as number;
    if (latin1(userClass.subarray(at + 1, at + 1 + length)) === "iPXE") return true;
    at += 1 + length;
  }
  return false;
}

function hasIpxeFeature(encapsulated: Uint8Array | undefined, feature: number): boolean {
  if (encapsulated === undefined) return false;
  const pieces: OptionPieces = new Map();
  // What was read before a cut counts.
  readOptions(encapsulated, pieces);
  return (
    joinOptions(pieces)
      .get(feature)
      ?.some((byte) => byte !== 0) ?? false
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

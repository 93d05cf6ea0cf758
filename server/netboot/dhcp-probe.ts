import { DHCP_MESSAGE, DHCP_OPTION } from "./dhcp-options.ts";
import {
  BOOT_REPLY,
  broadcastRequest,
  decodeDhcpPacket,
  encodeDhcpPacket,
  latin1,
  messageType,
  NO_ADDRESS,
} from "./dhcp-packet.ts";
import { ipv4Bytes, readIpv4 } from "./ipv4.ts";

/**
 * How the doctor asks who answers on the wire: a DISCOVER as a machine sends it, and never a REQUEST, so that no
 * address is leased. It comes from a MAC of its own.
 */

/** Locally administered [IEEE 802-2014, 8.4], so that no card has it; then "VET". */
const PROBE_MAC_PREFIX = "02:56:45:54:";

/** What the probe passes itself off as: a machine that only wants an address, or firmware that wants to boot. */
export const PROBE_CLIENTS = ["plain", "bios", "uefi"] as const;
export type ProbeClient = (typeof PROBE_CLIENTS)[number];

/** Client architecture, and interface identifier with its version [RFC 4578 sections 2.1 and 2.2]. */
const FIRMWARE: Readonly<Record<Exclude<ProbeClient, "plain">, { arch: number; undi: number[] }>> =
  {
    bios: { arch: 0, undi: [1, 2, 1] },
    uefi: { arch: 7, undi: [1, 3, 16] },
  };

/** Netmask, router, DNS, lease time, TFTP server, boot file: what firmware asks for [RFC 2132]. */
const WANTED = [1, 3, 6, 51, 66, 67, 43, 60];

/**
 * One MAC a console: a server that sets aside an address for whoever asked sets aside a single one, however often the
 * doctor looks.
 */
export function probeMac(labAddress: string): string {
  const [third = 0, fourth = 0] = ipv4Bytes(labAddress).subarray(2);
  const hex = (byte: number) => byte.toString(16).padStart(2, "0");
  return `${PROBE_MAC_PREFIX}${hex(third)}:${hex(fourth)}`;
}

/** Is it a doctor's probe, of this console or another one? Such a machine is never listed as discovered. */
export function isProbeMac(mac: string): boolean {
  return mac.startsWith(PROBE_MAC_PREFIX);
}

export function probeDiscover(client: ProbeClient, xid: number, mac: string): Uint8Array {
  const chaddr = Uint8Array.from(mac.split(":"), (byte) => Number.parseInt(byte, 16));
  const options = new Map([
    [DHCP_OPTION.messageType, Uint8Array.of(DHCP_MESSAGE.discover)] as [number, Uint8Array],
  ]);
  options.set(PARAMETER_REQUEST_LIST, Uint8Array.from(WANTED));
  if (client !== "plain") {
    const { arch, undi } = FIRMWARE[client];
    const digits = (value: number, length: number) => String(value).padStart(length, "0");
    const [, major = 0, minor = 0] = undi;
    const name = `PXEClient:Arch:${digits(arch, 5)}:UNDI:${digits(major, 3)}${digits(minor, 3)}`;
    options.set(DHCP_OPTION.vendorClass, Buffer.from(name, "latin1"));
    options.set(DHCP_OPTION.clientArchitecture, Uint8Array.of(arch >> 8, arch & 255));
    options.set(CLIENT_INTERFACE, Uint8Array.from(undi));
    options.set(DHCP_OPTION.clientUuid, Uint8Array.of(0, ...new Uint8Array(10), ...chaddr));
  }
  return encodeDhcpPacket(broadcastRequest({ xid, chaddr, options }));
}

/** RFC 2132 section 9.8, RFC 4578 section 2.2: asked for by the probe alone. */
const PARAMETER_REQUEST_LIST = 55;
const CLIENT_INTERFACE = 94;

/** What a server offered to a probe. */
export interface ProbeOffer {
  readonly xid: number;
  /** By its own word (option 54), else where the packet came from. */
  readonly server: string;
  /** The address that it would lease; null from a ProxyDHCP. */
  readonly address: string | null;
  readonly bootFile: string | null;
  /** Where the boot file lies, when that is said. */
  readonly nextServer: string | null;
  /** Option 60: `PXEClient` from whoever answers firmware. */
  readonly vendorClass: string | null;
}

/** Null for a packet that is no OFFER, or not one that can be read. */
export function readProbeOffer(bytes: Uint8Array, source: string): ProbeOffer | null {
  const decoded = decodeDhcpPacket(bytes);
  if (!decoded.ok) return null;
  const { op, xid, yiaddr, siaddr, sname, file, options } = decoded.packet;
  if (op !== BOOT_REPLY || messageType(decoded.packet) !== DHCP_MESSAGE.offer) return null;
  const identifier = options.get(DHCP_OPTION.serverIdentifier);
  const text = (code: number) => {
    const value = options.get(code);
    // Some servers end the text with a NUL [RFC 2132 section 2].
    return value === undefined ? null : latin1(value).replace(/\0.*$/s, "") || null;
  };
  const named = [siaddr === NO_ADDRESS ? null : siaddr, text(TFTP_SERVER_NAME), sname || null];
  return {
    xid,
    server: identifier?.length === 4 ? readIpv4(identifier) : source,
    address: yiaddr === NO_ADDRESS ? null : yiaddr,
    bootFile: file || text(DHCP_OPTION.bootFileName),
    nextServer: named.find((it) => it !== null) ?? null,
    vendorClass: text(DHCP_OPTION.vendorClass),
  };
}

/** RFC 2132 section 9.4 */
const TFTP_SERVER_NAME = 66;

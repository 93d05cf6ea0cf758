import {
  DHCP_OPTION,
  type DhcpOptions,
  encodeOptions,
  joinOptions,
  type OptionPieces,
  readOptions,
} from "./dhcp-options.ts";
import { ipv4Bytes, readIpv4 } from "./ipv4.ts";

/**
 * DHCP messages as RFC 2131 lays them out, and nothing about what they mean: lenient in reading, since ROMs in the
 * wild bend every rule, and strict in writing, since other ROMs check every one.
 */
export interface DhcpPacket {
  /** 1 from a client, 2 from a server. */
  readonly op: number;
  readonly htype: number;
  readonly hops: number;
  readonly xid: number;
  readonly secs: number;
  readonly flags: number;
  readonly ciaddr: string;
  readonly yiaddr: string;
  readonly siaddr: string;
  readonly giaddr: string;
  /** The hardware address, as long as `hlen` says. */
  readonly chaddr: Uint8Array;
  /** One byte a character (Latin-1), up to the first NUL; empty when the field holds options instead. */
  readonly sname: string;
  readonly file: string;
  /** From all fields that hold options; option 52, which only says where they lie, is left out. */
  readonly options: DhcpOptions;
}

export type DecodedDhcpPacket =
  | { readonly ok: true; readonly packet: DhcpPacket }
  | { readonly ok: false; readonly why: string };

export const BOOT_REQUEST = 1;
export const BOOT_REPLY = 2;
/** The one flag that is defined: the answer shall be broadcast (RFC 2131 section 2). */
export const FLAG_BROADCAST = 0x8000;
export const NO_ADDRESS = "0.0.0.0";

/** Where the fields lie and how long they are: RFC 2131 figure 1. */
const CHADDR = { at: 28, length: 16 } as const;
const SNAME = { at: 44, length: 64 } as const;
const FILE = { at: 108, length: 128 } as const;
const COOKIE_AT = 236;
const OPTIONS_AT = 240;
const MAGIC_COOKIE = 0x63825363;
/** BOOTP's own size; relays drop what is shorter (RFC 1542 section 2.1). */
const SHORTEST_SENT = 300;
/** What `file` holds beside its NUL. */
export const LONGEST_FILE = FILE.length - 1;

/** Never throws: what cannot be read comes back with the reason. */
export function decodeDhcpPacket(datagram: Uint8Array): DecodedDhcpPacket {
  // Not a Buffer, whose slice() would be a view.
  const bytes = new Uint8Array(datagram.buffer, datagram.byteOffset, datagram.length);
  if (bytes.length < OPTIONS_AT)
    return { ok: false, why: `${bytes.length} bytes are too few for a DHCP message` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(COOKIE_AT) !== MAGIC_COOKIE)
    return { ok: false, why: "the magic cookie of DHCP is missing" };
  const hlen = view.getUint8(2);
  if (hlen > CHADDR.length)
    return { ok: false, why: `a hardware address of ${hlen} bytes does not fit its field` };

  const pieces: OptionPieces = new Map();
  const wrong = readOptions(bytes.subarray(OPTIONS_AT), pieces);
  if (wrong !== null) return { ok: false, why: wrong };
  // Which fields hold options as well, RFC 2132 section 9.3; `file` is read before `sname`, RFC 3396 section 5.
  const overload = pieces.get(DHCP_OPTION.overload)?.[0]?.[0] ?? 0;
  const inFile = (overload & 1) !== 0;
  const inSname = (overload & 2) !== 0;
  for (const field of [...(inFile ? [FILE] : []), ...(inSname ? [SNAME] : [])]) {
    const wrongThere = readOptions(bytes.subarray(field.at, field.at + field.length), pieces);
    if (wrongThere !== null) return { ok: false, why: wrongThere };
  }
  pieces.delete(DHCP_OPTION.overload);

  return {
    ok: true,
    packet: {
      op: view.getUint8(0),
      htype: view.getUint8(1),
      hops: view.getUint8(3),
      xid: view.getUint32(4),
      secs: view.getUint16(8),
      flags: view.getUint16(10),
      ciaddr: readIpv4(bytes, 12),
      yiaddr: readIpv4(bytes, 16),
      siaddr: readIpv4(bytes, 20),
      giaddr: readIpv4(bytes, 24),
      chaddr: bytes.slice(CHADDR.at, CHADDR.at + hlen),
      sname: inSname ? "" : text(bytes, SNAME),
      file: inFile ? "" : text(bytes, FILE),
      options: joinOptions(pieces),
    },
  };
}

/**
 * Writes a message: options in the order given, an end mark, at least 300 bytes.
 * @throws RangeError for a name or address that its field cannot hold; what we send is ours, so that is a bug
 */
export function encodeDhcpPacket(packet: DhcpPacket): Uint8Array {
  if (packet.chaddr.length > CHADDR.length)
    throw new RangeError(`a hardware address of ${packet.chaddr.length} bytes`);
  const options = encodeOptions(packet.options);
  const bytes = new Uint8Array(Math.max(SHORTEST_SENT, OPTIONS_AT + options.length));
  const view = new DataView(bytes.buffer);
  bytes.set([packet.op, packet.htype, packet.chaddr.length, packet.hops]);
  view.setUint32(4, packet.xid);
  view.setUint16(8, packet.secs);
  view.setUint16(10, packet.flags);
  bytes.set(ipv4Bytes(packet.ciaddr), 12);
  bytes.set(ipv4Bytes(packet.yiaddr), 16);
  bytes.set(ipv4Bytes(packet.siaddr), 20);
  bytes.set(ipv4Bytes(packet.giaddr), 24);
  bytes.set(packet.chaddr, CHADDR.at);
  bytes.set(named(packet.sname, "sname", SNAME.length), SNAME.at);
  bytes.set(named(packet.file, "file", FILE.length), FILE.at);
  view.setUint32(COOKIE_AT, MAGIC_COOKIE);
  bytes.set(options, OPTIONS_AT);
  return bytes;
}

/** The message type of option 53, or null. */
export function messageType(packet: DhcpPacket): number | null {
  return packet.options.get(DHCP_OPTION.messageType)?.[0] ?? null;
}

function text(bytes: Uint8Array, { at, length }: { at: number; length: number }): string {
  const field = bytes.subarray(at, at + length);
  const nul = field.indexOf(0);
  return latin1(nul === -1 ? field : field.subarray(0, nul));
}

/** Bytes as text, one character each. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** A name for a field, where its NUL must still fit. */
function named(name: string, field: string, length: number): Uint8Array {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL would end the name early
  if (name.length >= length || /[^\x01-\xff]/.test(name))
    throw new RangeError(`the ${field} field cannot hold ${JSON.stringify(name)}`);
  return Buffer.from(name, "latin1");
}

/** What a machine without an address asks everybody: nothing but who it is and its options. */
export function broadcastRequest(
  asked: Pick<DhcpPacket, "xid" | "chaddr" | "options">,
): DhcpPacket {
  return {
    op: BOOT_REQUEST,
    htype: 1,
    hops: 0,
    secs: 0,
    // It has no address yet, so only a broadcast can bring the answer.
    flags: FLAG_BROADCAST,
    ciaddr: NO_ADDRESS,
    yiaddr: NO_ADDRESS,
    siaddr: NO_ADDRESS,
    giaddr: NO_ADDRESS,
    sname: "",
    file: "",
    ...asked,
  };
}

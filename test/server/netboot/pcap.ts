import { readFileSync } from "node:fs";

/** A UDP datagram of a capture. */
export interface CapturedDatagram {
  readonly source: string;
  readonly sourcePort: number;
  readonly target: string;
  readonly targetPort: number;
  readonly payload: Buffer;
}

const PCAP = { magic: 0xa1b2c3d4, fileHeader: 24, recordHeader: 16 } as const;
const ETHERNET = { length: 14, typeAt: 12, ipv4: 0x0800 } as const;
const UDP = { protocol: 17, header: 8 } as const;

/** The UDP datagrams over IPv4 of a pcap file, as tcpdump on an Ethernet writes it on this kind of machine. */
export function readPcap(file: string): CapturedDatagram[] {
  const bytes = readFileSync(file);
  if (bytes.readUInt32LE(0) !== PCAP.magic) throw new Error(`${file} is no little-endian pcap`);
  const datagrams: CapturedDatagram[] = [];
  for (let at = PCAP.fileHeader; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    const frame = bytes.subarray(at + PCAP.recordHeader, at + PCAP.recordHeader + length);
    at += PCAP.recordHeader + length;
    if (frame.readUInt16BE(ETHERNET.typeAt) !== ETHERNET.ipv4) continue;
    const ip = frame.subarray(ETHERNET.length);
    if (ip[9] !== UDP.protocol) continue;
    const udp = ip.subarray(((ip[0] as number) & 0x0f) * 4);
    datagrams.push({
      source: ip.subarray(12, 16).join("."),
      target: ip.subarray(16, 20).join("."),
      sourcePort: udp.readUInt16BE(0),
      targetPort: udp.readUInt16BE(2),
      payload: udp.subarray(UDP.header, udp.readUInt16BE(4)),
    });
  }
  return datagrams;
}

/** A capture of one DHCP message each, so that other programs can be asked what they make of what we send. */
export function pcapOf(
  messages: readonly Uint8Array[],
  ports: { from: number; to: number },
): Buffer {
  const header = Buffer.alloc(PCAP.fileHeader);
  header.writeUInt32LE(PCAP.magic, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  return Buffer.concat([header, ...messages.flatMap((message) => record(message, ports))]);
}

function record(message: Uint8Array, { from, to }: { from: number; to: number }): Buffer[] {
  const ethernet = Buffer.from("ffffffffffff0200000000010800", "hex");
  const ip = Buffer.alloc(20);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(28 + message.length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(UDP.protocol, 9);
  ip.writeUInt32BE(0x0a000001, 12);
  ip.writeUInt32BE(0xffffffff, 16);
  const udp = Buffer.alloc(UDP.header);
  udp.writeUInt16BE(from, 0);
  udp.writeUInt16BE(to, 2);
  udp.writeUInt16BE(UDP.header + message.length, 4);
  const frame = Buffer.concat([ethernet, ip, udp, message]);
  const header = Buffer.alloc(PCAP.recordHeader);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(frame.length, 12);
  return [header, frame];
}

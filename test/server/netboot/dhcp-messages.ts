import { DHCP_MESSAGE, DHCP_OPTION } from "../../../server/netboot/dhcp-options.ts";
import { type DhcpPacket, decodeDhcpPacket } from "../../../server/netboot/dhcp-packet.ts";

export const MAC = "52:54:00:12:34:56";
/** Option 97 as it lies on the wire, and the same machine's UUID as dmidecode prints it. */
export const UUID_OPTION = "0078563412bc9af0de1122334455667788";
export const UUID = "12345678-9abc-def0-1122-334455667788";
/** What QEMU's iPXE ROM sends as option 175. */
export const IPXE_FEATURES =
  "b105011af41000eb03010000170101220101130101110101270101190101290101100102210101150101180101120101";
/** The same of a build without HTTP: sub-option 0x13 is missing. */
export const IPXE_WITHOUT_HTTP = IPXE_FEATURES.replace("130101", "");

export const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
export const ascii = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));

type Options = [code: number, value: Uint8Array | null][];

/** A DISCOVER as OVMF over PXE sends it; `options` replace its own, null leaves one out. */
export function discover(options: Options = [], fields: Partial<DhcpPacket> = {}): DhcpPacket {
  return {
    op: 1,
    htype: 1,
    hops: 0,
    xid: 0xa86b8337,
    secs: 0,
    flags: 0x8000,
    ciaddr: "0.0.0.0",
    yiaddr: "0.0.0.0",
    siaddr: "0.0.0.0",
    giaddr: "0.0.0.0",
    chaddr: hex(MAC.replaceAll(":", "")),
    sname: "",
    file: "",
    ...fields,
    options: optionsWith(options),
  };
}

function optionsWith(changes: Options): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>([
    [DHCP_OPTION.messageType, Uint8Array.of(DHCP_MESSAGE.discover)],
    [57, Uint8Array.of(0x05, 0xc0)],
    [55, Uint8Array.of(1, 3, 6, 43, 60, 66, 67, 97)],
    [DHCP_OPTION.clientUuid, hex(UUID_OPTION)],
    [94, Uint8Array.of(1, 3, 0)],
    [DHCP_OPTION.clientArchitecture, Uint8Array.of(0, 7)],
    [DHCP_OPTION.vendorClass, ascii("PXEClient:Arch:00007:UNDI:003000")],
  ]);
  for (const [code, value] of changes) {
    if (value === null) options.delete(code);
    else options.set(code, value);
  }
  return options;
}

/** The options that make a DISCOVER a REQUEST. */
export const AS_REQUEST: Options = [[DHCP_OPTION.messageType, Uint8Array.of(DHCP_MESSAGE.request)]];

/** The options of a client of this architecture. */
export function arch(number: number, vendorClass = "PXEClient"): Options {
  return [
    [DHCP_OPTION.clientArchitecture, Uint8Array.of(number >> 8, number & 0xff)],
    [
      DHCP_OPTION.vendorClass,
      ascii(`${vendorClass}:Arch:${String(number).padStart(5, "0")}:UNDI:003000`),
    ],
  ];
}

/** The options of iPXE on that architecture. */
export function ipxe(number: number, features: string | null = IPXE_FEATURES): Options {
  return [
    ...arch(number),
    [DHCP_OPTION.userClass, ascii("iPXE")],
    [DHCP_OPTION.ipxe, features === null ? null : hex(features)],
  ];
}

/** Decodes what must be decodable. */
export function decoded(bytes: Uint8Array): DhcpPacket {
  const result = decodeDhcpPacket(bytes);
  if (!result.ok) throw new Error(result.why);
  return result.packet;
}

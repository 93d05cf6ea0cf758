import { ARCH_BIOS, type BootTarget, type BootTargetSources, bootTargetOf } from "./boot-target.ts";
import { DHCP_MESSAGE, DHCP_OPTION, type DhcpOptions } from "./dhcp-options.ts";
import {
  BOOT_REPLY,
  type DhcpPacket,
  FLAG_BROADCAST,
  messageType,
  NO_ADDRESS,
} from "./dhcp-packet.ts";
import { ipv4Bytes, ipv4Number, readIpv4 } from "./ipv4.ts";
import { type NetbootClass, type NetbootClient, netbootClassOf } from "./netboot-client.ts";

/**
 * A ProxyDHCP says what to boot and nothing else: addresses come from the lab's own DHCP server, so no answer of ours
 * carries one (yiaddr, options 1, 3, 6, 50, 51), refuses one (NAK) or confirms one (an ACK on port 67, which made
 * firmware decline its real lease). PXE specification 2.1, section 2.2; RFC 4578.
 */
export interface ProxyDhcpPolicy extends BootTargetSources {
  readonly labAddress: string;
  /** Whether this host is ours to boot. */
  readonly mayBoot: boolean;
}

export interface Destination {
  readonly address: string;
  readonly port: number;
}

export type ProxyDhcpAnswer =
  | {
      readonly kind: "reply";
      readonly packet: DhcpPacket;
      readonly to: Destination;
      /** The file or URL that it names. */
      readonly bootFile: string;
    }
  /** Ours to boot, but there is nothing to boot it with. */
  | { readonly kind: "unsupported"; readonly why: string }
  | { readonly kind: "silence" };

const DHCP_SERVER_PORT = 67;
const DHCP_CLIENT_PORT = 68;
const BROADCAST = "255.255.255.255";
/** 224.0.0.0 */
const FIRST_MULTICAST = 0xe0000000;
const SILENCE: ProxyDhcpAnswer = { kind: "silence" };

/**
 * PXE's vendor options: DISCOVERY_CONTROL (6) with bit 3, "boot the file named here, ask nobody", and their end.
 * Without them a BIOS ROM goes looking for boot servers.
 */
const PXE_BOOT_THIS_FILE = Uint8Array.of(6, 1, 8, 255);

/** What to say to a packet on port 67: an OFFER to the DISCOVER of a host of ours, to anything else nothing. */
export function answerOnDhcpPort(
  packet: DhcpPacket,
  client: NetbootClient,
  policy: ProxyDhcpPolicy,
): ProxyDhcpAnswer {
  if (messageType(packet) !== DHCP_MESSAGE.discover || !isRelay(packet.giaddr)) return SILENCE;
  // Always broadcast, whatever the flag says: iPXE leaves it out and has no address yet; not to the subnet's own
  // broadcast address, which strict EDK2 drops.
  const to =
    packet.giaddr === NO_ADDRESS
      ? { address: BROADCAST, port: DHCP_CLIENT_PORT }
      : { address: packet.giaddr, port: DHCP_SERVER_PORT };
  return answer(packet, client, policy, DHCP_MESSAGE.offer, to);
}

/**
 * What to say to a packet on port 4011: an ACK to the REQUEST of a host of ours, back to where it came from. EDK2 asks
 * here when the OFFER had no option 43. HTTP boot does not know this port.
 */
export function answerOnPxePort(
  packet: DhcpPacket,
  client: NetbootClient,
  policy: ProxyDhcpPolicy,
  from: Destination,
): ProxyDhcpAnswer {
  if (messageType(packet) !== DHCP_MESSAGE.request || client.kind === "http") return SILENCE;
  // Nothing can be sent to port 0.
  if (from.port === 0) return SILENCE;
  return answer(packet, client, policy, DHCP_MESSAGE.ack, from);
}

/** The address that a client is about to have or has, as its REQUEST says; null when it says none. */
export function requestedAddress(packet: DhcpPacket): string | null {
  if (messageType(packet) !== DHCP_MESSAGE.request) return null;
  const asked = packet.options.get(DHCP_OPTION.requestedAddress);
  const address = asked?.length === 4 ? readIpv4(asked) : packet.ciaddr;
  return address === NO_ADDRESS ? null : address;
}

/** None, or one station's address: a group's or everybody's is nobody to send to. */
function isRelay(giaddr: string): boolean {
  return (ipv4Number(giaddr) ?? 0) < FIRST_MULTICAST;
}

function answer(
  request: DhcpPacket,
  client: NetbootClient,
  policy: ProxyDhcpPolicy,
  type: number,
  to: Destination,
): ProxyDhcpAnswer {
  const netbootClass = netbootClassOf(request);
  if (!policy.mayBoot || netbootClass === null) return SILENCE;
  const target = bootTargetOf(client, policy);
  if (target.kind === "none") return { kind: "unsupported", why: target.why };
  const bootFile = target.kind === "file" ? target.file : target.url;
  return {
    kind: "reply",
    to,
    bootFile,
    packet: {
      op: BOOT_REPLY,
      htype: request.htype,
      hops: 0,
      xid: request.xid,
      secs: 0,
      flags: FLAG_BROADCAST,
      ciaddr: NO_ADDRESS,
      yiaddr: NO_ADDRESS,
      siaddr: policy.labAddress,
      giaddr: request.giaddr,
      chaddr: request.chaddr,
      sname: policy.labAddress,
      file: bootFile,
      options: answerOptions(request, client, policy.labAddress, netbootClass, type, target),
    },
  };
}

function answerOptions(
  request: DhcpPacket,
  client: NetbootClient,
  labAddress: string,
  netbootClass: NetbootClass,
  type: number,
  target: BootTarget,
): DhcpOptions {
  const options = new Map([
    [DHCP_OPTION.messageType, Uint8Array.of(type)],
    [DHCP_OPTION.serverIdentifier, ipv4Bytes(labAddress)],
    [DHCP_OPTION.vendorClass, Buffer.from(netbootClass, "latin1")],
  ] as [number, Uint8Array][]);
  // Not to UEFI: EDK2 before 2017 drops an offer that carries it.
  if (target.kind === "file" && client.arch === ARCH_BIOS)
    options.set(DHCP_OPTION.vendorSpecific, PXE_BOOT_THIS_FILE);
  if (target.kind === "url")
    options.set(DHCP_OPTION.bootFileName, Buffer.from(target.url, "latin1"));
  // Exactly as it came, empty ones too; some ROMs leave it out and expect none.
  const uuid = request.options.get(DHCP_OPTION.clientUuid);
  if (uuid !== undefined) options.set(DHCP_OPTION.clientUuid, uuid);
  return options;
}

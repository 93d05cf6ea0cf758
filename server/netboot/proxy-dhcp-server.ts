import type { RemoteInfo, Socket } from "node:dgram";
import { DHCP_MESSAGE } from "./dhcp-options.ts";
import {
  type DhcpPacket,
  decodeDhcpPacket,
  encodeDhcpPacket,
  messageType,
  NO_ADDRESS,
} from "./dhcp-packet.ts";
import { LabWire } from "./lab-wire.ts";
import { type NetbootClient, netbootClientOf } from "./netboot-client.ts";
import {
  answerOnDhcpPort,
  answerOnPxePort,
  type ProxyDhcpAnswer,
  type ProxyDhcpPolicy,
  requestedAddress,
} from "./proxy-dhcp.ts";
import { rehearseAnswers } from "./proxy-dhcp-rehearsal.ts";
import { bindUdp, closeUdp, countBound, listenUdp } from "./udp-socket.ts";
import { limitRepeats } from "./warn-limiter.ts";

export type ProxyDhcpEvent =
  /** Every DISCOVER of a netboot client on port 67; `answered`: an OFFER goes out. */
  | { readonly kind: "discover"; readonly client: NetbootClient; readonly answered: boolean }
  /** An OFFER on port 67 or an ACK on 4011 has been sent. */
  | {
      readonly kind: "offer";
      readonly client: NetbootClient;
      readonly bootFile: string;
      readonly via: "dhcp" | "pxe";
    }
  /** Learnt from a REQUEST, so that a request for a file can be tied to a machine. */
  | { readonly kind: "address"; readonly mac: string; readonly address: string }
  /** Ours to boot, but there is nothing to boot it with. */
  | { readonly kind: "unsupported"; readonly client: NetbootClient; readonly why: string };

export interface ProxyDhcpDeps {
  /** IPv4 of the lab NIC. */
  readonly labAddress: string;
  /** 0 takes a free one. */
  readonly dhcpPort: number;
  readonly pxePort: number;
  /** `http://ADDRESS:PORT` */
  readonly labUrl: () => string | null;
  readonly hasBootFile: (name: string) => boolean;
  /** The policy, enrolled or being vetted: asked once a packet that wants an answer. */
  readonly mayBoot: (client: NetbootClient) => boolean;
  readonly onEvent: (event: ProxyDhcpEvent) => void;
  readonly warn: (text: string) => void;
}

export interface ProxyDhcpServer {
  /** Null when it could not be bound. */
  readonly dhcpPort: number | null;
  readonly pxePort: number | null;
  readonly failures: readonly { readonly service: "dhcp" | "pxe"; readonly code: string }[];
  close(): Promise<void>;
}

type Opened =
  | { readonly ok: true; readonly sockets: readonly Socket[]; readonly port: number }
  | { readonly ok: false; readonly code: string };

/**
 * Starts answering on both ports. A port that cannot be bound is null and told in `failures`; the other one serves
 * all the same.
 */
export async function startProxyDhcp(deps: ProxyDhcpDeps): Promise<ProxyDhcpServer> {
  rehearseAnswers(deps.labAddress);
  const warn = limitRepeats(deps.warn);
  const speaker = new Speaker({ ...deps, warn });
  const dhcp = await openDhcpPort(deps.labAddress, deps.dhcpPort);
  const pxe = await openPxePort(deps.labAddress, deps.pxePort);
  const failures: { service: "dhcp" | "pxe"; code: string }[] = [];
  const sockets: Socket[] = [];
  if (dhcp.ok) {
    const sender = dhcp.sockets[0] as Socket;
    for (const socket of dhcp.sockets)
      listenUdp(socket, (bytes, from) => speaker.onDhcpPort(bytes, from, sender), warn);
    sockets.push(...dhcp.sockets);
  } else failures.push({ service: "dhcp", code: dhcp.code });
  if (pxe.ok) {
    const sender = pxe.sockets[0] as Socket;
    listenUdp(sender, (bytes, from) => speaker.onPxePort(bytes, from, sender), warn);
    sockets.push(sender);
  } else failures.push({ service: "pxe", code: pxe.code });

  let closing: Promise<void> | undefined;
  return {
    dhcpPort: dhcp.ok ? dhcp.port : null,
    pxePort: pxe.ok ? pxe.port : null,
    failures,
    close: () => {
      closing ??= closeUdp(sockets);
      return closing;
    },
  };
}

/**
 * Two sockets on the DHCP port: one on all addresses, since only that hears broadcasts, and one on the lab address,
 * since only what is sent from there leaves by the lab's NIC. The latter also gets what a relay sends to us.
 *
 * On Linux the port is shared, as libvirt's dnsmasq has it on many laptops (and shares it too); the lab address is
 * not, or a second console would answer the same hosts. Elsewhere two such sockets need no permission, and giving
 * it would let any program take our packets.
 * @returns the sending socket first
 */
async function openDhcpPort(labAddress: string, wanted: number): Promise<Opened> {
  const shared = process.platform === "linux";
  const everywhere = await bindUdp({ address: NO_ADDRESS, port: wanted, shared });
  if (!everywhere.ok) return everywhere;
  const { port } = everywhere;
  const lab = await bindUdp({ address: labAddress, port, shared });
  if (!lab.ok) {
    await closeUdp([everywhere.socket]);
    return lab;
  }
  if ((countBound(labAddress, port) ?? 1) > 1) {
    await closeUdp([everywhere.socket, lab.socket]);
    return { ok: false, code: "EADDRINUSE" };
  }
  lab.socket.setBroadcast(true);
  return { ok: true, sockets: [lab.socket, everywhere.socket], port };
}

/** Port 4011 is asked directly, never by broadcast, and shared with nobody. */
async function openPxePort(labAddress: string, wanted: number): Promise<Opened> {
  const bound = await bindUdp({ address: labAddress, port: wanted, shared: false });
  return bound.ok ? { ok: true, sockets: [bound.socket], port: bound.port } : bound;
}

/** From a packet that came in to the events and the answer. Keeps nothing between packets. */
class Speaker {
  readonly #deps: ProxyDhcpDeps;
  readonly #wire: LabWire;

  constructor(deps: ProxyDhcpDeps) {
    this.#deps = deps;
    this.#wire = new LabWire(deps.labAddress);
  }

  onDhcpPort(bytes: Uint8Array, from: RemoteInfo, sender: Socket): void {
    const heard = this.#hear(bytes, from);
    if (heard === null) return;
    const { packet, client } = heard;
    if (messageType(packet) !== DHCP_MESSAGE.discover) return;
    const answer = answerOnDhcpPort(packet, client, this.#policy(client));
    this.#deps.onEvent({ kind: "discover", client, answered: answer.kind === "reply" });
    this.#say(answer, client, "dhcp", sender);
  }

  onPxePort(bytes: Uint8Array, from: RemoteInfo, sender: Socket): void {
    const heard = this.#hear(bytes, from);
    if (heard === null) return;
    const { packet, client } = heard;
    if (messageType(packet) !== DHCP_MESSAGE.request) return;
    this.#say(answerOnPxePort(packet, client, this.#policy(client), from), client, "pxe", sender);
  }

  /** The client that speaks, or null for what is no netboot client of the lab's. */
  #hear(bytes: Uint8Array, from: RemoteInfo): { packet: DhcpPacket; client: NetbootClient } | null {
    const decoded = decodeDhcpPacket(bytes);
    if (!decoded.ok) return null;
    const { packet } = decoded;
    const client = netbootClientOf(packet);
    if (client === null) return null;
    const address = requestedAddress(packet);
    const places = [from.address, packet.giaddr, packet.ciaddr, address ?? NO_ADDRESS];
    if (places.some((place) => this.#wire.isElsewhere(place))) return null;
    if (this.#wire.isHeardElsewhere(client.mac)) return null;
    if (address !== null) this.#deps.onEvent({ kind: "address", mac: client.mac, address });
    return { packet, client };
  }

  #policy(client: NetbootClient): ProxyDhcpPolicy {
    const { labAddress, labUrl, hasBootFile, mayBoot } = this.#deps;
    return { labAddress, labUrl: labUrl(), hasBootFile, mayBoot: mayBoot(client) };
  }

  #say(answer: ProxyDhcpAnswer, client: NetbootClient, via: "dhcp" | "pxe", sender: Socket): void {
    const { onEvent, warn } = this.#deps;
    if (answer.kind === "unsupported") onEvent({ kind: "unsupported", client, why: answer.why });
    if (answer.kind !== "reply") return;
    const { packet, to, bootFile } = answer;
    sender.send(encodeDhcpPacket(packet), to.port, to.address, (error) => {
      if (error === null) onEvent({ kind: "offer", client, bootFile, via });
      else warn(`What ${client.platform} hosts boot could not be offered: ${error.message}.`);
    });
  }
}

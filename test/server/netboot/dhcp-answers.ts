import type { DhcpPacket } from "../../../server/netboot/dhcp-packet.ts";
import { netbootClientOf } from "../../../server/netboot/netboot-client.ts";
import {
  answerOnDhcpPort,
  answerOnPxePort,
  type ProxyDhcpAnswer,
  type ProxyDhcpPolicy,
} from "../../../server/netboot/proxy-dhcp.ts";
import { AS_REQUEST, arch, discover, IPXE_WITHOUT_HTTP, ipxe } from "./dhcp-messages.ts";

export const LAB = "10.0.0.1";
export const POLICY: ProxyDhcpPolicy = {
  labAddress: LAB,
  labUrl: `http://${LAB}:8421`,
  hasBootFile: () => true,
  mayBoot: true,
};
/** Where a client asks port 4011 from. */
export const CLIENT_SIDE = { address: "10.0.0.50", port: 4011 };

/** What the policy says to a netboot client's packet on port 67. */
export function onDhcpPort(
  packet: DhcpPacket,
  policy: Partial<ProxyDhcpPolicy> = {},
): ProxyDhcpAnswer {
  const client = netbootClientOf(packet);
  if (client === null) throw new Error("no netboot client");
  return answerOnDhcpPort(packet, client, { ...POLICY, ...policy });
}
/** The same on port 4011. */
export function onPxePort(
  packet: DhcpPacket,
  policy: Partial<ProxyDhcpPolicy> = {},
): ProxyDhcpAnswer {
  const client = netbootClientOf(packet);
  if (client === null) throw new Error("no netboot client");
  return answerOnPxePort(packet, client, { ...POLICY, ...policy }, CLIENT_SIDE);
}
/** The answer, which must be a reply. */
export function reply(answer: ProxyDhcpAnswer) {
  if (answer.kind !== "reply") throw new Error(`the answer is ${answer.kind}`);
  return answer;
}
/** Every kind of client that gets something, on the port where it gets it. */
export const EVERY_REPLY: readonly [string, () => ProxyDhcpAnswer][] = [
  ["BIOS PXE", () => onDhcpPort(discover(arch(0)))],
  ["UEFI PXE", () => onDhcpPort(discover(arch(7)))],
  ["HTTP boot", () => onDhcpPort(discover(arch(16, "HTTPClient")))],
  ["iPXE", () => onDhcpPort(discover(ipxe(0)))],
  ["iPXE without HTTP", () => onDhcpPort(discover(ipxe(7, IPXE_WITHOUT_HTTP)))],
  ["UEFI PXE on 4011", () => onPxePort(discover([...arch(7), ...AS_REQUEST]))],
  ["BIOS PXE on 4011", () => onPxePort(discover([...arch(0), ...AS_REQUEST]))],
  ["iPXE on 4011", () => onPxePort(discover([...ipxe(7), ...AS_REQUEST]))],
];

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeDhcpPacket, encodeDhcpPacket } from "../../../server/netboot/dhcp-packet.ts";
import { netbootClientOf } from "../../../server/netboot/netboot-client.ts";
import { decoded } from "./dhcp-messages.ts";
import { type CapturedDatagram, readPcap } from "./pcap.ts";

/** Captured from QEMU machines against this ProxyDHCP, beside a dnsmasq as the lab's own DHCP server. */
const OURS = join(import.meta.dirname, "../../fixtures/netboot");
/** Other captures, beside the checkout, never inside it. */
const SHARED = join(import.meta.dirname, "../../../../shared/data/captures");

const DHCP_PORTS = [67, 68, 4011];
const isDhcp = ({ sourcePort, targetPort }: CapturedDatagram) =>
  DHCP_PORTS.includes(sourcePort) || DHCP_PORTS.includes(targetPort);
const dhcpOf = (file: string) =>
  readPcap(file)
    .filter(isDhcp)
    .map(({ payload }) => payload);
/** Who speaks in a capture: each client once, in the order of appearance. */
const speakersIn = (file: string) => [
  ...new Set(
    dhcpOf(file).flatMap((payload) => {
      const client = netbootClientOf(decoded(payload));
      return client === null
        ? []
        : [`${client.mac} ${client.kind} ${client.platform} ${client.uuid}`];
    }),
  ),
];

const UUID = "12345678-9abc-def0-1122-334455667788";
const CASES = [
  [OURS, "bios-ipxe.pcap", [`52:54:00:aa:bb:01 ipxe BIOS x86 ${UUID}`]],
  [
    OURS,
    "uefi-pxe.pcap",
    [`52:54:00:aa:bb:02 pxe UEFI x64 ${UUID}`, `52:54:00:aa:bb:02 ipxe UEFI x64 ${UUID}`],
  ],
  [
    OURS,
    "uefi-http.pcap",
    [
      `52:54:00:aa:bb:03 pxe UEFI x64 ${UUID}`,
      `52:54:00:aa:bb:03 http UEFI x64 (HTTP boot) ${UUID}`,
      `52:54:00:aa:bb:03 ipxe UEFI x64 ${UUID}`,
    ],
  ],
  [SHARED, "bios.pcap", ["52:54:00:12:34:56 ipxe BIOS x86 null"]],
  [
    SHARED,
    "ovmf.pcap",
    ["52:54:00:12:34:56 pxe UEFI x64 null", "52:54:00:12:34:56 http UEFI x64 (HTTP boot) null"],
  ],
  [
    SHARED,
    "ovmf-proxy.pcap",
    ["52:54:00:aa:bb:03 pxe UEFI x64 null", "52:54:00:aa:bb:03 ipxe UEFI x64 null"],
  ],
] as const;
const present = CASES.filter(([folder, file]) => existsSync(join(folder, file)));
const named = present.map(
  ([folder, file, speakers]) => [file, join(folder, file), speakers] as const,
);

describe("real exchanges", () => {
  test("the captures are there", async ({ annotate }) => {
    const absent = CASES.filter((one) => !present.includes(one));
    expect(absent.filter(([folder]) => folder === OURS)).toEqual([]);
    if (absent.length > 0)
      await annotate(`${absent.length} captures were not looked at: ../shared/data is absent`);
  });

  test.each(named)("%s: who speaks is known", (_name, file, speakers) => {
    expect(speakersIn(file)).toEqual(speakers);
  });

  test.each(named)("%s: every message can be read, and read again when written", (_name, file) => {
    const messages = dhcpOf(file);
    expect(messages.length).toBeGreaterThan(5);
    for (const bytes of messages) {
      const packet = decoded(bytes);
      expect(decodeDhcpPacket(encodeDhcpPacket(packet))).toEqual({ ok: true, packet });
    }
  });
});

import { describe, expect, test } from "vitest";
import { DHCP_OPTION } from "../../../server/netboot/dhcp-options.ts";
import {
  type DhcpPacket,
  decodeDhcpPacket,
  encodeDhcpPacket,
  FLAG_BROADCAST,
  messageType,
  NO_ADDRESS,
} from "../../../server/netboot/dhcp-packet.ts";
import {
  isProbeMac,
  PROBE_CLIENTS,
  probeDiscover,
  probeMac,
  readProbeOffer,
} from "../../../server/netboot/dhcp-probe.ts";
import { ipv4Bytes } from "../../../server/netboot/ipv4.ts";

const MAC = probeMac("10.20.0.1");

function discover(client: (typeof PROBE_CLIENTS)[number]): DhcpPacket {
  const decoded = decodeDhcpPacket(probeDiscover(client, 0xcafe0001, MAC));
  if (!decoded.ok) throw new Error(decoded.why);
  return decoded.packet;
}

describe("the doctor's probe", () => {
  test("is a DISCOVER and never more, so that no address is leased", () => {
    for (const client of PROBE_CLIENTS) expect(messageType(discover(client))).toBe(1);
  });

  test("asks for a broadcast answer, since the offered address is nobody's", () => {
    expect(discover("plain")).toMatchObject({
      ...{ op: 1, xid: 0xcafe0001, flags: FLAG_BROADCAST, ciaddr: NO_ADDRESS, giaddr: NO_ADDRESS },
    });
  });

  test("passes itself off as a plain machine, a BIOS and a UEFI", () => {
    const text = (packet: DhcpPacket) =>
      Buffer.from(packet.options.get(DHCP_OPTION.vendorClass) ?? []).toString();
    expect(discover("plain").options.has(DHCP_OPTION.vendorClass)).toBe(false);
    expect(text(discover("bios"))).toBe("PXEClient:Arch:00000:UNDI:002001");
    expect(text(discover("uefi"))).toBe("PXEClient:Arch:00007:UNDI:003016");
    expect([...discover("uefi").options.get(DHCP_OPTION.clientArchitecture)!]).toEqual([0, 7]);
    expect(discover("uefi").options.get(DHCP_OPTION.clientUuid)).toHaveLength(17);
  });

  test("comes from one locally administered MAC a console, known as a probe's to every console", () => {
    expect(MAC).toBe("02:56:45:54:00:01");
    expect(probeMac("10.20.3.254")).toBe("02:56:45:54:03:fe");
    expect(isProbeMac(MAC)).toBe(true);
    expect(isProbeMac("52:54:00:12:34:56")).toBe(false);
    // Bit 1 of the first byte: locally administered; bit 0: a group address, which a sender never has.
    expect(Number.parseInt(MAC.slice(0, 2), 16) & 3).toBe(2);
  });
});

describe("an answer to it", () => {
  const offer = (patch: Partial<DhcpPacket>, options: [number, Uint8Array][] = []) =>
    encodeDhcpPacket({
      ...discover("bios"),
      op: 2,
      yiaddr: "10.20.0.150",
      ...patch,
      options: new Map([[DHCP_OPTION.messageType, Uint8Array.of(2)], ...options]),
    });
  const text = (value: string) => Buffer.from(value, "latin1");

  test("names its server by option 54, else by where it came from", () => {
    expect(readProbeOffer(offer({}), "10.20.0.9")).toEqual({
      xid: 0xcafe0001,
      server: "10.20.0.9",
      address: "10.20.0.150",
      ...{ bootFile: null, nextServer: null, vendorClass: null },
    });
    const identified = offer({}, [[DHCP_OPTION.serverIdentifier, ipv4Bytes("10.20.0.254")]]);
    expect(readProbeOffer(identified, "10.20.0.9")?.server).toBe("10.20.0.254");
  });

  test("without an address is a ProxyDHCP's", () => {
    const bytes = offer({ yiaddr: NO_ADDRESS }, [[DHCP_OPTION.vendorClass, text("PXEClient")]]);
    expect(readProbeOffer(bytes, "10.20.0.9")).toMatchObject({
      ...{ address: null, vendorClass: "PXEClient" },
    });
  });

  test("carries its boot file in the field or in option 67, its server in siaddr, option 66 or sname", () => {
    const fields = offer({ file: "pxelinux.0", siaddr: "10.20.0.7" });
    expect(readProbeOffer(fields, "x")).toMatchObject({
      ...{ bootFile: "pxelinux.0", nextServer: "10.20.0.7" },
    });
    const options = offer({}, [
      [DHCP_OPTION.bootFileName, text("grub.efi\0")],
      [66, text("boot.lab")],
    ]);
    expect(readProbeOffer(options, "x")).toMatchObject({
      ...{ bootFile: "grub.efi", nextServer: "boot.lab" },
    });
    expect(readProbeOffer(offer({ sname: "tftp" }), "x")).toMatchObject({ nextServer: "tftp" });
  });

  test("that is no OFFER, or nothing at all, is not one", () => {
    expect(readProbeOffer(probeDiscover("plain", 1, MAC), "x")).toBeNull();
    expect(readProbeOffer(Buffer.from("junk"), "x")).toBeNull();
    const ack = encodeDhcpPacket({
      ...discover("plain"),
      op: 2,
      options: new Map([[DHCP_OPTION.messageType, Uint8Array.of(5)]]),
    });
    expect(readProbeOffer(ack, "x")).toBeNull();
  });
});

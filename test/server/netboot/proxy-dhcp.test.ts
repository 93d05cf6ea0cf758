import { describe, expect, test } from "vitest";
import { type DhcpPacket, encodeDhcpPacket } from "../../../server/netboot/dhcp-packet.ts";
import { netbootClientOf } from "../../../server/netboot/netboot-client.ts";
import {
  answerOnPxePort,
  type ProxyDhcpAnswer,
  requestedAddress,
} from "../../../server/netboot/proxy-dhcp.ts";
import {
  CLIENT_SIDE,
  EVERY_REPLY,
  LAB,
  onDhcpPort,
  onPxePort,
  POLICY,
  reply,
} from "./dhcp-answers.ts";
import {
  AS_REQUEST,
  arch,
  ascii,
  decoded,
  discover,
  hex,
  IPXE_WITHOUT_HTTP,
  ipxe,
} from "./dhcp-messages.ts";

/** What goes over the wire, read back. */
const sent = (answer: ProxyDhcpAnswer) => decoded(encodeDhcpPacket(reply(answer).packet));
const text = (packet: DhcpPacket, code: number) => {
  const value = packet.options.get(code);
  return value === undefined ? undefined : Buffer.from(value).toString("latin1");
};

describe("on port 67", () => {
  test("a DISCOVER is answered with an OFFER", () => {
    expect(sent(onDhcpPort(discover())).options.get(53)).toEqual(hex("02"));
  });

  test.each([
    ["REQUEST: an ACK made firmware decline its real lease", 3],
    ["DECLINE", 4],
    ["ACK", 5],
    ["NAK", 6],
    ["RELEASE", 7],
    ["INFORM", 8],
    ["unknown type", 99],
  ])("silence to a %s", (_type, type) => {
    expect(onDhcpPort(discover([[53, Uint8Array.of(type)]]))).toEqual({ kind: "silence" });
  });

  test.each([
    ["with the broadcast flag", 0x8000],
    ["without it, as iPXE sends it", 0],
  ])("the OFFER goes to 255.255.255.255:68, to a client %s", (_flag, flags) => {
    const { to } = reply(onDhcpPort(discover([], { flags })));
    expect(to).toEqual({ address: "255.255.255.255", port: 68 });
  });

  test("through a relay it goes to the relay's port 67", () => {
    const { to } = reply(onDhcpPort(discover([], { giaddr: "10.1.0.1" })));
    expect(to).toEqual({ address: "10.1.0.1", port: 67 });
  });

  test.each(["224.0.0.1", "255.255.255.255"])("no answer goes to %s as a relay", (giaddr) => {
    expect(onDhcpPort(discover([], { giaddr }))).toEqual({ kind: "silence" });
  });
});

describe("on port 4011", () => {
  test("a REQUEST is answered with an ACK, to where it came from", () => {
    const answer = onPxePort(discover(AS_REQUEST));
    expect(sent(answer).options.get(53)).toEqual(hex("05"));
    expect(reply(answer).to).toEqual(CLIENT_SIDE);
  });

  test("the ACK repeats the boot file of the OFFER", () => {
    const offer = sent(onDhcpPort(discover(arch(7))));
    const ack = sent(onPxePort(discover([...arch(7), ...AS_REQUEST])));
    expect(ack.file).toBe(offer.file);
    expect([...ack.options].filter(([code]) => code !== 53)).toEqual(
      [...offer.options].filter(([code]) => code !== 53),
    );
  });

  test.each([
    ["DISCOVER", 1],
    ["INFORM", 8],
  ])("silence to a %s", (_type, type) => {
    expect(onPxePort(discover([[53, Uint8Array.of(type)]]))).toEqual({ kind: "silence" });
  });

  test("silence to HTTP boot, which does not know this port", () => {
    const packet = discover([...arch(16, "HTTPClient"), ...AS_REQUEST]);
    expect(onPxePort(packet)).toEqual({ kind: "silence" });
  });

  test("silence to a packet from port 0, to which nothing can be sent", () => {
    const packet = discover(AS_REQUEST);
    const client = netbootClientOf(packet);
    expect(
      client && answerOnPxePort(packet, client, POLICY, { address: "10.0.0.50", port: 0 }),
    ).toEqual({ kind: "silence" });
  });
});

describe.each(EVERY_REPLY)("every answer: %s", (_who, answer) => {
  test("gives no address, mask, router, name server or lease, and asks for none", () => {
    const packet = sent(answer());
    expect(packet).toMatchObject({ yiaddr: "0.0.0.0", ciaddr: "0.0.0.0" });
    for (const code of [1, 3, 6, 50, 51]) expect(packet.options.has(code)).toBe(false);
  });

  test("names the lab NIC's address as server: siaddr, sname and option 54", () => {
    expect(sent(answer())).toMatchObject({ siaddr: LAB, sname: LAB });
    expect(sent(answer()).options.get(54)).toEqual(Uint8Array.of(10, 0, 0, 1));
  });

  test("is a reply with the broadcast flag", () => {
    expect(sent(answer())).toMatchObject({ op: 2, flags: 0x8000 });
  });

  test("says the class of the client in one word", () => {
    expect(text(sent(answer()), 60)).toMatch(/^(PXE|HTTP)Client$/);
  });

  test("has options 53, 54, 60, 97 and at most 43 and 67 besides", () => {
    const codes = [...sent(answer()).options.keys()];
    expect(codes).toEqual(expect.arrayContaining([53, 54, 60, 97]));
    expect(codes.filter((code) => ![53, 54, 60, 97, 43, 67].includes(code))).toEqual([]);
  });

  test("fits the 576 bytes that every client takes (RFC 2131 section 2)", () => {
    expect(encodeDhcpPacket(reply(answer()).packet).length).toBeLessThanOrEqual(576 - 28);
  });
});

describe("what is copied from the request", () => {
  test("xid, htype, hlen, chaddr and giaddr", () => {
    const fields = {
      xid: 0xdeadbeef,
      htype: 6,
      chaddr: hex("020406080a0c"),
      giaddr: "10.1.0.1",
    };
    expect(sent(onDhcpPort(discover([], fields)))).toMatchObject(fields);
  });

  test("nothing else: hops, secs, ciaddr and the other options are ours", () => {
    const packet = discover([[12, ascii("host")]], { hops: 3, secs: 9, ciaddr: "10.0.0.50" });
    expect(sent(onDhcpPort(packet))).toMatchObject({ hops: 0, secs: 0, ciaddr: "0.0.0.0" });
    expect(sent(onDhcpPort(packet)).options.has(12)).toBe(false);
  });

  test.each([
    ["whole", "0078563412bc9af0de1122334455667788"],
    ["empty", ""],
    ["of an odd length", "0011"],
  ])("option 97 as it came: %s", (_what, value) => {
    expect(sent(onDhcpPort(discover([[97, hex(value)]]))).options.get(97)).toEqual(hex(value));
  });

  test("no option 97 where there was none", () => {
    expect(sent(onDhcpPort(discover([[97, null]]))).options.has(97)).toBe(false);
  });
});

describe("BIOS PXE", () => {
  const offer = () => sent(onDhcpPort(discover(arch(0))));
  test("gets option 43 = 06 01 08 ff: boot this file, look for nobody", () => {
    expect(offer().options.get(43)).toEqual(hex("060108ff"));
  });
  test("gets undionly.kpxe by TFTP", () => {
    expect(offer()).toMatchObject({ file: "undionly.kpxe", siaddr: LAB });
    expect(offer().options.has(67)).toBe(false);
  });
});

describe.each([7, 9])("UEFI PXE, architecture %d", (number) => {
  const offer = () => sent(onDhcpPort(discover(arch(number))));
  test("gets no option 43: EDK2 before 2017 drops such offers", () => {
    expect(offer().options.has(43)).toBe(false);
  });
  test("gets snponly.efi by TFTP", () => {
    expect(offer()).toMatchObject({ file: "snponly.efi", siaddr: LAB });
    expect(offer().options.has(67)).toBe(false);
  });
});

describe.each([
  [16, "snponly.efi"],
  [19, "snponly-arm64.efi"],
])("UEFI HTTP boot, architecture %d", (number, file) => {
  const offer = () => sent(onDhcpPort(discover(arch(number, "HTTPClient"))));
  test("gets the class HTTPClient back", () => {
    expect(text(offer(), 60)).toBe("HTTPClient");
  });
  test("gets a URL with a literal address, in option 67 and the file field", () => {
    const url = `http://10.0.0.1:8421/boot/${file}`;
    expect(text(offer(), 67)).toBe(url);
    expect(offer().file).toBe(url);
  });
  test("gets no option 43", () => {
    expect(offer().options.has(43)).toBe(false);
  });
});

describe("iPXE", () => {
  test("gets the absolute URL of its script and a server address that is not zero", () => {
    const offer = sent(onDhcpPort(discover(ipxe(0))));
    expect(offer.file).toMatch(/^http:\/\/10\.0\.0\.1:8421\/boot\.ipxe\?mac=52-54-00-12-34-56&/);
    expect(offer.siaddr).toBe(LAB);
    expect(offer.options.has(43)).toBe(false);
  });
  test("without HTTP gets our build, like the firmware that it stands on", () => {
    expect(sent(onDhcpPort(discover(ipxe(0, IPXE_WITHOUT_HTTP))))).toMatchObject({
      file: "undionly.kpxe",
    });
    expect(sent(onDhcpPort(discover(ipxe(7, IPXE_WITHOUT_HTTP))))).toMatchObject({
      file: "snponly.efi",
    });
  });
});

describe("who is answered", () => {
  test("a host that is neither enrolled nor being vetted gets no reply on either port", () => {
    expect(onDhcpPort(discover(), { mayBoot: false })).toEqual({ kind: "silence" });
    expect(onPxePort(discover(AS_REQUEST), { mayBoot: false })).toEqual({ kind: "silence" });
  });

  test("a host of ours without a boot file gets no reply, and the reason is told", () => {
    const hasBootFile = () => false;
    expect(onDhcpPort(discover(), { hasBootFile })).toMatchObject({
      kind: "unsupported",
      why: expect.stringContaining("snponly.efi"),
    });
  });

  test("the reason is told of hosts of ours alone", () => {
    const nothing = { hasBootFile: () => false, mayBoot: false };
    expect(onDhcpPort(discover(), nothing)).toEqual({ kind: "silence" });
  });
});

describe("the address of a client", () => {
  test.each([
    ["option 50 of a REQUEST", [[50, hex("0a000032")]] as const, "0.0.0.0", "10.0.0.50"],
    ["ciaddr of a REQUEST", [] as const, "10.0.0.51", "10.0.0.51"],
    ["neither", [] as const, "0.0.0.0", null],
    ["an option 50 of another length", [[50, hex("0a")]] as const, "10.0.0.51", "10.0.0.51"],
    ["an option 50 of zeros", [[50, hex("00000000")]] as const, "0.0.0.0", null],
  ])("is read from %s", (_where, options, ciaddr, expected) => {
    const packet = discover(
      [...AS_REQUEST, ...options.map(([code, value]) => [code, value] as [number, Uint8Array])],
      { ciaddr },
    );
    expect(requestedAddress(packet)).toBe(expected);
  });

  test("is not what a DISCOVER remembers from another time", () => {
    expect(requestedAddress(discover([[50, hex("0a000032")]]))).toBeNull();
  });
});

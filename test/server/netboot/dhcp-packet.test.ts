import { describe, expect, test } from "vitest";
import { DHCP_OPTION } from "../../../server/netboot/dhcp-options.ts";
import {
  type DhcpPacket,
  decodeDhcpPacket,
  encodeDhcpPacket,
} from "../../../server/netboot/dhcp-packet.ts";
import { Chance } from "./chance.ts";
import { ascii, decoded, discover, hex } from "./dhcp-messages.ts";

const OPTIONS_AT = 240;
const FILE_AT = 108;
const SNAME_AT = 44;
const why = (bytes: Uint8Array) => {
  const result = decodeDhcpPacket(bytes);
  return result.ok ? null : result.why;
};
/** A message whose options, and the fields that may hold some, are these bytes. */
function message(options: string, { file = "", sname = "" } = {}): Uint8Array {
  const head = encodeDhcpPacket(discover()).slice(0, OPTIONS_AT);
  head.set(hex(sname), SNAME_AT);
  head.set(hex(file), FILE_AT);
  return Uint8Array.from([...head, ...hex(options)]);
}
const optionsOf = (bytes: Uint8Array) =>
  Object.fromEntries(
    [...decoded(bytes).options].map(([code, value]) => [code, Buffer.from(value).toString("hex")]),
  );

describe("reading", () => {
  test("every fixed field is where RFC 2131 puts it", () => {
    const bytes = hex(
      [
        "01010603 a86b8337 0102 8000 0a000001 0a000002 0a000003 0a000004",
        `525400123456${"00".repeat(10)}`,
        `${Buffer.from("server").toString("hex").padEnd(128, "0")}`,
        `${Buffer.from("boot.efi").toString("hex").padEnd(256, "0")}`,
        "63825363 350101 ff",
      ]
        .join("")
        .replaceAll(" ", ""),
    );
    expect(decoded(bytes)).toEqual({
      op: 1,
      htype: 1,
      hops: 3,
      xid: 0xa86b8337,
      secs: 0x102,
      flags: 0x8000,
      ciaddr: "10.0.0.1",
      yiaddr: "10.0.0.2",
      siaddr: "10.0.0.3",
      giaddr: "10.0.0.4",
      chaddr: hex("525400123456"),
      sname: "server",
      file: "boot.efi",
      options: new Map([[53, hex("01")]]),
    });
  });

  test("pads between options and whatever follows the end mark do not matter", () => {
    expect(optionsOf(message("0000350101005d02000700ff350105"))).toEqual({ 53: "01", 93: "0007" });
  });

  test("a missing end mark is forgiven", () => {
    expect(optionsOf(message("3501015d020007"))).toEqual({ 53: "01", 93: "0007" });
  });

  test("an empty option is there, and empty", () => {
    expect(optionsOf(message("6100350101ff"))).toEqual({ 53: "01", 97: "" });
  });

  test("an option in several pieces is put together in their order (RFC 3396)", () => {
    expect(optionsOf(message("4d0269503501014d025845ff"))).toEqual({
      53: "01",
      77: "69505845",
    });
  });

  test.each([
    ["file", 1, { 53: "01", 60: "50" }],
    ["sname", 2, { 53: "01", 61: "51" }],
    ["both, file before sname", 3, { 53: "01", 60: "50", 61: "51" }],
  ])("options go on in the fields that option 52 names: %s", (_fields, overload, expected) => {
    const bytes = message(`3501013401${hex2(overload)}ff`, {
      file: "3c0150ff",
      sname: "3d0151ff",
    });
    expect(optionsOf(bytes)).toEqual(expected);
  });

  test("an option cut in two by its fields is one: options, then file, then sname (RFC 3396)", () => {
    const bytes = message("340103430161ff", {
      file: "430162ff",
      sname: "430163ff",
    });
    expect(optionsOf(bytes)).toEqual({ 67: "616263" });
  });

  test("a field that holds options is no name", () => {
    const bytes = message("340103ff", { file: "43016200ff", sname: "430163ff" });
    expect(decoded(bytes)).toMatchObject({ file: "", sname: "" });
  });

  test("a name that fills its field has no NUL", () => {
    const bytes = message("ff", { file: "61".repeat(128), sname: "62".repeat(64) });
    expect(decoded(bytes)).toMatchObject({ file: "a".repeat(128), sname: "b".repeat(64) });
  });

  test("a view into a larger buffer is read within its bounds", () => {
    const bytes = encodeDhcpPacket(discover());
    const larger = Buffer.concat([Buffer.alloc(7, 0xee), bytes, Buffer.alloc(9, 0xee)]);
    expect(decoded(larger.subarray(7, 7 + bytes.length))).toEqual(discover());
  });
});

describe("what cannot be read is a reason, not an exception", () => {
  test.each([
    ["nothing", new Uint8Array(), "0 bytes are too few for a DHCP message"],
    ["a header cut off", new Uint8Array(239), "239 bytes are too few for a DHCP message"],
    ["BOOTP without the cookie", new Uint8Array(300), "the magic cookie of DHCP is missing"],
    ["an option without a length", message("35010161"), "option 97 has no length"],
    ["an option cut off", message("350101611100"), "option 97 claims 17 bytes where 1 are left"],
    ["one byte short", message("3501016103aabb"), "option 97 claims 3 bytes where 2 are left"],
    [
      "an option cut off in file",
      message("340101ff", { file: `${"00".repeat(126)}4305` }),
      "option 67 claims 5 bytes where 0 are left",
    ],
  ])("%s", (_what, bytes, reason) => {
    expect(why(bytes)).toBe(reason);
  });

  test("a hardware address longer than its field", () => {
    const bytes = encodeDhcpPacket(discover());
    bytes[2] = 17;
    expect(why(bytes)).toBe("a hardware address of 17 bytes does not fit its field");
  });

  test("a message cut anywhere: before the options' end refused or shorter, never an exception", () => {
    const whole = encodeDhcpPacket(discover());
    for (let length = 0; length <= whole.length; length++) {
      const result = decodeDhcpPacket(whole.subarray(0, length));
      if (length < OPTIONS_AT) expect(result.ok).toBe(false);
    }
  });
});

describe("writing", () => {
  test("what was written is what is read, for any message (500 of them)", () => {
    const chance = new Chance(20260101);
    for (let round = 0; round < 500; round++) {
      const packet = anyPacket(chance);
      expect(decoded(encodeDhcpPacket(packet))).toEqual(packet);
    }
  });

  test("a value longer than 255 bytes goes out in pieces", () => {
    const value = new Chance(1).bytes(600);
    const bytes = encodeDhcpPacket(discover([[43, value]]));
    const lengths: number[] = [];
    for (let at = OPTIONS_AT; bytes[at] !== DHCP_OPTION.end; at += 2 + (bytes[at + 1] as number))
      if (bytes[at] === 43) lengths.push(bytes[at + 1] as number);
    expect(lengths).toEqual([255, 255, 90]);
    expect(decoded(bytes).options.get(43)).toEqual(value);
  });

  test("no message is shorter than BOOTP's 300 bytes, as relays drop those (RFC 1542)", () => {
    const bytes = encodeDhcpPacket({ ...discover(), options: new Map([[53, hex("02")]]) });
    expect(bytes).toHaveLength(300);
    expect([...bytes.subarray(OPTIONS_AT, OPTIONS_AT + 5)]).toEqual([53, 1, 2, 255, 0]);
  });

  test("names end with a NUL, so one that fills its field is a bug and is not sent", () => {
    const longest = discover([], { file: "f".repeat(127), sname: "s".repeat(63) });
    expect(decoded(encodeDhcpPacket(longest))).toEqual(longest);
    expect(() => encodeDhcpPacket(discover([], { file: "f".repeat(128) }))).toThrow(/file field/);
    expect(() => encodeDhcpPacket(discover([], { sname: "s".repeat(64) }))).toThrow(/sname field/);
    expect(() => encodeDhcpPacket(discover([], { file: "a\0b" }))).toThrow(/file field/);
  });

  test.each(["10.0.0", "10.0.0.256", "::1", "", "10.0.0.1 "])("%j is no address to send", (a) => {
    expect(() => encodeDhcpPacket(discover([], { siaddr: a }))).toThrow(/no IPv4 address/);
  });

  test.each([0, 255, 256, 1.5])("%d is no option to send", (code) => {
    expect(() => encodeDhcpPacket(discover([[code, ascii("x")]]))).toThrow(/no DHCP option/);
  });
});

function anyPacket(chance: Chance): DhcpPacket {
  const address = () => [...chance.bytes(4)].join(".");
  const codes = [...new Set(Array.from({ length: chance.below(20) }, () => 1 + chance.below(254)))];
  return {
    op: 1 + chance.below(2),
    htype: chance.below(256),
    hops: chance.below(256),
    xid: chance.below(2 ** 32),
    secs: chance.below(2 ** 16),
    flags: chance.below(2 ** 16),
    ciaddr: address(),
    yiaddr: address(),
    siaddr: address(),
    giaddr: address(),
    chaddr: chance.bytes(chance.below(17)),
    sname: chance.text(chance.below(64)),
    file: chance.text(chance.below(128)),
    options: new Map(
      codes
        .filter((code) => code !== DHCP_OPTION.overload)
        .map((code) => [code, chance.bytes(chance.oneOf([0, 1, 4, 17, 255, 256, 700]))]),
    ),
  };
}

function hex2(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

import { describe, expect, test } from "vitest";
import { netbootClientOf } from "../../../server/netboot/netboot-client.ts";
import {
  arch,
  ascii,
  discover,
  hex,
  IPXE_WITHOUT_HTTP,
  ipxe,
  MAC,
  UUID,
  UUID_OPTION,
} from "./dhcp-messages.ts";

const clientOf = (...more: Parameters<typeof discover>) => netbootClientOf(discover(...more));

describe("a netboot client", () => {
  test("is known by its MAC, UUID and architecture", () => {
    expect(clientOf()).toEqual({
      mac: MAC,
      uuid: UUID,
      arch: 7,
      platform: "UEFI x64",
      kind: "pxe",
      ipxeHttp: false,
    });
  });

  test.each([
    ["op 1", () => clientOf([], { op: 2 })],
    ["a message type", () => clientOf([[53, null]])],
    ["a message type that is not empty", () => clientOf([[53, hex("")]])],
    ["a vendor class", () => clientOf([[60, null]])],
    ["a vendor class of netboot", () => clientOf([[60, ascii("MSFT 5.0")]])],
    ["an architecture", () => clientOf([[93, null]])],
    ["an architecture of two bytes", () => clientOf([[93, hex("07")]])],
    ["a MAC of six bytes", () => clientOf([], { chaddr: hex("52540012345678ab") })],
    ["a MAC", () => clientOf([], { chaddr: hex("000000000000") })],
    ["a MAC of its own, not a group's", () => clientOf([], { chaddr: hex("ffffffffffff") })],
  ])("needs %s", (_what, client) => {
    expect(client()).toBeNull();
  });

  test("may send user class and parameter list as it likes: ROMs do", () => {
    expect(
      clientOf([
        [77, hex("ff")],
        [55, hex("00ff00ff")],
        [94, null],
      ])?.kind,
    ).toBe("pxe");
  });

  test("runs as the first of several architectures", () => {
    expect(clientOf([[93, hex("00070010")]])?.arch).toBe(7);
  });
});

describe("option 97", () => {
  test("is printed as DMI prints it: the first three fields little-endian", () => {
    expect(UUID_OPTION.slice(2)).not.toBe(UUID.replaceAll("-", ""));
    expect(clientOf()?.uuid).toBe(UUID);
  });

  test.each([
    ["absent", null],
    ["empty", ""],
    ["the type byte alone", "00"],
    ["cut off", UUID_OPTION.slice(0, -2)],
    ["of another type", `01${UUID_OPTION.slice(2)}`],
    ["all zeros", "00".repeat(17)],
    ["all ones", `00${"ff".repeat(16)}`],
  ])("%s: the client is served without a UUID", (_what, value) => {
    const client = clientOf([[97, value === null ? null : hex(value)]]);
    expect(client).toMatchObject({ mac: MAC, uuid: null });
  });
});

describe("platforms in words", () => {
  test.each([
    [0, "BIOS x86"],
    [6, "UEFI x86"],
    [7, "UEFI x64"],
    [9, "UEFI x64"],
    [11, "UEFI arm64"],
    [16, "UEFI x64 (HTTP boot)"],
    [19, "UEFI arm64 (HTTP boot)"],
    [27, "unknown architecture 27"],
    [65535, "unknown architecture 65535"],
  ])("%d is %s", (number, platform) => {
    expect(clientOf(arch(number))).toMatchObject({ arch: number, platform });
  });
});

describe("iPXE", () => {
  test("is known by a raw user class", () => {
    expect(clientOf(ipxe(7))).toMatchObject({ kind: "ipxe", ipxeHttp: true });
  });

  test("is known by a user class with its length before it (RFC 3004), also among others", () => {
    expect(clientOf([...ipxe(7), [77, hex("0469505845")]])?.kind).toBe("ipxe");
    expect(clientOf([...ipxe(7), [77, hex("02616204695058450163")]])?.kind).toBe("ipxe");
  });

  test.each(["695058", "69505845ff", "046950", ""])("is not %j", (userClass) => {
    expect(clientOf([[77, hex(userClass)]])?.kind).toBe("pxe");
  });

  test("knows HTTP only when its option 175 says so", () => {
    expect(clientOf(ipxe(0))?.ipxeHttp).toBe(true);
    expect(clientOf(ipxe(0, IPXE_WITHOUT_HTTP))).toMatchObject({ kind: "ipxe", ipxeHttp: false });
    expect(clientOf(ipxe(0, null))?.ipxeHttp).toBe(false);
    expect(clientOf(ipxe(0, "130100"))?.ipxeHttp).toBe(false);
    expect(clientOf(ipxe(0, "130101b105"))?.ipxeHttp).toBe(true);
  });

  test("is what firmware with option 175 and no user class is not", () => {
    expect(clientOf([...ipxe(7), [77, null]])).toMatchObject({ kind: "pxe", ipxeHttp: false });
  });
});

test("HTTP boot is known by its vendor class", () => {
  expect(clientOf(arch(16, "HTTPClient"))).toMatchObject({ kind: "http", arch: 16 });
});

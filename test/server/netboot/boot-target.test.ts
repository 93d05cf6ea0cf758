import { describe, expect, test } from "vitest";
import { type BootTarget, bootTargetOf } from "../../../server/netboot/boot-target.ts";
import { LONGEST_FILE } from "../../../server/netboot/dhcp-packet.ts";
import type { NetbootClient } from "../../../server/netboot/netboot-client.ts";
import { netbootClientOf } from "../../../server/netboot/netboot-client.ts";
import { arch, discover, IPXE_WITHOUT_HTTP, ipxe } from "./dhcp-messages.ts";

const ALL = ["undionly.kpxe", "snponly.efi", "ipxe.efi", "snponly-arm64.efi"];
const LAB = "http://10.0.0.1:8421";

function client(...options: Parameters<typeof discover>): NetbootClient {
  const found = netbootClientOf(discover(...options));
  if (found === null) throw new Error("no netboot client");
  return found;
}
const target = (who: NetbootClient, files = ALL, labUrl: string | null = LAB): BootTarget =>
  bootTargetOf(who, { labUrl, hasBootFile: (name) => files.includes(name) });
const pxe = (number: number) => client(arch(number));
const http = (number: number) => client(arch(number, "HTTPClient"));

describe("the boot file by architecture", () => {
  test.each([
    ["BIOS", pxe(0), { kind: "file", file: "undionly.kpxe" }],
    ["UEFI x64 by IANA's reading", pxe(7), { kind: "file", file: "snponly.efi" }],
    ["UEFI x64 by RFC 4578's printing", pxe(9), { kind: "file", file: "snponly.efi" }],
    ["UEFI arm64", pxe(11), { kind: "file", file: "snponly-arm64.efi" }],
    ["HTTP boot on x64", http(16), { kind: "url", url: `${LAB}/boot/snponly.efi` }],
    ["HTTP boot on arm64", http(19), { kind: "url", url: `${LAB}/boot/snponly-arm64.efi` }],
  ])("%s", (_who, who, expected) => {
    expect(target(who)).toEqual(expected);
  });

  test("UEFI x64 takes ipxe.efi where snponly.efi is missing", () => {
    expect(target(pxe(7), ["ipxe.efi"])).toEqual({ kind: "file", file: "ipxe.efi" });
    expect(target(http(16), ["ipxe.efi"])).toEqual({ kind: "url", url: `${LAB}/boot/ipxe.efi` });
  });

  test.each([
    [
      "UEFI x64",
      pxe(7),
      "UEFI x64 boots with snponly.efi or ipxe.efi, which the boot directory does not have.",
    ],
    ["BIOS", pxe(0), "BIOS x86 boots with undionly.kpxe, which the boot directory does not have."],
    [
      "arm64",
      pxe(11),
      "UEFI arm64 boots with snponly-arm64.efi, which the boot directory does not have.",
    ],
  ])("%s without its file is told so", (_who, who, why) => {
    expect(target(who, [])).toEqual({ kind: "none", why });
  });

  test.each([
    [6, "There is no boot program for UEFI x86."],
    [27, "There is no boot program for unknown architecture 27."],
  ])("architecture %d has none", (number, why) => {
    expect(target(pxe(number))).toEqual({ kind: "none", why });
  });

  test("nothing boots by HTTP while the lab listener has no address; TFTP does", () => {
    const why = "The lab listener has no address yet to boot from.";
    expect(target(http(16), ALL, null)).toEqual({ kind: "none", why });
    expect(target(client(ipxe(7)), ALL, null)).toEqual({ kind: "none", why });
    expect(target(pxe(7), ALL, null).kind).toBe("file");
  });

  test("a BIOS boots no program by HTTP", () => {
    expect(target(http(0)).kind).toBe("none");
    expect(target(http(20)).kind).toBe("none");
  });
});

describe("the chain ends", () => {
  test.each([
    [0, "pcbios"],
    [7, "efi"],
    [9, "efi"],
    [11, "efi"],
  ])(
    "iPXE with HTTP on architecture %d gets the script, which says who asks",
    (number, platform) => {
      expect(target(client(ipxe(number)), [])).toEqual({
        kind: "script",
        url: `${LAB}/boot.ipxe?mac=52-54-00-12-34-56&uuid=12345678-9abc-def0-1122-334455667788&platform=${platform}`,
      });
    },
  );

  test.each([
    [0, "undionly.kpxe"],
    [7, "snponly.efi"],
  ])("iPXE without HTTP on architecture %d gets our build, which has it", (number, file) => {
    expect(target(client(ipxe(number, IPXE_WITHOUT_HTTP)))).toEqual({ kind: "file", file });
  });

  test("a machine without a UUID names none", () => {
    const url = `${LAB}/boot.ipxe?mac=52-54-00-12-34-56&platform=pcbios`;
    expect(target(client([...ipxe(0), [97, null]]))).toEqual({ kind: "script", url });
  });

  test("the script's URL fits the file field with the longest address", () => {
    const found = target(client(ipxe(0)), [], "http://192.168.100.100:65535");
    expect(found.kind === "script" && found.url.length).toBeLessThanOrEqual(LONGEST_FILE);
  });
});

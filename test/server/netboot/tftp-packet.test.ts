import { describe, expect, test } from "vitest";
import {
  agreeOnOptions,
  allowListName,
  encodeError,
  LARGEST_WINDOW,
  parseTftpPacket,
  type TftpRequest,
  toNetascii,
} from "../../../server/netboot/tftp-packet.ts";
import { ack, error, inWords, request } from "./tftp-wire.ts";

/** What a client that asks for these options of a file of 1000 bytes is told. */
function agreed(options: Record<string, string | number>, mode = "octet", size = 1000) {
  const parsed = parseTftpPacket(request("ipxe.efi", options, { mode })) as TftpRequest;
  const agreement = agreeOnOptions(parsed, size);
  if (agreement.kind === "bad-option") return `bad ${agreement.name}`;
  return agreement.optionAck === null ? null : inWords(agreement.optionAck);
}

describe("a request", () => {
  test("is a name, a mode and options, whose names are case-insensitive", () => {
    const packet = request("ipxe.efi", { BlkSize: 1468, TSIZE: 0 }, { mode: "OCTET" });
    expect(parseTftpPacket(packet)).toEqual({
      kind: "read",
      file: "ipxe.efi",
      mode: "octet",
      options: new Map([
        ["blksize", "1468"],
        ["tsize", "0"],
      ]),
    });
    expect(parseTftpPacket(request("x", {}, { opcode: 2 }))).toMatchObject({ kind: "write" });
  });

  test("of OVMF is understood: a size probe that is a whole read request", () => {
    // From a capture of OVMF; 51 octets with the UDP payload's last NUL.
    const packet = Buffer.from(
      "\0\u0001ipxe.efi\0octet\0tsize\x000\0blksize\x001468\0windowsize\x004\0",
      "latin1",
    );
    const parsed = parseTftpPacket(packet) as TftpRequest;
    expect(parsed).toMatchObject({ kind: "read", file: "ipxe.efi", mode: "octet" });
    expect([...parsed.options]).toEqual([
      ["tsize", "0"],
      ["blksize", "1468"],
      ["windowsize", "4"],
    ]);
  });

  test("may lack its last NUL and may be padded", () => {
    const whole = request("ipxe.efi", { blksize: 1432 });
    const expected = parseTftpPacket(whole);
    expect(parseTftpPacket(whole.subarray(0, -1))).toEqual(expected);
    expect(parseTftpPacket(Buffer.concat([whole, Buffer.alloc(60)]))).toEqual(expected);
  });

  test("that has no name, no mode or a name without end is malformed", () => {
    for (const packet of [
      request(""),
      Buffer.from([0, 1]),
      Buffer.from([0, 1, 0x61]),
      Buffer.from([0, 1, 0x61, 0]),
      request("x".repeat(256)),
      Buffer.concat([request("x"), Buffer.alloc(2048, 0x61)]),
    ]) {
      expect(parseTftpPacket(packet)).toEqual({ kind: "malformed" });
    }
  });

  test("carries no control characters into a log line", () => {
    const parsed = parseTftpPacket(request("a\r\nb\x1b[2Jc")) as TftpRequest;
    expect(parsed.file).toBe("a??b?[2Jc");
  });

  test("with the same option twice means the first", () => {
    const twice = Buffer.concat([
      request("x", { blksize: 512 }),
      Buffer.from("BLKSIZE\x001400\0", "latin1"),
    ]);
    expect((parseTftpPacket(twice) as TftpRequest).options).toEqual(new Map([["blksize", "512"]]));
  });
});

describe("what is no request", () => {
  test("DATA, ACK and OACK begin no transfer, unknown opcodes and stumps are malformed", () => {
    expect(parseTftpPacket(ack(1))).toEqual({ kind: "stray" });
    expect(parseTftpPacket(Buffer.from([0, 3, 0, 1, 9]))).toEqual({ kind: "stray" });
    expect(parseTftpPacket(Buffer.from([0, 6]))).toEqual({ kind: "stray" });
    for (const bytes of [[], [0], [1], [0, 0], [0, 7], [1, 1], [0xff, 0xff, 1]]) {
      expect(parseTftpPacket(Buffer.from(bytes))).toEqual({ kind: "malformed" });
    }
  });

  test("an error is read with its code and text, also cut short", () => {
    const aborted = { kind: "error", code: 0, text: "TFTP Aborted" };
    expect(parseTftpPacket(error(0, "TFTP Aborted"))).toEqual(aborted);
    expect(parseTftpPacket(error(0, "TFTP Aborted").subarray(0, -1))).toEqual(aborted);
    expect(parseTftpPacket(Buffer.from([0, 5]))).toEqual({ kind: "error", code: 0, text: "" });
  });

  test("an error is written as a client reads it", () => {
    expect(parseTftpPacket(encodeError(8, "Bad value of blksize"))).toEqual({
      kind: "error",
      code: 8,
      text: "Bad value of blksize",
    });
  });
});

describe("options", () => {
  test("are acknowledged in the order asked, unknown ones left out", () => {
    expect(agreed({ windowsize: 4, multicast: "", tsize: 0, blksize: 1468 })).toBe(
      "OACK windowsize=4 tsize=1000 blksize=1468",
    );
  });

  test("without one that is accepted there is no OACK at all", () => {
    expect(agreed({})).toBeNull();
    expect(agreed({ multicast: "", rollover: 1 })).toBeNull();
  });

  test.each([
    [8, "OACK blksize=8"],
    [512, "OACK blksize=512"],
    [1432, "OACK blksize=1432"],
    [1468, "OACK blksize=1468"],
    // Clamped to MTU - 32.
    [1469, "OACK blksize=1468"],
    [65464, "OACK blksize=1468"],
    [99999, "OACK blksize=1468"],
    // Nothing smaller than 8 may be sent, and nothing larger than asked.
    [7, null],
    [0, null],
  ])("blksize %s is answered by %s", (asked, answer) => {
    expect(agreed({ blksize: asked })).toBe(answer);
  });

  test.each([
    [1, "OACK windowsize=1"],
    [16, "OACK windowsize=16"],
    [LARGEST_WINDOW, `OACK windowsize=${LARGEST_WINDOW}`],
    [LARGEST_WINDOW + 1, `OACK windowsize=${LARGEST_WINDOW}`],
    [65535, `OACK windowsize=${LARGEST_WINDOW}`],
    [0, null],
  ])("windowsize %s is answered by %s", (asked, answer) => {
    expect(agreed({ windowsize: asked })).toBe(answer);
  });

  test.each([
    [1, "OACK timeout=1"],
    [255, "OACK timeout=255"],
    [0, null],
    [256, null],
  ])("timeout %s is answered by %s: as asked or not at all", (asked, answer) => {
    expect(agreed({ timeout: asked })).toBe(answer);
  });

  test("tsize is told in octet mode only", () => {
    expect(agreed({ tsize: 0 })).toBe("OACK tsize=1000");
    expect(agreed({ tsize: 0 }, "netascii")).toBeNull();
  });

  test("tsize of an empty file is left out: curl takes a 0 for an error", () => {
    expect(agreed({ tsize: 0, blksize: 512 }, "octet", 0)).toBe("OACK blksize=512");
  });

  test.each(["", "abc", "-1", "1e3", "0x200", "512 ", "9".repeat(21)])(
    "a value that is no number is an error: blksize %j",
    (value) => {
      expect(agreed({ blksize: value })).toBe("bad blksize");
    },
  );
});

describe("the name that the allow-list is asked for", () => {
  test.each([
    ["ipxe.efi", "ipxe.efi"],
    ["/ipxe.efi", "ipxe.efi"],
    ["\\ipxe.efi", "ipxe.efi"],
    ["\\boot\\x64\\ipxe.efi", "boot/x64/ipxe.efi"],
    // One slash alone, and no path is worked out: what is left matches nothing.
    ["//ipxe.efi", "/ipxe.efi"],
    ["../ipxe.efi", "../ipxe.efi"],
  ])("of %s is %s", (asked, name) => {
    expect(allowListName(asked)).toBe(name);
  });
});

describe("netascii", () => {
  const converted = (text: string) => Buffer.from(toNetascii(Buffer.from(text))).toString();
  test("ends lines in CR LF and marks a bare CR", () => {
    expect(converted("a\nb\n")).toBe("a\r\nb\r\n");
    expect(converted("a\rb")).toBe("a\r\0b");
    expect(converted("a\r\nb")).toBe("a\r\0\r\nb");
    expect(converted("plain")).toBe("plain");
    expect(converted("")).toBe("");
  });
});

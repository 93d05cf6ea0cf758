/** What a TFTP client writes, for tests: also what no sane client would. */

export function request(
  file: string,
  options: Readonly<Record<string, string | number>> = {},
  { opcode = 1, mode = "octet" } = {},
): Buffer {
  const strings = [file, mode, ...Object.entries(options).flat()];
  return Buffer.concat([
    Buffer.from([0, opcode]),
    ...strings.map((text) => Buffer.from(`${text}\0`, "latin1")),
  ]);
}

export function ack(block: number): Buffer {
  return Buffer.from([0, 4, (block >> 8) & 0xff, block & 0xff]);
}

export function error(code: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([0, 5, 0, code]), Buffer.from(`${text}\0`)]);
}

/** A packet in words: `DATA 1 (512)`, `OACK blksize=1468`, `ERROR 1 File not found`. */
export function inWords(packet: Uint8Array): string {
  const bytes = Buffer.from(packet);
  const strings = (from: number) => bytes.subarray(from).toString("latin1").split("\0");
  switch (bytes.readUInt16BE(0)) {
    case 3:
      return `DATA ${bytes.readUInt16BE(2)} (${bytes.length - 4})`;
    case 4:
      return `ACK ${bytes.readUInt16BE(2)}`;
    case 5:
      return `ERROR ${bytes.readUInt16BE(2)} ${strings(4)[0]}`;
    case 6:
      return `OACK ${strings(2)
        .slice(0, -1)
        .reduce((text, part, at) => text + (at % 2 === 0 ? ` ${part}` : `=${part}`), "")
        .trim()}`;
    default:
      return bytes.toString("hex");
  }
}

/** Bytes that are the same on every run, and nowhere alike. */
export function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 0x9e3779b9;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

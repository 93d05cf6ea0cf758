/**
 * TFTP on the wire: requests, acknowledgements, errors and options [RFC 1350, 2347, 2348, 2349, 7440].
 * Pure: what a packet says and how one is written; who is given which file is decided elsewhere.
 */

/** Opcodes [RFC 1350 §5; OACK: RFC 2347]. */
export const TFTP_OPCODE = {
  read: 1,
  write: 2,
  data: 3,
  ack: 4,
  error: 5,
  optionAck: 6,
} as const;

/** Error codes [RFC 1350 appendix; 8: RFC 2347]. */
export const TFTP_ERROR = {
  undefined: 0,
  fileNotFound: 1,
  accessViolation: 2,
  illegalOperation: 4,
  unknownTransferId: 5,
  badOption: 8,
} as const;

/** Block size without an option [RFC 1350]. */
export const DEFAULT_BLKSIZE = 512;
/** The least that may be asked for [RFC 2348]. */
const LEAST_BLKSIZE = 8;
/** An Ethernet MTU of 1500 less the IP, UDP and TFTP headers: never a fragment, which ROMs do not reassemble. */
export const LARGEST_BLKSIZE = 1500 - 32;
/** 64 full blocks (94 kB) still fit the receive buffer of an ordinary Linux client; more would be lost there. */
export const LARGEST_WINDOW = 64;
/** Seconds [RFC 2349]. */
const LONGEST_TIMEOUT_S = 255;
/** Longer names and texts are nobody's; what is shown of them is cut to this. */
const LONGEST_TEXT_CHARS = 255;
/** RFC 2347 allows 512 octets for a request; ROMs that pad theirs are still read. */
const LONGEST_REQUEST_BYTES = 2048;
const MOST_OPTIONS = 16;

export interface TftpRequest {
  readonly kind: "read" | "write";
  /** As asked, control characters made harmless. */
  readonly file: string;
  /** Lower case. */
  readonly mode: string;
  /** Names in lower case, in the order asked; each once. */
  readonly options: ReadonlyMap<string, string>;
}

export interface TftpErrorPacket {
  readonly kind: "error";
  readonly code: number;
  readonly text: string;
}

/** A packet that begins no transfer. */
export type StrayPacket = { readonly kind: "stray" } | { readonly kind: "malformed" };

/** What arrived at the listening port. Lenient: a missing last NUL and padding are accepted. */
export function parseTftpPacket(packet: Uint8Array): TftpRequest | TftpErrorPacket | StrayPacket {
  const opcode = opcodeOf(packet);
  switch (opcode) {
    case TFTP_OPCODE.read:
    case TFTP_OPCODE.write:
      return parseRequest(packet, opcode === TFTP_OPCODE.read ? "read" : "write");
    case TFTP_OPCODE.error:
      return parseError(packet);
    case TFTP_OPCODE.data:
    case TFTP_OPCODE.ack:
    case TFTP_OPCODE.optionAck:
      return { kind: "stray" };
    default:
      return { kind: "malformed" };
  }
}

/** 0, which is no opcode, for a packet too short to have one. */
export function opcodeOf(packet: Uint8Array): number {
  return packet.length < 2 ? 0 : ((packet[0] ?? 0) << 8) | (packet[1] ?? 0);
}

/** The block number of an ACK or DATA packet, -1 when it is cut short. */
export function blockOf(packet: Uint8Array): number {
  return packet.length < 4 ? -1 : ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);
}

/** An ERROR packet's code and text; a text that is missing is empty. */
export function parseError(packet: Uint8Array): TftpErrorPacket {
  const [text = ""] = stringsOf(packet.subarray(4), 1);
  return { kind: "error", code: Math.max(blockOf(packet), 0), text: harmless(text) };
}

function parseRequest(packet: Uint8Array, kind: "read" | "write"): TftpRequest | StrayPacket {
  if (packet.length > LONGEST_REQUEST_BYTES) return { kind: "malformed" };
  const [file, mode, ...rest] = stringsOf(packet.subarray(2), 2 + 2 * MOST_OPTIONS);
  if (file === undefined || file === "" || file.length > LONGEST_TEXT_CHARS || mode === undefined) {
    return { kind: "malformed" };
  }
  const options = new Map<string, string>();
  for (let at = 0; at < rest.length; at += 2) {
    const name = (rest[at] ?? "").toLowerCase();
    // An empty name is padding; the first of two that are the same counts.
    if (name === "") break;
    if (!options.has(name)) options.set(name, rest[at + 1] ?? "");
  }
  return { kind, file: harmless(file), mode: mode.toLowerCase(), options };
}

/** NUL-terminated strings; the last may lack its NUL. */
function stringsOf(bytes: Uint8Array, most: number): string[] {
  const strings: string[] = [];
  for (let from = 0; from < bytes.length && strings.length < most; ) {
    const nul = bytes.indexOf(0, from);
    const end = nul === -1 ? bytes.length : nul;
    strings.push(Buffer.from(bytes.subarray(from, end)).toString("latin1"));
    from = end + 1;
  }
  return strings;
}

/** Text of a stranger, fit for a log line: no control characters, no end of its own making. */
function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.slice(0, LONGEST_TEXT_CHARS).replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
}

/** The name that the allow-list is asked for: DOS and URL habits of ROMs evened out, nothing else. */
export function allowListName(file: string): string {
  return file.replaceAll("\\", "/").replace(/^\//, "");
}

/** What a transfer keeps to. */
export interface TransferOptions {
  readonly blksize: number;
  readonly windowsize: number;
  /** Seconds between retransmissions, when the client asked for it. */
  readonly timeoutS: number | null;
}

export interface Agreement {
  readonly kind: "agreed";
  readonly options: TransferOptions;
  /** The OACK packet; null: nothing was accepted, so DATA 1 answers the request. */
  readonly optionAck: Buffer | null;
}
export interface BadOption {
  readonly kind: "bad-option";
  readonly name: string;
}

/**
 * Accepts what can be accepted of the options, each no larger than asked; unknown ones and numbers out of an option's
 * range are left out, which declines them [RFC 2347]. A value that is no number at all is an error.
 * @param size of the file in octets as it will be sent; `tsize` is told in octet mode only, as in netascii the
 *   client's file has another size.
 */
export function agreeOnOptions(
  { options, mode }: Pick<TftpRequest, "options" | "mode">,
  size: number,
): Agreement | BadOption {
  const accepted: [string, number][] = [];
  let agreed: TransferOptions = { blksize: DEFAULT_BLKSIZE, windowsize: 1, timeoutS: null };
  for (const [name, text] of options) {
    if (!NUMERIC_OPTIONS.has(name)) continue;
    if (!/^\d{1,20}$/.test(text)) return { kind: "bad-option", name };
    const asked = Number(text);
    switch (name) {
      case "blksize":
        if (asked < LEAST_BLKSIZE) continue;
        agreed = { ...agreed, blksize: Math.min(asked, LARGEST_BLKSIZE) };
        accepted.push([name, agreed.blksize]);
        break;
      case "windowsize":
        if (asked < 1) continue;
        agreed = { ...agreed, windowsize: Math.min(asked, LARGEST_WINDOW) };
        accepted.push([name, agreed.windowsize]);
        break;
      case "timeout":
        // It is agreed to as asked or not at all [RFC 2349].
        if (asked < 1 || asked > LONGEST_TIMEOUT_S) continue;
        agreed = { ...agreed, timeoutS: asked };
        accepted.push([name, asked]);
        break;
      case "tsize":
        // An empty file has none to tell: curl takes a tsize of 0 for an error.
        if (mode === "octet" && size > 0) accepted.push([name, size]);
        break;
    }
  }
  const optionAck = accepted.length === 0 ? null : encodeOptionAck(accepted);
  return { kind: "agreed", options: agreed, optionAck };
}
const NUMERIC_OPTIONS: ReadonlySet<string> = new Set(["blksize", "windowsize", "timeout", "tsize"]);

function encodeOptionAck(options: readonly (readonly [string, number])[]): Buffer {
  const text = options.map(([name, value]) => `${name}\0${value}\0`).join("");
  return Buffer.concat([Buffer.from([0, TFTP_OPCODE.optionAck]), Buffer.from(text, "latin1")]);
}

export function encodeError(code: number, text: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, TFTP_OPCODE.error, code >> 8, code & 0xff]),
    Buffer.from(`${text}\0`, "latin1"),
  ]);
}

/** A file as netascii: a line ends in CR LF, a bare CR becomes CR NUL [RFC 764, as RFC 1350 asks]. */
export function toNetascii(bytes: Uint8Array): Uint8Array {
  const [CR, LF, NUL] = [13, 10, 0];
  let longer = 0;
  for (const byte of bytes) if (byte === CR || byte === LF) longer += 1;
  if (longer === 0) return bytes;
  const out = new Uint8Array(bytes.length + longer);
  let at = 0;
  for (const byte of bytes) {
    if (byte === LF) out[at++] = CR;
    out[at++] = byte;
    if (byte === CR) out[at++] = NUL;
  }
  return out;
}

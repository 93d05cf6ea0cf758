/** The options that a ProxyDHCP reads or writes. RFC 2132 unless said otherwise. */
export const DHCP_OPTION = {
  pad: 0,
  vendorSpecific: 43,
  requestedAddress: 50,
  overload: 52,
  messageType: 53,
  serverIdentifier: 54,
  vendorClass: 60,
  bootFileName: 67,
  /** RFC 3004; iPXE writes it raw, without the length prefix. */
  userClass: 77,
  /** RFC 4578 */
  clientArchitecture: 93,
  /** RFC 4578 */
  clientUuid: 97,
  /** Etherboot's and iPXE's own, an encapsulated list: https://ipxe.org/howto/dhcpd */
  ipxe: 175,
  end: 255,
} as const;

/** Message types, RFC 2132 section 9.6. */
export const DHCP_MESSAGE = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

/** An option's value by its code, in the order in which they first appear. */
export type DhcpOptions = ReadonlyMap<number, Uint8Array>;

/** Options as they come in, before those in several pieces are put together. */
export type OptionPieces = Map<number, Uint8Array[]>;

/**
 * Reads one list of options to the pieces found so far. A missing end mark is forgiven; an option that is cut off
 * is not.
 * @returns what is wrong, or null
 */
export function readOptions(bytes: Uint8Array, pieces: OptionPieces): string | null {
  let at = 0;
  while (at < bytes.length) {
    const code = bytes[at++] as number;
    if (code === DHCP_OPTION.end) break;
    if (code === DHCP_OPTION.pad) continue;
    const length = bytes[at++];
    if (length === undefined) return `option ${code} has no length`;
    if (at + length > bytes.length)
      return `option ${code} claims ${length} bytes where ${bytes.length - at} are left`;
    const piece = bytes.subarray(at, at + length);
    const before = pieces.get(code);
    if (before === undefined) pieces.set(code, [piece]);
    else before.push(piece);
    at += length;
  }
  return null;
}

/** An option that came in several pieces is the pieces in their order (RFC 3396). */
export function joinOptions(pieces: OptionPieces): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (const [code, [first, ...more]] of pieces)
    if (first !== undefined)
      options.set(code, more.length === 0 ? first : concat([first, ...more]));
  return options;
}

/**
 * Writes a list of options with its end mark; a value of more than 255 bytes goes out in pieces (RFC 3396).
 * @throws RangeError for a code that is no option of its own
 */
export function encodeOptions(options: DhcpOptions): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const [code, value] of options) {
    if (!Number.isInteger(code) || code <= DHCP_OPTION.pad || code >= DHCP_OPTION.end)
      throw new RangeError(`${code} is no DHCP option`);
    let at = 0;
    do {
      const piece = value.subarray(at, at + 255);
      pieces.push(Uint8Array.of(code, piece.length), piece);
      at += 255;
    } while (at < value.length);
  }
  pieces.push(Uint8Array.of(DHCP_OPTION.end));
  return concat(pieces);
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

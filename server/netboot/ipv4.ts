/** An IPv4 address of a packet: four bytes as text. */
export function readIpv4(bytes: Uint8Array, at = 0): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/**
 * The four bytes of a dotted address.
 * @throws RangeError for anything else: addresses that are sent come from us or from `readIpv4`.
 */
export function ipv4Bytes(address: string): Uint8Array {
  const value = ipv4Number(address);
  if (value === null) throw new RangeError(`${JSON.stringify(address)} is no IPv4 address`);
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** A dotted address as an unsigned number, or null. */
export function ipv4Number(address: string): number | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (match === null) return null;
  const parts = match.slice(1).map(Number);
  if (parts.some((part) => part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export interface Ipv4Subnet {
  readonly address: string;
  readonly netmask: string;
}

/** Whether an address lies in the subnet of another. */
export function inSubnet(address: string, subnet: Ipv4Subnet): boolean {
  const [one, other, mask] = [address, subnet.address, subnet.netmask].map(ipv4Number);
  if (one == null || other == null || mask == null) return false;
  return (one & mask) === (other & mask);
}

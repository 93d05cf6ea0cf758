/**
 * Which machine has which address: learnt from its DHCP packets and from its boot script, as a request for a file
 * carries no MAC. Used for the boot timeline alone, so a wrong guess behind address translation misplaces a line and
 * decides nothing.
 */
export class AddressBook {
  /** A lab's broadcast domain holds fewer; beyond it the longest unseen is forgotten. */
  static readonly #capacity = 1024;
  readonly #macs = new Map<string, string>();

  /** @param mac lower case with colons. */
  remember(address: string, mac: string): void {
    this.#macs.delete(address);
    this.#macs.set(address, mac);
    const [oldest] = this.#macs.keys();
    if (this.#macs.size > AddressBook.#capacity && oldest !== undefined) this.#macs.delete(oldest);
  }

  macOf(address: string): string | null {
    return this.#macs.get(address) ?? null;
  }
}

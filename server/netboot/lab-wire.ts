import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { inSubnet, ipv4Number } from "./ipv4.ts";

/** What is known of this machine's interfaces; handed in where tests need it. */
export interface WireSources {
  readonly interfaces: typeof networkInterfaces;
  /** A bridge's table of who was heard behind it, as Linux prints it; null for what is no bridge. */
  readonly bridgeTable: (interfaceName: string) => Uint8Array | null;
  readonly nowMs: () => number;
}

const SYSTEM: WireSources = {
  interfaces: networkInterfaces,
  bridgeTable: (name) => {
    try {
      return readFileSync(`/sys/class/net/${name}/brforward`);
    } catch {
      return null;
    }
  },
  nowMs: () => performance.now(),
};

interface Wire {
  readonly name: string;
  readonly address: string;
  readonly netmask: string;
  readonly mac: string;
  readonly isBridge: boolean;
}

const NO_MAC = "00:00:00:00:00:00";
/** Interfaces come and go: containers, virtual machines, cables. */
const INTERFACES_KEPT_MS = 5000;
/** `struct __fdb_entry` in linux/if_bridge.h: the MAC, the port, whether it is this machine's own, and more. */
const FDB = { entryLength: 16, macLength: 6, isLocalAt: 7 } as const;

/**
 * Tells packets of other networks from the lab's, as far as that can be known: Node names no interface for a
 * broadcast that it received. What is known is whose subnet an address in the packet belongs to, and which stations
 * a bridge of this machine has heard (virtual machines of libvirt or Docker, the likeliest strangers on a laptop).
 * What remains unknown is taken for the lab's: another network's client may be listed as discovered, but gets no
 * answer on its wire, since every answer leaves by the lab's NIC.
 */
export class LabWire {
  readonly #labAddress: string;
  readonly #sources: WireSources;
  #wires: readonly Wire[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(labAddress: string, sources: Partial<WireSources> = {}) {
    this.#labAddress = labAddress;
    this.#sources = { ...SYSTEM, ...sources };
  }

  /**
   * Whether an address lies on another network of this machine, and not on the lab's. Interfaces without a MAC do not
   * count: nothing boots from a VPN, whose wide subnets would swallow a lab behind a relay.
   */
  isElsewhere(address: string): boolean {
    if ((ipv4Number(address) ?? 0) === 0) return false;
    const wires = this.#current();
    if (this.#lab(wires).some((wire) => inSubnet(address, wire))) return false;
    return wires.some((wire) => wire.mac !== NO_MAC && inSubnet(address, wire));
  }

  /** Whether a bridge of another network of this machine has heard this station, and the lab's has not. */
  isHeardElsewhere(mac: string): boolean {
    const wires = this.#current();
    const lab = new Set(this.#lab(wires).map(({ name }) => name));
    const bridges = wires.filter(({ isBridge }) => isBridge).map(({ name }) => name);
    const heardBy = [...new Set(bridges)].filter((name) =>
      hasHeard(this.#sources.bridgeTable(name), mac),
    );
    return heardBy.length > 0 && !heardBy.some((name) => lab.has(name));
  }

  /** Every subnet of the interface that has the lab address. */
  #lab(wires: readonly Wire[]): Wire[] {
    const name = wires.find(({ address }) => address === this.#labAddress)?.name;
    return wires.filter((wire) => wire.name === name);
  }

  #current(): readonly Wire[] {
    const now = this.#sources.nowMs();
    if (now - this.#readAtMs >= INTERFACES_KEPT_MS) {
      this.#readAtMs = now;
      this.#wires = Object.entries(this.#sources.interfaces()).flatMap(([name, addresses = []]) =>
        addresses
          .filter(({ family }) => family === "IPv4")
          .map(({ address, netmask, mac }) => ({
            name,
            address,
            netmask,
            mac,
            isBridge: this.#sources.bridgeTable(name) !== null,
          })),
      );
    }
    return this.#wires;
  }
}

function hasHeard(table: Uint8Array | null, mac: string): boolean {
  if (table === null) return false;
  const wanted = Buffer.from(mac.replaceAll(":", ""), "hex");
  for (let at = 0; at + FDB.entryLength <= table.length; at += FDB.entryLength) {
    const isLocal = table[at + FDB.isLocalAt] !== 0;
    if (!isLocal && wanted.equals(table.subarray(at, at + FDB.macLength))) return true;
  }
  return false;
}

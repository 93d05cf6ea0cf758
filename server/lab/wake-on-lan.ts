import { createSocket } from "node:dgram";
import type { SendMagicPacket } from "../run/ports.ts";

export interface WakeOnLanOptions {
  /** The packet leaves by the interface that has this address; null: there is no lab to send into. */
  readonly labAddress: () => string | null;
  readonly destination?: { readonly address: string; readonly port: number };
}

/** The limited broadcast address stays on the lab's wire; port 9 (discard) is where tools send it. */
const EVERYONE = { address: "255.255.255.255", port: 9 };

/**
 * The payload that a sleeping NIC looks for: six bytes of ones, then its address sixteen times
 * [AMD publication 20213, Magic Packet Technology].
 * @param mac lower case with colons.
 */
export function magicPacket(mac: string): Buffer {
  const address = Buffer.from(mac.replaceAll(":", ""), "hex");
  if (address.length !== 6) throw new TypeError(`not a MAC address: ${mac}`);
  return Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: 16 }, () => address)]);
}

export function createWakeOnLan({
  labAddress,
  destination = EVERYONE,
}: WakeOnLanOptions): SendMagicPacket {
  return async (macs) => {
    const from = labAddress();
    if (from === null || macs.length === 0) return false;
    try {
      await send(macs.map(magicPacket), from, destination);
      return true;
    } catch {
      // The run waits all the same: the operator can press the power button.
      return false;
    }
  };
}

function send(
  packets: readonly Buffer[],
  from: string,
  { address, port }: { address: string; port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    const end = (error: Error | null) => {
      socket.close();
      if (error === null) resolve();
      else reject(error);
    };
    socket.once("error", end);
    // Bound to the lab's address, Linux sends a limited broadcast by that interface, not by the default route.
    socket.bind({ address: from, port: 0 }, () => {
      socket.setBroadcast(true);
      let left = packets.length;
      for (const packet of packets) {
        socket.send(packet, port, address, (error) => {
          if (left === 0) return;
          left = error === null ? left - 1 : 0;
          if (left === 0) end(error);
        });
      }
    });
  });
}

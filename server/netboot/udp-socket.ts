import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";

export interface UdpPlace {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Lets others that allow it too have the same port. */
  readonly shared: boolean;
}

export type BoundUdp =
  | { readonly ok: true; readonly socket: Socket; readonly port: number }
  | { readonly ok: false; readonly code: string };

/** Two hundred hosts that speak at once fit in; the kernel gives what it allows. */
const RECEIVE_BUFFER_BYTES = 1 << 20;

/** Binds a socket; a port that cannot be had comes back as its error code. */
export function bindUdp({ address, port, shared }: UdpPlace): Promise<BoundUdp> {
  const socket = createSocket({
    type: "udp4",
    reuseAddr: shared,
    recvBufferSize: RECEIVE_BUFFER_BYTES,
    // What is sent to is a literal address always: out at once, without a turn through the resolver.
    lookup: (address, _options, found) => found(null, address, 4),
  });
  return new Promise((resolve) => {
    socket.once("error", (error) => {
      socket.close();
      resolve({ ok: false, code: "code" in error ? String(error.code) : error.message });
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      resolve({ ok: true, socket, port: socket.address().port });
    });
  });
}

/** Passes on what arrives; an error of a bound socket is a warning, never the end of the process. */
export function listenUdp(
  socket: Socket,
  onMessage: (bytes: Uint8Array, from: RemoteInfo) => void,
  warn: (text: string) => void,
): void {
  socket.on("message", onMessage);
  socket.on("error", (error) => warn(`A UDP socket reports ${error.message}.`));
}

/** Resolves when the sockets are closed. */
export async function closeUdp(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
  );
}

/**
 * How many sockets on this machine are bound to an address and port; null where it cannot be known (no Linux).
 * The kernel prints the address as one number of this machine's byte order.
 */
export function countBound(address: string, port: number): number | null {
  let table: string;
  try {
    table = readFileSync("/proc/net/udp", "utf8");
  } catch {
    return null;
  }
  const bytes = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  const local = `${bytes.reverse().join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
  return table.split("\n").filter((line) => line.trim().split(/\s+/)[1] === local).length;
}

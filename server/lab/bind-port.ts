import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { Protocol } from "./port-owners.ts";

export interface BindPlace {
  readonly protocol: Protocol;
  readonly port: number;
  readonly address: string;
  /** Beside others who agree to share, as the ProxyDHCP service binds UDP 67. */
  readonly shared?: boolean;
}

/** Binds for an instant. @returns the system's error code, or null when it can be bound. */
export function bindError({
  protocol,
  port,
  address,
  shared = false,
}: BindPlace): Promise<string | null> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message);
    if (protocol === "tcp") {
      const server = createServer();
      server.once("error", failed);
      server.listen({ port, host: address, exclusive: true }, () =>
        server.close(() => resolve(null)),
      );
      return;
    }
    const socket = createSocket({ type: "udp4", reuseAddr: shared });
    socket.once("error", (error) => {
      socket.close();
      failed(error);
    });
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}

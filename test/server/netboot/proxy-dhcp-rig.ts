import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import {
  type ProxyDhcpDeps,
  type ProxyDhcpEvent,
  type ProxyDhcpServer,
  startProxyDhcp,
} from "../../../server/netboot/proxy-dhcp-server.ts";

/** A ProxyDHCP on loopback and free ports, and what it told. */
export class ProxyDhcpRig {
  readonly events: ProxyDhcpEvent[] = [];
  readonly warnings: string[] = [];
  #server: ProxyDhcpServer | null = null;
  readonly #deps: Partial<ProxyDhcpDeps>;

  constructor(deps: Partial<ProxyDhcpDeps> = {}) {
    this.#deps = deps;
  }

  async start(): Promise<this> {
    this.#server = await startProxyDhcp({
      labAddress: "127.0.0.1",
      dhcpPort: 0,
      pxePort: 0,
      labUrl: () => "http://127.0.0.1:8421",
      hasBootFile: () => true,
      mayBoot: () => true,
      onEvent: (event) => this.events.push(event),
      warn: (text) => this.warnings.push(text),
      ...this.#deps,
    });
    return this;
  }

  get server(): ProxyDhcpServer {
    if (this.#server === null) throw new Error("not started");
    return this.#server;
  }

  get dhcpPort(): number {
    return this.server.dhcpPort ?? 0;
  }

  get pxePort(): number {
    return this.server.pxePort ?? 0;
  }

  async end(): Promise<void> {
    await this.#server?.close();
  }
}

export interface Received {
  readonly bytes: Uint8Array;
  readonly from: RemoteInfo;
}

/** A client's socket, and all that it received. */
export class ScriptedClient {
  readonly received: Received[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (bytes, from) => this.received.push({ bytes, from }));
  }

  static async bind(address = "127.0.0.1", port = 0): Promise<ScriptedClient> {
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(port, address, resolve);
    });
    socket.setBroadcast(true);
    return new ScriptedClient(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(bytes: Uint8Array, port: number, address = "127.0.0.1"): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, port, address, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }

  /** The next message that arrives. */
  next(): Promise<Received> {
    return new Promise((resolve) => {
      this.#socket.once("message", (bytes, from) => resolve({ bytes, from }));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

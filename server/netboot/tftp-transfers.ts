import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { type Agreement, encodeError, opcodeOf, TFTP_ERROR, TFTP_OPCODE } from "./tftp-packet.ts";
import { TftpTransfer } from "./tftp-transfer.ts";
import { closeUdp } from "./udp-socket.ts";

export type TftpEvent =
  | {
      readonly kind: "completed";
      readonly address: string;
      readonly file: string;
      readonly bytes: number;
      readonly ms: number;
    }
  /** Asked for the size only, or ended by the client itself: no failure. */
  | { readonly kind: "probe"; readonly address: string; readonly file: string }
  /** Given up: the client fell silent, or reported an error. */
  | {
      readonly kind: "failed";
      readonly address: string;
      readonly file: string;
      readonly why: string;
    }
  /** An unknown file, a write, a mode or option that is none. */
  | {
      readonly kind: "refused";
      readonly address: string;
      readonly file: string;
      readonly why: string;
    };

/** A rack that powers on at once, with room to spare; each costs a socket and at most one window of memory. */
export const MOST_TRANSFERS = 512;
/** A client that repeats its request while its transfer stands still this long has begun anew. */
const STANDSTILL_MS = 2000;
/** How often running transfers are asked whether something is due: a fifth of the shortest timeout. */
const SWEEP_MS = 40;
/** A whole window waits in the socket while the wire is busy. */
const SEND_BUFFER_BYTES = 512 * 1024;

export interface TransfersDeps {
  /** Every transfer's socket is bound to it. */
  readonly address: string;
  readonly onEvent: (event: TftpEvent) => void;
  readonly warn: (text: string) => void;
}

/** What a read request came to. */
export interface GrantedRead {
  /** The request as it arrived, to know its copies. */
  readonly request: Uint8Array;
  readonly client: Pick<RemoteInfo, "address" | "port">;
  /** As asked. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly agreement: Agreement;
}

interface Running extends GrantedRead {
  readonly transfer: TftpTransfer;
  readonly socket: Socket;
  readonly startedAtMs: number;
}

/** The transfers under way: a socket each, so a transfer id of our own, and one clock for all of them. */
export class TftpTransfers {
  readonly #deps: TransfersDeps;
  /** By the client's address and port, which are its transfer id. */
  readonly #running = new Map<string, Running>();
  #sweeper: NodeJS.Timeout | null = null;
  #full = false;

  constructor(deps: TransfersDeps) {
    this.#deps = deps;
  }

  /**
   * Whether a request may start a transfer. It may not when it is the copy of one that is being answered, nor when
   * there is no room: then the client is left unanswered and asks again, where an error would end its boot.
   */
  admits(request: Uint8Array, client: RemoteInfo): boolean {
    const id = idOf(client);
    const before = this.#running.get(id);
    if (before !== undefined) {
      if (!beginsAnew(before, request)) {
        before.transfer.askedAgain();
        return false;
      }
      this.#drop(before);
    }
    return this.#hasRoom();
  }

  start(read: GrantedRead): void {
    const { bytes, agreement } = read;
    const { address, port } = read.client;
    const socket = udpSocket();
    const transfer = new TftpTransfer({
      bytes,
      options: agreement.options,
      optionAck: agreement.optionAck,
      // Without a callback a packet that cannot be sent is a lost one, which the timer repeats.
      send: (packet) => socket.send(packet, port, address),
      nowMs: () => performance.now(),
    });
    const running: Running = { ...read, transfer, socket, startedAtMs: performance.now() };
    this.#running.set(idOf(read.client), running);
    socket.on("error", (error) => {
      this.#deps.warn(`TFTP: ${read.file} to ${address}: ${error.message}`);
      this.#drop(running);
    });
    socket.on("message", (packet, from) => {
      if (from.port === port && from.address === address) {
        transfer.receive(packet);
        if (transfer.end !== null) this.#settle(running);
      } else if (opcodeOf(packet) !== TFTP_OPCODE.error && from.port !== 0) {
        // A stranger's packet disturbs nothing [RFC 1350 §4].
        const refusal = encodeError(TFTP_ERROR.unknownTransferId, "Unknown transfer ID");
        socket.send(refusal, from.port, from.address);
      }
    });
    socket.once("listening", () => {
      socket.setSendBufferSize(SEND_BUFFER_BYTES);
      transfer.start();
    });
    socket.bind({ address: this.#deps.address, port: 0, exclusive: true });
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Drops what runs; settles when the sockets are closed. */
  async close(): Promise<void> {
    const sockets = [...this.#running.values()].map(({ socket }) => socket);
    this.#running.clear();
    this.#stopSweeping();
    await closeUdp(sockets);
  }

  #hasRoom(): boolean {
    if (this.#running.size < MOST_TRANSFERS) {
      this.#full = false;
      return true;
    }
    if (!this.#full) {
      this.#deps.warn(`TFTP: ${MOST_TRANSFERS} transfers run at once; further clients must wait.`);
    }
    this.#full = true;
    return false;
  }

  #sweep(): void {
    for (const running of this.#running.values()) {
      running.transfer.tick();
      if (running.transfer.end !== null) this.#settle(running);
    }
    if (this.#running.size === 0) this.#stopSweeping();
  }

  #stopSweeping(): void {
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#sweeper = null;
  }

  #settle(running: Running): void {
    if (!this.#drop(running)) return;
    const { transfer, file, startedAtMs } = running;
    const { address } = running.client;
    switch (transfer.end?.kind) {
      case "completed": {
        const ms = transfer.progressAtMs - startedAtMs;
        const bytes = running.bytes.length;
        this.#deps.onEvent({ kind: "completed", address, file, bytes, ms });
        return;
      }
      case "aborted":
        this.#deps.onEvent({ kind: "probe", address, file });
        return;
      case "failed":
        this.#deps.onEvent({ kind: "failed", address, file, why: transfer.end.why });
        return;
      case undefined:
        return;
    }
  }

  /** @returns whether it was still there. */
  #drop(running: Running): boolean {
    const id = idOf(running.client);
    if (this.#running.get(id) !== running) return false;
    this.#running.delete(id);
    running.socket.close();
    return true;
  }
}

function idOf({ address, port }: Pick<RemoteInfo, "address" | "port">): string {
  return `${address}:${port}`;
}

/** The repeated request of a client that waits is no second transfer; another one is, or the same after a standstill. */
function beginsAnew({ request, transfer }: Running, packet: Uint8Array): boolean {
  if (Buffer.compare(request, packet) !== 0) return true;
  return transfer.hasBegun && performance.now() - transfer.progressAtMs > STANDSTILL_MS;
}

/** Every address here is a literal one: nothing is looked up, so bind and send act at once. */
function udpSocket(): Socket {
  return createSocket({
    type: "udp4",
    lookup: (address, _options, callback) => callback(null, address, 4),
  });
}

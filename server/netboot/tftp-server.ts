import type { RemoteInfo, Socket } from "node:dgram";
import {
  agreeOnOptions,
  allowListName,
  encodeError,
  parseTftpPacket,
  TFTP_ERROR,
  type TftpRequest,
  toNetascii,
} from "./tftp-packet.ts";
import { type TftpEvent, TftpTransfers } from "./tftp-transfers.ts";
import { bindUdp, closeUdp, listenUdp } from "./udp-socket.ts";

export type { TftpEvent } from "./tftp-transfers.ts";

export interface TftpServerDeps {
  /** The lab address: requests are heard, and every packet leaves, on it alone. */
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The whole allow-list: a name's bytes in memory; null: not served. Called once a request. */
  readonly file: (name: string) => Uint8Array | null;
  readonly onEvent: (event: TftpEvent) => void;
  readonly warn: (text: string) => void;
}

export interface TftpServer {
  /** Null when it could not be bound. */
  readonly port: number | null;
  /** The errno code of the bind, such as EACCES. */
  readonly failure: string | null;
  /** Settles when every socket is closed; transfers under way are dropped. */
  close(): Promise<void>;
}

/** Refusals told in a stretch of time: whoever tries names by the thousand cannot flood the log. */
const REFUSALS_TOLD = 100;
const REFUSALS_STRETCH_MS = 10_000;

/**
 * Serves files from memory by TFTP: the loaders that a ROM can fetch in no other way. Read only; no request is ever
 * looked up in a file system.
 * @returns also when the port cannot be bound: then `failure` says why.
 */
export async function startTftpServer(deps: TftpServerDeps): Promise<TftpServer> {
  const { address, port } = deps;
  // A socket on the lab's own address hears no broadcasts and nothing of other NICs, and answers from where it was asked.
  const bound = await bindUdp({ address, port, shared: false });
  if (!bound.ok) return { port: null, failure: bound.code, close: () => Promise.resolve() };
  const service = new TftpService(bound.socket, deps);
  return { port: bound.port, failure: null, close: () => service.close() };
}

class TftpService {
  readonly #listener: Socket;
  readonly #deps: TftpServerDeps;
  readonly #transfers: TftpTransfers;
  #closing: Promise<void> | null = null;
  #refusals = 0;
  #refusalsSinceMs = 0;

  constructor(listener: Socket, deps: TftpServerDeps) {
    this.#listener = listener;
    this.#deps = deps;
    this.#transfers = new TftpTransfers(deps);
    listenUdp(listener, (packet, client) => this.#received(packet, client), deps.warn);
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([closeUdp([this.#listener]), this.#transfers.close()]).then(
      () => {},
    );
    return this.#closing;
  }

  #received(packet: Uint8Array, client: RemoteInfo): void {
    // Nobody can be answered at port 0.
    if (client.port === 0) return;
    const parsed = parseTftpPacket(packet);
    switch (parsed.kind) {
      case "read":
        if (this.#transfers.admits(packet, client)) this.#read(packet, parsed, client);
        return;
      case "write":
        this.#refuse(client, parsed.file, TFTP_ERROR.accessViolation, "Nothing is written here");
        return;
      case "stray":
        this.#answer(client, TFTP_ERROR.unknownTransferId, "Unknown transfer ID");
        return;
      case "malformed":
        this.#answer(client, TFTP_ERROR.illegalOperation, "Illegal TFTP operation");
        return;
      case "error":
        // An error is never answered, or two servers would talk for ever.
        return;
    }
  }

  #read(packet: Uint8Array, request: TftpRequest, client: RemoteInfo): void {
    const { file, mode } = request;
    if (mode !== "octet" && mode !== "netascii") {
      this.#refuse(client, file, TFTP_ERROR.illegalOperation, "Unknown transfer mode");
      return;
    }
    const found = this.#deps.file(allowListName(file));
    if (found === null) {
      this.#refuse(client, file, TFTP_ERROR.fileNotFound, "File not found");
      return;
    }
    const bytes = mode === "netascii" ? toNetascii(found) : found;
    const agreement = agreeOnOptions(request, bytes.length);
    if (agreement.kind === "bad-option") {
      this.#refuse(client, file, TFTP_ERROR.badOption, `Bad value of ${agreement.name}`);
      return;
    }
    this.#transfers.start({ request: packet, client, file, bytes, agreement });
  }

  #refuse(client: RemoteInfo, file: string, code: number, why: string): void {
    this.#answer(client, code, why);
    const now = performance.now();
    if (now - this.#refusalsSinceMs > REFUSALS_STRETCH_MS) {
      this.#refusals = 0;
      this.#refusalsSinceMs = now;
    }
    this.#refusals += 1;
    if (this.#refusals <= REFUSALS_TOLD) {
      this.#deps.onEvent({ kind: "refused", address: client.address, file, why });
    } else if (this.#refusals === REFUSALS_TOLD + 1) {
      this.#deps.warn("TFTP: very many requests are refused; not all of them are told.");
    }
  }

  #answer({ address, port }: RemoteInfo, code: number, text: string): void {
    this.#listener.send(encodeError(code, text), port, address);
  }
}

import { blockOf, opcodeOf, parseError, TFTP_OPCODE, type TransferOptions } from "./tftp-packet.ts";

/** How a transfer ended. `completed` also without the last ACK, which many clients never send. */
export type TransferEnd =
  | { readonly kind: "completed" }
  /** The client asked for the size only, or said that it wants no more. */
  | { readonly kind: "aborted" }
  | { readonly kind: "failed"; readonly why: string };

export interface TransferDeps {
  readonly bytes: Uint8Array;
  readonly options: TransferOptions;
  /** Waits for ACK 0 before any DATA; null: none, DATA 1 is the answer. */
  readonly optionAck: Uint8Array | null;
  /** Must be done with the packet on return, or send it later as it then is: full blocks' buffers are used again. */
  readonly send: (packet: Uint8Array) => void;
  readonly nowMs: () => number;
}

/** Without a measured round trip; the clock and its bounds are those of RFC 6298, its floor is Linux TCP's. */
const FIRST_TIMEOUT_MS = 1000;
/** atftp gives up on a second OACK: one that is only slow to answer the first is given time. */
const OPTION_ACK_TIMEOUT_MS = 2000;
/** A request that is repeated after this long is no copy made on the way; clients repeat theirs after a second or more. */
const REPEATED_AFTER_MS = 500;
const SHORTEST_TIMEOUT_MS = 200;
/** Back-off doubles up to this. */
const LONGEST_TIMEOUT_MS = 5000;
/** A client that acknowledges nothing new for this long is gone. */
export const GIVE_UP_AFTER_MS = 30_000;
/** The last ACK may never have been sent: this long the last window is repeated for it. */
export const LAST_ACK_WAIT_MS = 10_000;
/** With a `timeout` of the client's own: as many of those, if that is longer. */
const GIVE_UP_AFTER_TIMEOUTS = 3;
const HEADER_BYTES = 4;

/**
 * Sends one file: the rules of RFC 1350 with options and windows, knowing neither sockets nor timers. Blocks are
 * counted from 1 without end and written modulo 65536, so that numbers roll over to 0.
 */
export class TftpTransfer {
  readonly #bytes: Uint8Array;
  readonly #blksize: number;
  readonly #windowsize: number;
  readonly #optionAck: Uint8Array | null;
  readonly #send: (packet: Uint8Array) => void;
  readonly #nowMs: () => number;
  readonly #fixedTimeoutMs: number | null;
  /** A file that fills its last block ends with an empty one [RFC 1350 §6]. */
  readonly #lastBlock: number;
  /** A buffer for each full block of a window. */
  readonly #slots: Buffer[];
  /**
   * The short last block has its own: a full block that still waits in the socket while its slot is used again goes
   * out as another full block, right in itself, but it must not go out as a short one with a full one's length.
   */
  readonly #lastPacket: Buffer;

  #waitsForAckZero: boolean;
  #acked = 0;
  #sent = 0;
  #sentAtMs = 0;
  #progressAtMs = 0;
  #timeoutMs = FIRST_TIMEOUT_MS;
  #deadlineMs = Number.POSITIVE_INFINITY;
  /** Karn's rule: what was sent twice says nothing of the round trip. */
  #measures = true;
  #roundTripMs: number | null = null;
  #deviationMs = 0;
  #end: TransferEnd | null = null;

  constructor({ bytes, options, optionAck, send, nowMs }: TransferDeps) {
    this.#bytes = bytes;
    this.#blksize = options.blksize;
    this.#windowsize = options.windowsize;
    this.#optionAck = optionAck;
    this.#waitsForAckZero = optionAck !== null;
    this.#send = send;
    this.#nowMs = nowMs;
    this.#fixedTimeoutMs = options.timeoutS === null ? null : options.timeoutS * 1000;
    const firstTimeoutMs = optionAck === null ? FIRST_TIMEOUT_MS : OPTION_ACK_TIMEOUT_MS;
    this.#timeoutMs = this.#fixedTimeoutMs ?? firstTimeoutMs;
    this.#lastBlock = Math.floor(bytes.length / options.blksize) + 1;
    const slots = Math.min(options.windowsize, this.#lastBlock - 1);
    this.#slots = Array.from({ length: slots }, () => dataPacket(options.blksize));
    this.#lastPacket = dataPacket(bytes.length % options.blksize);
    this.#lastPacket.set(bytes.subarray((this.#lastBlock - 1) * options.blksize), HEADER_BYTES);
    this.#lastPacket.writeUInt16BE(this.#lastBlock & 0xffff, 2);
  }

  /** Null while it runs. */
  get end(): TransferEnd | null {
    return this.#end;
  }

  /** Whether the client has acknowledged anything yet. */
  get hasBegun(): boolean {
    return this.#acked > 0 || (this.#optionAck !== null && !this.#waitsForAckZero);
  }

  /** When the client last acknowledged something new, or was first answered. */
  get progressAtMs(): number {
    return this.#progressAtMs;
  }

  /** Answers the request. */
  start(): void {
    this.#progressAtMs = this.#nowMs();
    this.#transmit(this.#progressAtMs);
  }

  /** A packet from the client of this transfer. */
  receive(packet: Uint8Array): void {
    if (this.#end !== null) return;
    switch (opcodeOf(packet)) {
      case TFTP_OPCODE.ack:
        this.#acknowledged(blockOf(packet));
        break;
      case TFTP_OPCODE.error:
        this.#refused(packet);
        break;
      default:
        // Nothing else has a meaning here; a stray copy of the request is no reason to stop.
        break;
    }
  }

  /**
   * The client sent its request once more. Where the OACK was sent a while ago it was lost, and is sent again: atftp
   * repeats its request each second and gives up after six, before a timer that backs off has sent it a third time.
   */
  askedAgain(): void {
    const now = this.#nowMs();
    if (!this.#waitsForAckZero || now - this.#sentAtMs < REPEATED_AFTER_MS) return;
    this.#measures = false;
    this.#transmit(now);
  }

  /** To be called now and then: retransmits and gives up when it is time to. */
  tick(): void {
    if (this.#end !== null) return;
    const now = this.#nowMs();
    if (now < this.#deadlineMs) return;
    if (now - this.#progressAtMs >= this.#patienceMs()) {
      this.#end = this.#everythingIsSent() ? { kind: "completed" } : this.#silence();
      return;
    }
    this.#measures = false;
    if (this.#fixedTimeoutMs === null) {
      this.#timeoutMs = Math.min(this.#timeoutMs * 2, LONGEST_TIMEOUT_MS);
    }
    // Restarts after the last ACK [RFC 7440 §4].
    this.#sent = this.#acked;
    this.#transmit(now);
  }

  #acknowledged(number: number): void {
    if (number < 0) return;
    if (this.#waitsForAckZero) {
      if (number !== 0) return;
      this.#waitsForAckZero = false;
      this.#progress();
      this.#transmit(this.#progressAtMs);
      return;
    }
    const further = (number - this.#acked) & 0xffff;
    // A duplicate or an old ACK never causes DATA, or every packet would soon go out twice (the Sorcerer's Apprentice,
    // RFC 1123 §4.2.3.1): only the timer repeats. One of a block never sent is nobody's.
    if (further === 0 || further > this.#sent - this.#acked) return;
    this.#acked += further;
    this.#progress();
    if (this.#acked === this.#lastBlock) {
      this.#end = { kind: "completed" };
      return;
    }
    // An ACK from within the window tells of a gap: the window begins anew there [RFC 7440 §4].
    if (this.#acked < this.#sent) {
      this.#measures = false;
      this.#sent = this.#acked;
    }
    this.#transmit(this.#progressAtMs);
  }

  /** iPXE and OVMF end their size probes with an ERROR; so does a client that is stopped by its user. */
  #refused(packet: Uint8Array): void {
    const { code, text } = parseError(packet);
    const aborted = !this.hasBegun || (code === 0 && /abort/i.test(text));
    this.#end = aborted
      ? { kind: "aborted" }
      : { kind: "failed", why: `the client ended it: error ${code}${text && `, ${text}`}` };
  }

  #progress(): void {
    const now = this.#nowMs();
    this.#progressAtMs = now;
    if (this.#measures) this.#measure(now - this.#sentAtMs);
    this.#measures = true;
    if (this.#fixedTimeoutMs !== null) return;
    this.#timeoutMs =
      this.#roundTripMs === null
        ? FIRST_TIMEOUT_MS
        : Math.min(
            Math.max(this.#roundTripMs + 4 * this.#deviationMs, SHORTEST_TIMEOUT_MS),
            LONGEST_TIMEOUT_MS,
          );
  }

  /** Smoothed round trip and its deviation [RFC 6298 §2]. */
  #measure(sampleMs: number): void {
    if (this.#roundTripMs === null) {
      this.#roundTripMs = sampleMs;
      this.#deviationMs = sampleMs / 2;
      return;
    }
    this.#deviationMs += (Math.abs(this.#roundTripMs - sampleMs) - this.#deviationMs) / 4;
    this.#roundTripMs += (sampleMs - this.#roundTripMs) / 8;
  }

  /** Sends the OACK, or what the window has room for. */
  #transmit(now: number): void {
    if (this.#waitsForAckZero && this.#optionAck !== null) {
      this.#send(this.#optionAck);
    } else {
      const end = Math.min(this.#acked + this.#windowsize, this.#lastBlock);
      while (this.#sent < end) {
        this.#sent += 1;
        this.#send(this.#packetOf(this.#sent));
      }
    }
    this.#sentAtMs = now;
    this.#deadlineMs = now + this.#timeoutMs;
  }

  #packetOf(block: number): Buffer {
    const slot = this.#slots[block % this.#slots.length];
    if (block === this.#lastBlock || slot === undefined) return this.#lastPacket;
    const from = (block - 1) * this.#blksize;
    slot.set(this.#bytes.subarray(from, from + this.#blksize), HEADER_BYTES);
    slot[2] = (block >> 8) & 0xff;
    slot[3] = block & 0xff;
    return slot;
  }

  #everythingIsSent(): boolean {
    return !this.#waitsForAckZero && this.#sent === this.#lastBlock;
  }

  #patienceMs(): number {
    const least = this.#everythingIsSent() ? LAST_ACK_WAIT_MS : GIVE_UP_AFTER_MS;
    return Math.max(least, GIVE_UP_AFTER_TIMEOUTS * (this.#fixedTimeoutMs ?? 0));
  }

  #silence(): TransferEnd {
    const seconds = Math.round(this.#patienceMs() / 1000);
    return {
      kind: "failed",
      why: this.hasBegun
        ? `the client fell silent after block ${this.#acked} of ${this.#lastBlock}; given up after ${seconds} s`
        : `the client never answered; given up after ${seconds} s. Does a firewall drop UDP from this console's high ports?`,
    };
  }
}

function dataPacket(size: number): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES + size);
  packet[1] = TFTP_OPCODE.data;
  return packet;
}

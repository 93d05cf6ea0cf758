import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import { ack, inWords, request } from "./tftp-wire.ts";

interface Heard {
  readonly packet: Buffer;
  readonly from: { readonly address: string; readonly port: number };
}

/** A client that does just what a test tells it: it answers nothing by itself. */
export class TftpClient {
  readonly heard: Heard[] = [];
  readonly #socket = createSocket("udp4");
  readonly #server: { readonly address: string; readonly port: number };
  #taken = 0;

  constructor(port: number, address = "127.0.0.1") {
    this.#server = { address, port };
    this.#socket.on("message", (packet, from) => this.heard.push({ packet, from }));
  }

  async open(): Promise<this> {
    this.#socket.bind(0, "127.0.0.1");
    await once(this.#socket, "listening");
    return this;
  }

  get port(): number {
    return (this.#socket.address() as AddressInfo).port;
  }

  /** The port of the latest answer: the other end's transfer id. */
  get peer(): number {
    return this.heard.at(-1)?.from.port ?? Number.NaN;
  }

  /** To the listening port, or to a transfer's. */
  send(packet: Uint8Array, port = this.#server.port): void {
    this.#socket.send(packet, port, this.#server.address);
  }

  /** The next answer, in words. */
  async answer(): Promise<string> {
    const at = this.#taken;
    await expect.poll(() => this.heard.length, { interval: 2, timeout: 5000 }).toBeGreaterThan(at);
    this.#taken += 1;
    return inWords(this.heard[at]?.packet ?? Buffer.alloc(2));
  }

  /** Answers that were not asked for yet. */
  get unread(): string[] {
    return this.heard.slice(this.#taken).map(({ packet }) => inWords(packet));
  }

  async ask(packet: Uint8Array, port?: number): Promise<string> {
    this.send(packet, port);
    return this.answer();
  }

  /** Fetches one whole file as an orderly client, at the default block size; asks again when nobody answers. */
  async fetch(file: string): Promise<Buffer> {
    const again = setInterval(() => {
      if (this.heard.length === 0) this.send(request(file));
    }, 1000);
    try {
      this.send(request(file));
      return await this.#receive();
    } finally {
      clearInterval(again);
    }
  }

  async #receive(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const words = await this.answer();
      if (!words.startsWith("DATA")) throw new Error(words);
      const data = this.heard[this.#taken - 1]?.packet ?? Buffer.alloc(4);
      this.send(ack(data.readUInt16BE(2)), this.peer);
      // What comes twice was sent twice because the first ACK was late.
      if (data.readUInt16BE(2) !== ((parts.length + 1) & 0xffff)) continue;
      parts.push(data.subarray(4));
      if (data.length < 516) return Buffer.concat(parts);
    }
  }

  close(): void {
    this.#socket.close();
  }
}

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

  /** Fetches a whole file as an orderly client, at the default block size. */
  async fetch(file: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    let packet: Uint8Array = request(file);
    let port: number | undefined;
    for (;;) {
      const words = await this.ask(packet, port);
      if (!words.startsWith("DATA")) throw new Error(words);
      const data = this.heard[this.#taken - 1]?.packet ?? Buffer.alloc(4);
      const block = data.readUInt16BE(2);
      parts.push(data.subarray(4));
      packet = ack(block);
      port = this.peer;
      if (data.length < 516) break;
    }
    this.send(packet, port);
    return Buffer.concat(parts);
  }

  close(): void {
    this.#socket.close();
  }
}

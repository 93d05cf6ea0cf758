import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** Of QEMU's monitor protocol, what is read here. */
interface QmpMessage {
  readonly QMP?: object;
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly timestamp?: { readonly seconds: number; readonly microseconds: number };
}

export interface QmpEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** QEMU answers its monitor within milliseconds even while the guest is slow. */
const ANSWER_TIMEOUT_MS = 30_000;

/** A connection to the monitor of a virtual machine (QEMU Machine Protocol over a unix socket). */
export class Qmp {
  readonly events: QmpEvent[] = [];
  readonly #socket: Socket;
  readonly #messages = new EventEmitter();
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // A machine that ends closes its monitor, which is no error.
    socket.on("error", () => {});
    createInterface({ input: socket }).on("line", (line) => this.#read(line));
  }

  static async connect(path: string): Promise<Qmp> {
    const socket = connect(path);
    await once(socket, "connect");
    const qmp = new Qmp(socket);
    await qmp.execute("qmp_capabilities");
    return qmp;
  }

  async execute<T = unknown>(command: string, args: object = {}): Promise<T> {
    this.#lastId += 1;
    const id = this.#lastId;
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const answered = once(this.#messages, `answer-${id}`, { signal });
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    const [message] = (await answered) as [QmpMessage];
    if (message.error !== undefined) throw new Error(`QMP ${command}: ${message.error.desc}`);
    return message.return as T;
  }

  /** A command of the human monitor, for what QMP has no command of its own. */
  async human(line: string): Promise<string> {
    return this.execute<string>("human-monitor-command", { "command-line": line });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(line: string): void {
    const message = JSON.parse(line) as QmpMessage;
    if (message.id !== undefined) this.#messages.emit(`answer-${message.id}`, message);
    if (message.event === undefined) return;
    const { seconds = 0, microseconds = 0 } = message.timestamp ?? {};
    this.events.push({
      name: message.event,
      data: message.data ?? {},
      at: new Date(seconds * 1000 + microseconds / 1000),
    });
  }
}

import { createSocket, type Socket } from "node:dgram";
import { createInterface } from "node:readline";

// A client's sockets in a namespace. Takes lines of JSON, `{bind: [ADDRESS, PORT]}` or
// `{from: PORT, to: [ADDRESS, PORT], hex}`, and prints what it did and what arrived.

const sockets = new Map<number, Socket>();
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

interface Command {
  readonly bind?: [string, number];
  readonly from?: number;
  readonly to?: [string, number];
  readonly hex?: string;
}

createInterface(process.stdin).on("line", (line) => {
  const { bind, from, to, hex } = JSON.parse(line) as Command;
  if (bind !== undefined) {
    const [address, port] = bind;
    const socket = createSocket("udp4");
    socket.on("message", (bytes, { address: source, port: sourcePort }) =>
      print({ kind: "received", on: port, source, sourcePort, hex: bytes.toString("hex") }),
    );
    socket.bind(port, address, () => {
      socket.setBroadcast(true);
      sockets.set(port, socket);
      print({ kind: "bound", port });
    });
  }
  if (from !== undefined && to !== undefined && hex !== undefined) {
    const [address, port] = to;
    sockets.get(from)?.send(Buffer.from(hex, "hex"), port, address, (error) => {
      if (error !== null) print({ kind: "failed", text: error.message });
    });
  }
});

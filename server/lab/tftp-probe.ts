import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";

/** A server on the same wire answers within milliseconds; one that has to look at a slow disk gets this long, in ms. */
const TFTP_PATIENCE_MS = 500;
/** Opcodes and the code for "not defined, see message" [RFC 1350 section 5]. */
const OPCODE = { readRequest: 1, error: 5 } as const;

/**
 * Asks for a file that cannot be there: whoever answers, if only with an error, speaks TFTP.
 * @returns those of the addresses that answered; settles within a second
 */
export function probeTftp(
  from: string,
  addresses: readonly string[],
  { port = 69, patienceMs = TFTP_PATIENCE_MS }: { port?: number; patienceMs?: number } = {},
): Promise<string[]> {
  const waiting = new Set(addresses);
  if (waiting.size === 0) return Promise.resolve([]);
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const end = () => {
      clearTimeout(timer);
      socket.close();
      resolve(addresses.filter((address) => !waiting.has(address)));
    };
    const timer = setTimeout(end, patienceMs);
    // Whatever keeps it from being asked: no answer was heard.
    socket.once("error", end);
    socket.on("message", (message, { address, port: transfer }) => {
      if (!waiting.delete(address)) return;
      // A server that has a file for every name must not send it.
      const abort = message.readUInt16BE(0) !== OPCODE.error;
      if (abort) socket.send(Buffer.from([0, OPCODE.error, 0, 0, 0]), transfer, address);
      if (waiting.size === 0) setImmediate(end);
    });
    socket.bind({ port: 0, address: from }, () => {
      const name = `vetting-doctor-${randomBytes(6).toString("hex")}`;
      const request = Buffer.from(`\0${String.fromCharCode(OPCODE.readRequest)}${name}\0octet\0`);
      for (const address of waiting) socket.send(request, port, address, () => {});
    });
  });
}

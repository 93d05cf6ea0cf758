import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface BoundSocket {
  /** Dotted IPv4; null for an IPv6 socket. */
  readonly address: string | null;
  readonly port: number;
  readonly inode: string;
}
export interface SocketOwner {
  readonly pid: number;
  readonly name: string;
}

/** TCP state LISTEN and UDP state "bound, not connected" in /proc/net [include/net/tcp_states.h]. */
const WAITING_STATES = { tcp: "0A", udp: "07" } as const;

/** Reads the lines of /proc/net/tcp, tcp6, udp or udp6 for sockets that wait for someone to come. */
export function parseSocketTable(text: string, protocol: "tcp" | "udp"): BoundSocket[] {
  return text.split("\n").flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const match = /^([0-9A-F]+):([0-9A-F]{4})$/.exec(local ?? "");
    if (match === null || state !== WAITING_STATES[protocol] || inode === undefined) return [];
    const [, hex = "", port = ""] = match;
    return [{ address: ipv4(hex), port: Number.parseInt(port, 16), inode }];
  });
}

/** The kernel prints the address as one little-endian number. */
function ipv4(hex: string): string | null {
  if (hex.length !== 8) return null;
  return [...Buffer.from(hex, "hex")].reverse().join(".");
}

/** Sockets that wait on this machine. Empty where there is no /proc: then nothing is known, not nothing bound. */
export function boundSockets(protocol: "tcp" | "udp"): BoundSocket[] {
  return [protocol, `${protocol}6`].flatMap((table) =>
    parseSocketTable(readOrEmpty(`/proc/net/${table}`), protocol),
  );
}

/** Who has the port, as far as this user may see: other users' processes show only to root. */
export function ownerOfPort(protocol: "tcp" | "udp", port: number): SocketOwner | null {
  const inodes = new Set(
    boundSockets(protocol)
      .filter((socket) => socket.port === port)
      .map(({ inode }) => `socket:[${inode}]`),
  );
  if (inodes.size === 0) return null;
  const pid = namesIn("/proc")
    .filter((name) => /^\d+$/.test(name))
    .find((candidate) =>
      namesIn(`/proc/${candidate}/fd`).some((fd) =>
        inodes.has(linkOrEmpty(`/proc/${candidate}/fd/${fd}`)),
      ),
    );
  if (pid === undefined) return null;
  return { pid: Number(pid), name: readOrEmpty(`/proc/${pid}/comm`).trim() };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function linkOrEmpty(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}

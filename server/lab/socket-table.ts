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
  /** Program and arguments; empty where they cannot be read. */
  readonly commandLine?: readonly string[];
  /** The systemd unit that it belongs to: `tftpd-hpa.service`. */
  readonly unit?: string | null;
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
  return ownersOfPort(protocol, port)[0] ?? null;
}

/** All who have the port: UDP sockets may share one. */
export function ownersOfPort(protocol: "tcp" | "udp", port: number): SocketOwner[] {
  const inodes = new Set(
    boundSockets(protocol)
      .filter((socket) => socket.port === port)
      .map(({ inode }) => `socket:[${inode}]`),
  );
  if (inodes.size === 0) return [];
  return namesIn("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      namesIn(`/proc/${pid}/fd`).some((fd) => inodes.has(linkOrEmpty(`/proc/${pid}/fd/${fd}`))),
    )
    .map(ownerWithPid);
}

function ownerWithPid(pid: string): SocketOwner {
  return {
    pid: Number(pid),
    name: readOrEmpty(`/proc/${pid}/comm`).trim(),
    commandLine: readOrEmpty(`/proc/${pid}/cmdline`).split("\0").filter(Boolean),
    unit: unitInCgroup(readOrEmpty(`/proc/${pid}/cgroup`)),
  };
}

/** The innermost systemd unit in /proc/PID/cgroup; null outside one. */
export function unitInCgroup(text: string): string | null {
  const units = text.match(/[\w@:.\\-]+\.(?:service|scope)(?=\/|$)/gm) ?? [];
  return units.at(-1) ?? null;
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

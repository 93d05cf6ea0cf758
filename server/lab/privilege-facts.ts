import { readFileSync } from "node:fs";
import { unitInCgroup } from "./socket-table.ts";

/** What this process may do with low ports. */
export interface PrivilegeFacts {
  readonly platform: NodeJS.Platform;
  /** May it bind any port? Linux: CAP_NET_BIND_SERVICE. Null where the system has no such thing or does not tell. */
  readonly mayBindLowPorts: boolean | null;
  /** Linux: the lowest port that every user may bind; null elsewhere. */
  readonly unprivilegedPortStart: number | null;
  /** The system service of systemd that this console runs as; null for one started by hand. */
  readonly unit: string | null;
}

/** CAP_NET_BIND_SERVICE [capabilities(7), include/uapi/linux/capability.h]. */
const NET_BIND_SERVICE_BIT = 10n;

/** Below it a port is privileged unless the system says otherwise [ip(7), ip_unprivileged_port_start]. */
export const FIRST_UNPRIVILEGED_PORT = 1024;

export function readPrivilege(
  platform: NodeJS.Platform = process.platform,
  read: (file: string) => string | null = readOrNull,
): PrivilegeFacts {
  if (platform !== "linux") {
    const mayBindLowPorts = platform === "win32" ? true : process.getuid?.() === 0;
    return { platform, mayBindLowPorts, unprivilegedPortStart: null, unit: null };
  }
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(read("/proc/self/status") ?? "")?.[1];
  const start = Number.parseInt(read("/proc/sys/net/ipv4/ip_unprivileged_port_start") ?? "", 10);
  const cgroup = read("/proc/self/cgroup") ?? "";
  // A terminal's own shell lives in a unit too, below the user's slice.
  const unit = cgroup.includes("/user.slice/") ? null : unitInCgroup(cgroup);
  return {
    platform,
    mayBindLowPorts:
      hex === undefined ? null : ((BigInt(`0x${hex}`) >> NET_BIND_SERVICE_BIT) & 1n) === 1n,
    unprivilegedPortStart: Number.isNaN(start) ? null : start,
    unit: unit?.endsWith(".service") === true ? unit : null,
  };
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

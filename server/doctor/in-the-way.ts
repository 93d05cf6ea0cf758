import type { BindPlace } from "../lab/bind-port.ts";
import type { PrivilegeFacts } from "../lab/privilege-facts.ts";
import type { SocketOwner } from "../lab/socket-table.ts";
import { privilegeMend } from "./check-privilege.ts";
import { portHolder } from "./port-holder.ts";

/** Says what keeps a port from being bound, and how to mend it. */
export function inTheWay(
  { protocol, port }: BindPlace,
  code: string,
  option: string,
  owners: readonly SocketOwner[],
  privilege: PrivilegeFacts,
): { detail: string; mend: string } {
  const name = `${protocol.toUpperCase()} ${port}`;
  if (code === "EADDRINUSE")
    return occupied(name, protocol, port, option, owners, privilege.platform);
  if (code === "EACCES") {
    return privilegeMend(privilege, [port], `This user may not bind ${name}.`);
  }
  if (code === "EADDRNOTAVAIL") {
    return {
      detail: `${name} cannot be bound: the lab address is on no interface of this machine.`,
      mend: "npm start -- --lab-address IP",
    };
  }
  return { detail: `${name} cannot be bound (${code}).`, mend: `npm start -- ${option} PORT` };
}

function occupied(
  name: string,
  protocol: "tcp" | "udp",
  port: number,
  option: string,
  [owner]: readonly SocketOwner[],
  platform: NodeJS.Platform,
): { detail: string; mend: string } {
  // Firmware knows these ports by heart; only the lab port is ours to choose.
  const elsewhere = protocol === "tcp" ? ` Another port can be chosen with ${option}.` : "";
  if (owner === undefined) {
    const flags = protocol === "udp" ? "-lunp" : "-ltnp";
    const look =
      platform === "linux"
        ? `sudo ss ${flags} 'sport = :${port}'`
        : platform === "win32"
          ? `netstat -abno -p ${protocol.toUpperCase()}`
          : `sudo lsof -nP -i${protocol.toUpperCase()}:${port}`;
    const detail = `${name} is taken by another program, which this user may not see; the command names it.${elsewhere}`;
    return { detail, mend: look };
  }
  const { who, mend, advice } = portHolder(owner, protocol, port);
  const detail = [`${name} is taken by ${who}.`, advice ?? ""].filter(Boolean).join(" ");
  return { detail: `${detail}${elsewhere}`, mend };
}

import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { DoctorCheck } from "../../contract/console-api.ts";
import { ownerOfPort, type SocketOwner } from "../lab/socket-table.ts";
import type { DoctorDeps } from "./doctor-deps.ts";

type Protocol = "tcp" | "udp";

/** The port on which hosts reach the console. */
export async function checkLabPort({
  config,
  ownPorts,
}: Pick<DoctorDeps, "config" | "ownPorts">): Promise<DoctorCheck> {
  const check = { id: "port-tcp-lab", title: "Lab port (TCP)" };
  const { address, httpPort } = config.lab;
  const own = ownPorts().lab;
  if (own !== null) {
    return { ...check, status: "ok", detail: `The console listens on TCP ${own}.`, mend: null };
  }
  if (address === null) {
    const detail = "Without a lab address the console does not listen for hosts.";
    return { ...check, status: "warn", detail, mend: null };
  }
  const error = await bindError("tcp", httpPort, address);
  if (error === null) {
    const detail = `TCP ${httpPort} on ${address} is free, and the console does not listen on it yet.`;
    return { ...check, status: "warn", detail, mend: "npm start" };
  }
  return { ...check, status: "fail", ...inTheWay("tcp", httpPort, error, "--lab-port") };
}

/** What the netboot services need. They are not part of this version; whether they could bind is told all the same. */
export async function checkUdpPorts({
  config,
  ownPorts,
}: Pick<DoctorDeps, "config" | "ownPorts">): Promise<DoctorCheck[]> {
  const { proxyDhcp, tftp, dhcpPort, pxePort, tftpPort } = config.lab;
  const own = ownPorts();
  const checks: DoctorCheck[] = [];
  // One after the other: two checks that try the same port must not find each other.
  for (const { key, title, port, on, bound, option } of [
    { key: "dhcp", title: "ProxyDHCP", port: dhcpPort, on: proxyDhcp, bound: own.dhcp },
    { key: "pxe", title: "PXE boot server", port: pxePort, on: proxyDhcp, bound: own.pxe },
    { key: "tftp", title: "TFTP", port: tftpPort, on: tftp, bound: own.tftp },
  ].map((service) => ({ ...service, option: `--${service.key}-port` }))) {
    const check = { id: `port-udp-${key}`, title: `${title} port (UDP)` };
    checks.push(await checkUdpPort(check, port, on, bound, option));
  }
  return checks;
}

const NOT_YET = "The netboot services are not part of this version, so nothing uses it yet.";

async function checkUdpPort(
  check: Pick<DoctorCheck, "id" | "title">,
  port: number,
  on: boolean,
  bound: number | null,
  option: string,
): Promise<DoctorCheck> {
  if (!on) {
    return { ...check, status: "ok", detail: "Switched off in the configuration.", mend: null };
  }
  if (bound !== null) {
    return { ...check, status: "ok", detail: `The console listens on UDP ${bound}.`, mend: null };
  }
  const error = await bindError("udp", port, "0.0.0.0");
  if (error === null) {
    const free = port === 0 ? "A free UDP port would be taken." : `UDP ${port} can be bound.`;
    return { ...check, status: "ok", detail: `${free} ${NOT_YET}`, mend: null };
  }
  const { detail, mend } = inTheWay("udp", port, error, option);
  return { ...check, status: "warn", detail: `${detail} ${NOT_YET}`, mend };
}

/** Binds for an instant. @returns the system's error code, or null when it can be bound. */
export function bindError(
  protocol: Protocol,
  port: number,
  address: string,
): Promise<string | null> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message);
    if (protocol === "tcp") {
      const server = createServer();
      server.once("error", failed);
      server.listen({ port, host: address, exclusive: true }, () =>
        server.close(() => resolve(null)),
      );
      return;
    }
    const socket = createSocket("udp4");
    socket.once("error", (error) => {
      socket.close();
      failed(error);
    });
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}

/** Says what keeps a port from being bound, and how to mend it. */
export function inTheWay(
  protocol: Protocol,
  port: number,
  code: string,
  option: string,
  owner: (protocol: Protocol, port: number) => SocketOwner | null = ownerOfPort,
  platform: NodeJS.Platform = process.platform,
): { detail: string; mend: string } {
  const name = `${protocol.toUpperCase()} ${port}`;
  if (code === "EADDRINUSE") return occupied(protocol, port, option, owner(protocol, port));
  if (code === "EACCES" && platform === "linux") {
    return {
      detail: `${name} is a privileged port and this user may not bind it.`,
      mend: `sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${Math.min(port, 67)}`,
    };
  }
  if (code === "EACCES") {
    return {
      detail: `This user may not bind ${name}.`,
      mend: `Start the console as administrator, or with ${option} and a port above 1023`,
    };
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
  protocol: Protocol,
  port: number,
  option: string,
  owner: SocketOwner | null,
): { detail: string; mend: string } {
  const name = `${protocol.toUpperCase()} ${port}`;
  if (owner === null) {
    const flags = protocol === "udp" ? "-lunp" : "-ltnp";
    return {
      detail: `${name} is taken by another program, which this user may not see.`,
      mend: `sudo ss ${flags} 'sport = :${port}'`,
    };
  }
  return {
    detail: `${name} is taken by ${owner.name} (process ${owner.pid}). Stop it, or choose another port with ${option}.`,
    mend: `sudo kill ${owner.pid}`,
  };
}

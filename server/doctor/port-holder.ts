import type { SocketOwner } from "../lab/socket-table.ts";

/** Who holds a port, in a technician's words, and what makes them let go. */
export interface PortHolder {
  /** `dnsmasq of libvirt's network default (process 812)` */
  readonly who: string;
  readonly mend: string;
  /** What must be known before the mend is used. */
  readonly advice?: string;
}

/** Programs that are known to sit on these ports, with the service that Debian and its kin start them as. */
const SERVICES: Readonly<Record<string, { what: string; unit: string }>> = {
  dhcpd: { what: "the DHCP server of ISC", unit: "isc-dhcp-server.service" },
  "kea-dhcp4": { what: "the DHCP server Kea", unit: "kea-dhcp4-server.service" },
  "in.tftpd": { what: "the TFTP server tftpd-hpa", unit: "tftpd-hpa.service" },
  atftpd: { what: "the TFTP server atftpd", unit: "atftpd.service" },
  dnsmasq: { what: "dnsmasq", unit: "dnsmasq.service" },
};

/** Names the holder and its mend. Pure: looks at nothing but what it is given. */
export function portHolder(owner: SocketOwner, protocol: "tcp" | "udp", port: number): PortHolder {
  return (
    dnsmasqOfOthers(owner) ??
    ownDnsmasq(owner, protocol, port) ??
    networkd(owner) ??
    container(owner) ??
    anotherConsole(owner) ??
    byUnit(owner, protocol, port) ??
    byName(owner)
  );
}

/** dnsmasq is run by programs that set up networks of their own; stopping the process alone brings it back. */
function dnsmasqOfOthers(owner: SocketOwner): PortHolder | null {
  if (owner.name !== "dnsmasq") return null;
  const line = (owner.commandLine ?? []).join(" ");
  const libvirt = /\/libvirt\/dnsmasq\/([\w.-]+)\.conf/.exec(line)?.[1];
  if (libvirt !== undefined) {
    return {
      who: `dnsmasq of libvirt's network ${libvirt} (process ${owner.pid})`,
      mend: `sudo virsh net-destroy ${libvirt}`,
      advice: `To keep it from coming back at the next boot: sudo virsh net-autostart ${libvirt} --disable.`,
    };
  }
  if (line.includes("/NetworkManager/")) {
    return {
      who: `dnsmasq of a connection that NetworkManager shares (process ${owner.pid})`,
      mend: "nmcli -f NAME,DEVICE,TYPE connection show --active",
      advice: "Take the shared one down with: nmcli connection down NAME.",
    };
  }
  const tool = /\/(lxd|incus)\//.exec(line)?.[1];
  const bridge = /--interface=([\w.-]+)/.exec(line)?.[1];
  if (tool === undefined || bridge === undefined) return null;
  return {
    who: `dnsmasq of the ${tool} network ${bridge} (process ${owner.pid})`,
    mend: `${tool === "lxd" ? "lxc" : "incus"} network set ${bridge} ipv4.dhcp=false`,
  };
}

/** A dnsmasq that may well be the lab's own DHCP server, which must not be stopped. */
function ownDnsmasq(owner: SocketOwner, protocol: "tcp" | "udp", port: number): PortHolder | null {
  if (owner.name !== "dnsmasq" || protocol !== "udp" || port !== 67) return null;
  return {
    who: `dnsmasq (process ${owner.pid})`,
    mend: "echo bind-interfaces | sudo tee /etc/dnsmasq.d/vetting.conf && sudo systemctl restart dnsmasq.service",
    advice:
      "If it is the lab's own DHCP server, let it share the port (bind-interfaces), as the mend does; if nobody needs it, stop it with: sudo systemctl disable --now dnsmasq.service.",
  };
}

function networkd(owner: SocketOwner): PortHolder | null {
  if (!owner.name.startsWith("systemd-network")) return null;
  return {
    who: `the DHCP server of systemd-networkd (process ${owner.pid})`,
    mend: "sudo sed -i 's/^DHCPServer=.*/DHCPServer=no/' $(grep -rl '^DHCPServer=' /etc/systemd/network) && sudo networkctl reload",
    advice: "Do not stop systemd-networkd itself: this machine's network goes with it.",
  };
}

function container({ pid, name, unit, commandLine = [] }: SocketOwner): PortHolder | null {
  const id = /^docker-([0-9a-f]{12})[0-9a-f]*\.scope$/.exec(unit ?? "")?.[1];
  if (id !== undefined) {
    return {
      who: `${name} in a Docker container (process ${pid})`,
      mend: `sudo docker stop ${id}`,
    };
  }
  if (name !== "docker-proxy") return null;
  const port = commandLine[commandLine.indexOf("-host-port") + 1] ?? "";
  return {
    who: `a Docker container that publishes it (process ${pid})`,
    mend: `sudo docker stop $(sudo docker ps -q --filter publish=${port})`,
  };
}

/** Does this process look like a Vetting console? */
export function isConsole({ commandLine = [] }: Pick<SocketOwner, "commandLine">): boolean {
  return commandLine.some((it) => /(^|\/)server\/main\.ts$|(^|\/)vetting$/.test(it));
}

function anotherConsole(owner: SocketOwner): PortHolder | null {
  if (!isConsole(owner)) return null;
  const { pid } = owner;
  return {
    who: `another Vetting console (process ${pid})`,
    mend: `kill ${pid}`,
    advice: "One console a lab is enough: use that one, or stop it.",
  };
}

function byUnit(
  { pid, name, unit }: SocketOwner,
  protocol: "tcp" | "udp",
  port: number,
): PortHolder | null {
  if (pid === 1) {
    return {
      who: "systemd, which starts a service when somebody asks (a .socket unit)",
      mend: `systemctl list-sockets --no-legend | grep ':${port}'`,
      advice: `Stop the unit that it names with: sudo systemctl disable --now NAME.socket${protocol === "udp" && port === 69 ? " (often tftp.socket)" : ""}.`,
    };
  }
  // A user's own services and sessions are not the system's to stop.
  if (unit == null || !unit.endsWith(".service") || unit.startsWith("user@")) return null;
  const what = SERVICES[name]?.what ?? name;
  return { who: `${what} (${unit}, process ${pid})`, mend: `sudo systemctl disable --now ${unit}` };
}

function byName({ pid, name }: SocketOwner): PortHolder {
  const known = SERVICES[name];
  if (known !== undefined) {
    const mend = `sudo systemctl disable --now ${known.unit} || sudo kill ${pid}`;
    return { who: `${known.what} (process ${pid})`, mend };
  }
  if (name === "bootpd") {
    return {
      who: `macOS Internet Sharing (bootpd, process ${pid})`,
      mend: "Switch Internet Sharing off in System Settings, General, Sharing",
    };
  }
  if (/^svchost(\.exe)?$/i.test(name)) {
    return {
      who: `a service of Windows (process ${pid}), most likely Internet Connection Sharing, which Hyper-V's Default Switch uses too`,
      mend: "Stop-Service SharedAccess -Force; Set-Service SharedAccess -StartupType Disabled",
    };
  }
  return { who: `${name} (process ${pid})`, mend: `sudo kill ${pid}` };
}

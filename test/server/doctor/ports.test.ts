import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { privilegeMend } from "../../../server/doctor/check-privilege.ts";
import { inTheWay } from "../../../server/doctor/in-the-way.ts";
import { portHolder } from "../../../server/doctor/port-holder.ts";
import { thisMachine } from "../../../server/doctor/this-machine.ts";
import { bindError } from "../../../server/lab/bind-port.ts";
import type { PrivilegeFacts } from "../../../server/lab/privilege-facts.ts";
import type { SocketOwner } from "../../../server/lab/socket-table.ts";
import { check, healthy, LAB_ADDRESS } from "./healthy.ts";

const NONE = { lab: null, dhcp: null, pxe: null, tftp: null };
const USER: PrivilegeFacts = {
  ...{ platform: "linux", mayBindLowPorts: false, unprivilegedPortStart: 1024, unit: null },
};
const DNSMASQ = { pid: 812, name: "dnsmasq", commandLine: ["/usr/sbin/dnsmasq"], unit: null };

describe("a real port", () => {
  test("of TCP that another program has is named with its owner", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { bindError: bind, ownersOfPort } = thisMachine();
    const row = await check("port-tcp-lab", {
      config: { lab: { address: "127.0.0.1", httpPort: port } },
      deps: { ownPorts: () => NONE, bindError: bind, ownersOfPort },
    });
    expect(row.status).toBe("fail");
    expect(row.detail).toContain(`TCP ${port} is taken by`);
    expect(row.detail).toContain(`process ${process.pid}`);
    expect(row.mend).not.toBeNull();
  });

  test("that can be bound is left free again", async () => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address();
    const place = { protocol: "udp", port, address: "127.0.0.1" } as const;
    expect(await bindError(place)).toBe("EADDRINUSE");
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    expect(await bindError(place)).toBeNull();
    expect(await bindError(place)).toBeNull();
  });

  test("on an address that this machine does not have cannot be bound", async () => {
    const place = { protocol: "tcp", port: 0, address: "192.0.2.254" } as const;
    expect(await bindError(place)).toBe("EADDRNOTAVAIL");
  });

  test("is not found taken by the doctor's own second look at the same moment", async () => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    const { bindError: bind } = thisMachine();
    const place = { protocol: "udp", port, address: "127.0.0.1" } as const;
    expect(await Promise.all(Array.from({ length: 20 }, () => bind(place)))).toEqual(
      Array(20).fill(null),
    );
  });
});

describe("a UDP service", () => {
  test("that has its port is ok, whatever else is on it", async () => {
    const row = await check("port-udp-dhcp", {
      deps: { ownersOfPort: async () => [DNSMASQ], bindError: async () => "EADDRINUSE" },
    });
    expect(row).toMatchObject({ status: "ok", detail: "The console listens on UDP 67." });
  });

  test("that is switched off is not tried", async () => {
    const row = await check("port-udp-tftp", {
      config: { lab: { tftp: false } },
      deps: { ownPorts: () => NONE, bindError: async () => "EACCES" },
    });
    expect(row).toMatchObject({ status: "ok", detail: "Switched off in the configuration." });
  });

  test("that could not bind fails, names the owner, the mend, and what a host misses", async () => {
    const row = await check("port-udp-tftp", {
      deps: {
        ownPorts: () => NONE,
        bindError: async () => "EADDRINUSE",
        ownersOfPort: async () => [
          { pid: 9, name: "in.tftpd", commandLine: [], unit: "tftpd-hpa.service" },
        ],
      },
    });
    expect(row.status).toBe("fail");
    expect(row.detail).toBe(
      "UDP 69 is taken by the TFTP server tftpd-hpa (tftpd-hpa.service, process 9). Until then no host can load its boot loader.",
    );
    expect(row.mend).toBe("sudo systemctl disable --now tftpd-hpa.service");
  });

  test("whose port has become free since warns: restart", async () => {
    const row = await check("port-udp-pxe", { deps: { ownPorts: () => NONE } });
    expect(row).toMatchObject({ status: "warn", mend: "npm start" });
    expect(row.detail).toContain("UDP 4011 is free now");
  });

  test("waits for a lab address without being found fault with", async () => {
    const row = await check("port-udp-pxe", {
      config: { lab: { address: null } },
      deps: { ownPorts: () => NONE },
    });
    expect(row).toMatchObject({ status: "ok", detail: "UDP 4011 can be bound." });
  });

  test("is tried as it binds: 67 shared on all addresses, 69 and 4011 alone on the lab's", async () => {
    const tried: unknown[] = [];
    const deps = {
      ownPorts: () => null,
      bindError: async (place: unknown) => {
        tried.push(place);
        return null;
      },
    };
    await check("address", { deps });
    expect(tried).toEqual([
      { protocol: "tcp", port: 8421, address: LAB_ADDRESS },
      { protocol: "udp", port: 67, address: "0.0.0.0", shared: true },
      { protocol: "udp", port: 4011, address: LAB_ADDRESS, shared: false },
      { protocol: "udp", port: 69, address: LAB_ADDRESS, shared: false },
    ]);
    tried.length = 0;
    await check("address", { deps: { ...deps, platform: "darwin" } });
    expect(tried).toContainEqual({
      ...{ protocol: "udp", port: 67, address: "0.0.0.0", shared: false },
    });
  });

  test("may share port 67 with libvirt's dnsmasq, which shares it too", async () => {
    const owner = {
      ...DNSMASQ,
      commandLine: ["dnsmasq", "--conf-file=/var/lib/libvirt/dnsmasq/default.conf"],
    };
    const row = await check("port-udp-dhcp", {
      deps: { ownPorts: () => null, ownersOfPort: async () => [owner] },
    });
    expect(row.status).toBe("ok");
    expect(row.detail).toContain("shared with dnsmasq of libvirt's network default (process 812)");
  });

  test("never shares with another Vetting: both would answer the same hosts", async () => {
    const other = { pid: 77, name: "node", commandLine: ["node", "/opt/v/server/main.ts"] };
    const row = await check("port-udp-dhcp", {
      deps: { ownPorts: () => null, ownersOfPort: async () => [other] },
    });
    expect(row).toMatchObject({ status: "fail", mend: "kill 77" });
    expect(row.detail).toContain("another Vetting console (process 77)");
  });
});

describe("beside a running console", () => {
  const running = {
    ownPorts: () => null,
    otherConsole: () => 77,
    bindError: async () => "EADDRINUSE",
    ownersOfPort: async () => [
      { pid: 77, name: "node", commandLine: ["node", "server/main.ts"], unit: null },
    ],
  };

  test.each(["port-tcp-lab", "port-udp-dhcp", "port-udp-pxe", "port-udp-tftp"])(
    "its %s is ours and in order",
    async (id) => {
      const row = await check(id, { deps: running });
      expect(row.status).toBe("ok");
      expect(row.detail).toContain("The running console (process 77) listens on");
    },
  );

  test("another program's port is still another's", async () => {
    const row = await check("port-udp-tftp", { deps: { ...running, otherConsole: () => 78 } });
    expect(row.status).toBe("fail");
  });
});

describe("the lab port", () => {
  test("that is free but not listened on warns; without a console it can be bound", async () => {
    expect(await check("port-tcp-lab", { deps: { ownPorts: () => NONE } })).toMatchObject({
      ...{ status: "warn", mend: "npm start" },
    });
    expect(await check("port-tcp-lab", { deps: { ownPorts: () => null } })).toMatchObject({
      ...{ status: "ok", detail: "TCP 8421 on 10.20.0.1 can be bound." },
    });
  });
});

describe("who has a port is named with the mend that fits", () => {
  const dnsmasq = (argument: string, unit: string | null = null): SocketOwner => ({
    ...DNSMASQ,
    commandLine: ["dnsmasq", argument],
    unit,
  });
  const of = (name: string, unit: string | null = null, ...commandLine: string[]): SocketOwner => ({
    ...{ pid: 812, name, unit, commandLine },
  });

  test.each<[string, SocketOwner, number, string, string]>([
    [
      "libvirt's dnsmasq",
      dnsmasq("--conf-file=/var/lib/libvirt/dnsmasq/lab-net.conf"),
      67,
      "dnsmasq of libvirt's network lab-net (process 812)",
      "sudo virsh net-destroy lab-net",
    ],
    [
      "NetworkManager's dnsmasq",
      dnsmasq("--conf-dir=/etc/NetworkManager/dnsmasq-shared.d"),
      67,
      "dnsmasq of a connection that NetworkManager shares (process 812)",
      "nmcli -f NAME,DEVICE,TYPE connection show --active",
    ],
    [
      "LXD's dnsmasq",
      of("dnsmasq", null, "dnsmasq", "--interface=lxdbr0", "--dhcp-leasefile=/var/lib/lxd/x"),
      67,
      "dnsmasq of the lxd network lxdbr0 (process 812)",
      "lxc network set lxdbr0 ipv4.dhcp=false",
    ],
    [
      "the lab's own dnsmasq, which must live on",
      dnsmasq("-k", "dnsmasq.service"),
      67,
      "dnsmasq (process 812)",
      "echo bind-interfaces | sudo tee /etc/dnsmasq.d/vetting.conf && sudo systemctl restart dnsmasq.service",
    ],
    [
      "dnsmasq as a TFTP server",
      dnsmasq("-k", "dnsmasq.service"),
      69,
      "dnsmasq (dnsmasq.service, process 812)",
      "sudo systemctl disable --now dnsmasq.service",
    ],
    [
      "systemd-networkd, which must not be stopped",
      of("systemd-network", "systemd-networkd.service"),
      67,
      "the DHCP server of systemd-networkd (process 812)",
      "sudo sed -i 's/^DHCPServer=.*/DHCPServer=no/' $(grep -rl '^DHCPServer=' /etc/systemd/network) && sudo networkctl reload",
    ],
    [
      "ISC's server",
      of("dhcpd", "isc-dhcp-server.service"),
      67,
      "the DHCP server of ISC (isc-dhcp-server.service, process 812)",
      "sudo systemctl disable --now isc-dhcp-server.service",
    ],
    [
      "tftpd-hpa started by hand",
      of("in.tftpd"),
      69,
      "the TFTP server tftpd-hpa (process 812)",
      "sudo systemctl disable --now tftpd-hpa.service || sudo kill 812",
    ],
    [
      "a socket unit",
      { ...of("systemd", "init.scope"), pid: 1 },
      69,
      "systemd, which starts a service when somebody asks (a .socket unit)",
      "systemctl list-sockets --no-legend | grep ':69'",
    ],
    [
      "a Docker container",
      of("dnsmasq-x", "docker-0123456789abcdef0123.scope"),
      69,
      "dnsmasq-x in a Docker container (process 812)",
      "sudo docker stop 0123456789ab",
    ],
    [
      "a published Docker port",
      of("docker-proxy", "docker.service", "/usr/bin/docker-proxy", "-host-port", "69"),
      69,
      "a Docker container that publishes it (process 812)",
      "sudo docker stop $(sudo docker ps -q --filter publish=69)",
    ],
    [
      "another Vetting",
      of("node", "vetting.service", "node", "/opt/vetting/server/main.ts"),
      69,
      "another Vetting console (process 812)",
      "kill 812",
    ],
    [
      "macOS' Internet Sharing",
      { pid: 812, name: "bootpd" },
      67,
      "macOS Internet Sharing (bootpd, process 812)",
      "Switch Internet Sharing off in System Settings, General, Sharing",
    ],
    [
      "Windows' Internet Sharing",
      { pid: 812, name: "svchost" },
      67,
      "a service of Windows (process 812), most likely Internet Connection Sharing, which Hyper-V's Default Switch uses too",
      "Stop-Service SharedAccess -Force; Set-Service SharedAccess -StartupType Disabled",
    ],
    [
      "a user's own program",
      of("pixiecore", "user@1000.service"),
      69,
      "pixiecore (process 812)",
      "sudo kill 812",
    ],
  ])("%s", (_, owner, port, who, mend) => {
    expect(portHolder(owner, "udp", port)).toMatchObject({ who, mend });
  });

  test.each<[NodeJS.Platform, string]>([
    ["linux", "sudo ss -lunp 'sport = :67'"],
    ["darwin", "sudo lsof -nP -iUDP:67"],
    ["win32", "netstat -abno -p UDP"],
  ])("on %s, one that this user may not see is looked up", (platform, mend) => {
    const place = { protocol: "udp", port: 67, address: "0.0.0.0" } as const;
    expect(inTheWay(place, "EADDRINUSE", "--dhcp-port", [], { ...USER, platform }).mend).toBe(mend);
  });
});

describe("privilege", () => {
  const row = (facts: Partial<PrivilegeFacts>, config?: Record<string, unknown>) =>
    check("privilege", {
      ...(config && { config }),
      deps: { privilege: () => ({ ...USER, ...facts }) },
    });
  const SYSCTL =
    "echo net.ipv4.ip_unprivileged_port_start=67 | sudo tee /etc/sysctl.d/60-vetting.conf && sudo sysctl -p /etc/sysctl.d/60-vetting.conf";

  test("missing on Linux has its one line, which lasts over a reboot", async () => {
    const { status, detail, mend } = await row({});
    expect({ status, mend }).toEqual({ status: "fail", mend: SYSCTL });
    expect(detail).toContain("ports below 1024 are privileged");
  });

  test("missing to a systemd service is given to that service alone", async () => {
    const { detail, mend } = await row({ unit: "vetting.service" });
    expect(detail).toContain("runs as vetting.service");
    expect(mend).toBe(
      String.raw`sudo mkdir -p /etc/systemd/system/vetting.service.d && printf '[Service]\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n' | sudo tee /etc/systemd/system/vetting.service.d/low-ports.conf && sudo systemctl daemon-reload && sudo systemctl restart vetting.service`,
    );
  });

  test.each<[string, Partial<PrivilegeFacts>, string]>([
    ["the capability", { mayBindLowPorts: true }, "ok"],
    ["a setting that opens 67", { unprivilegedPortStart: 67 }, "ok"],
    ["a setting that opens all", { unprivilegedPortStart: 0 }, "ok"],
    ["a setting that opens only 69", { unprivilegedPortStart: 68 }, "fail"],
    ["macOS", { platform: "darwin", unprivilegedPortStart: null }, "ok"],
    ["Windows", { platform: "win32", unprivilegedPortStart: null }, "ok"],
  ])("with %s is %s", async (_, facts, status) => {
    expect((await row(facts)).status).toBe(status);
  });

  test("is not needed when no low port is used", async () => {
    const lab = { dhcpPort: 6767, pxePort: 4011, tftpPort: 6969 };
    expect((await row({}, { lab })).status).toBe("ok");
    const off = { proxyDhcp: false, tftp: false };
    expect((await row({}, { lab: off })).detail).toContain("no privilege is needed");
  });

  test("missing at a port gives the same line there", async () => {
    const { mend, detail } = await check("port-udp-tftp", {
      deps: { ownPorts: () => NONE, bindError: async () => "EACCES", privilege: () => USER },
    });
    expect(detail).toContain("may not bind UDP 69");
    expect(mend).toBe(SYSCTL);
  });

  test("on other systems means an administrator", () => {
    const facts = { ...USER, platform: "freebsd" as const };
    expect(privilegeMend(facts, [67], "No.").mend).toBe("Start the console as administrator");
  });
});

test("the healthy console of these tests really has its services on", () => {
  expect(healthy().config.lab).toMatchObject({ proxyDhcp: true, tftp: true, dhcpPort: 67 });
});

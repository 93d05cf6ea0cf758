import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFreeDisk } from "../../../server/lab/free-disk.ts";
import { createPortOwners, parseLsof } from "../../../server/lab/port-owners.ts";
import {
  boundSockets,
  ownerOfPort,
  parseSocketTable,
  unitInCgroup,
} from "../../../server/lab/socket-table.ts";

describe("free disk space", () => {
  test("is what this user may still write", () => {
    const bytes = createFreeDisk(tmpdir())();
    expect(bytes).toBeGreaterThan(0);
  });

  test("is asked again only after a few seconds", () => {
    let asked = 0;
    let now = 1000;
    const free = createFreeDisk(
      "/data",
      () => {
        asked += 1;
        return { bavail: asked, bsize: 4096 };
      },
      () => now,
    );
    expect([free(), free()]).toEqual([4096, 4096]);
    now += 2999;
    expect(free()).toBe(4096);
    now += 1;
    expect(free()).toBe(8192);
    // A clock that was set back must not freeze the answer.
    now = 0;
    expect(free()).toBe(3 * 4096);
  });

  test("is unknown for a directory that is not there", () => {
    expect(createFreeDisk("/no/such/directory")()).toBeNull();
  });
});

describe("who has a port", () => {
  test("is read from /proc/net: listening TCP sockets and unconnected UDP sockets", () => {
    // Lines of /proc/net/tcp and udp of this machine.
    const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:20E5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 24187 1 0000000000000000 100 0 0 10 0
   1: 0100007F:B3A8 0100007F:20E5 01 00000000:00000000 00:00000000 00000000     0        0 24190 1 0000000000000000 20 4 30 10 -1`;
    expect(parseSocketTable(tcp, "tcp")).toEqual([
      { address: "127.0.0.1", port: 8421, inode: "24187" },
    ]);
    const udp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  103: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31337 2 0000000000000000 0`;
    expect(parseSocketTable(udp, "udp")).toEqual([
      { address: "0.0.0.0", port: 67, inode: "31337" },
    ]);
    expect(parseSocketTable("", "tcp")).toEqual([]);
  });

  test("this process is found by its own sockets", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    onTestFinished(() => void socket.close());
    await Promise.all([once(server, "listening"), once(socket, "listening")]);
    const tcp = (server.address() as AddressInfo).port;
    const udp = socket.address().port;
    expect(boundSockets("tcp").map(({ port }) => port)).toContain(tcp);
    expect(ownerOfPort("tcp", tcp)?.pid).toBe(process.pid);
    expect(ownerOfPort("udp", udp)?.pid).toBe(process.pid);
    const [owner] = await createPortOwners("linux")("udp", udp);
    expect(owner).toMatchObject({ pid: process.pid, commandLine: expect.any(Array) });
  });

  test("all who share a port are found", async () => {
    const sockets = [0, 1].map(() => createSocket({ type: "udp4", reuseAddr: true }));
    onTestFinished(() => sockets.forEach((socket) => void socket.close()));
    const [first, second] = sockets as [(typeof sockets)[0], (typeof sockets)[0]];
    first.bind(0, "127.0.0.1");
    await once(first, "listening");
    second.bind(first.address().port, "127.0.0.1");
    await once(second, "listening");
    expect(await createPortOwners("linux")("udp", first.address().port)).toHaveLength(1);
  });

  test("a program's systemd unit stands in its cgroup", () => {
    expect(unitInCgroup("0::/system.slice/tftpd-hpa.service\n")).toBe("tftpd-hpa.service");
    expect(unitInCgroup("0::/system.slice/system-getty.slice/getty@tty1.service")).toBe(
      "getty@tty1.service",
    );
    const docker = "0::/system.slice/docker-0123456789abcdef.scope\n";
    expect(unitInCgroup(docker)).toBe("docker-0123456789abcdef.scope");
    expect(unitInCgroup("0::/\n")).toBeNull();
  });

  test("macOS says it with lsof, Windows with PowerShell", async () => {
    expect(parseLsof("p412\ncbootpd\nf5\np9\ncnode\n")).toEqual([
      { pid: 412, name: "bootpd" },
      { pid: 9, name: "node" },
    ]);
    const asked: string[] = [];
    const run = async (program: string, args: readonly string[]) => {
      asked.push([program, ...args].join(" "));
      return program === "lsof" ? "p412\ncbootpd\n" : '{"Id":1204,"ProcessName":"svchost"}';
    };
    expect(await createPortOwners("darwin", run)("udp", 67)).toEqual([
      { pid: 412, name: "bootpd" },
    ]);
    expect(await createPortOwners("win32", run)("udp", 67)).toEqual([
      { pid: 1204, name: "svchost" },
    ]);
    expect(asked[0]).toBe("lsof -nP -iUDP:67 -Fpc");
    expect(asked[1]).toContain("Get-NetUDPEndpoint -LocalPort 67");
    expect(await createPortOwners("win32", async () => null)("tcp", 1)).toEqual([]);
  });

  test("nobody has a port that is free", () => {
    expect(ownerOfPort("tcp", 1)).toBeNull();
  });
});

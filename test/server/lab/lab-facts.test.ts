import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import { doctorResponseSchema } from "../../../contract/console-api.ts";
import { createFreeDisk } from "../../../server/lab/free-disk.ts";
import { listInterfaces } from "../../../server/lab/interfaces.ts";
import { boundSockets, ownerOfPort, parseSocketTable } from "../../../server/lab/socket-table.ts";

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

describe("the interfaces of this machine", () => {
  test("fit the doctor's answer and include loopback last", () => {
    const interfaces = listInterfaces();
    expect(() => doctorResponseSchema.shape.interfaces.parse(interfaces)).not.toThrow();
    expect(interfaces.at(-1)).toMatchObject({ address: "127.0.0.1", internal: true });
  });

  test("leave IPv6 out and put what hosts can reach first", () => {
    const entry = (address: string, family: "IPv4" | "IPv6", internal: boolean) => ({
      ...{ address, internal, mac: "52:54:00:12:34:56", netmask: "", cidr: null },
      ...(family === "IPv4" ? { family } : { family, scopeid: 0 }),
    });
    const interfaces = listInterfaces(() => ({
      lo: [entry("127.0.0.1", "IPv4", true)],
      eth0: [entry("fe80::1", "IPv6", false), entry("10.20.0.1", "IPv4", false)],
    }));
    expect(interfaces.map(({ name, address }) => `${name} ${address}`)).toEqual([
      "eth0 10.20.0.1",
      "lo 127.0.0.1",
    ]);
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
  });

  test("nobody has a port that is free", () => {
    expect(ownerOfPort("tcp", 1)).toBeNull();
  });
});

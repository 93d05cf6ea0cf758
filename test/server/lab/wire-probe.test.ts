import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { probeTftp } from "../../../server/lab/tftp-probe.ts";
import { probeWire, rememberWire, type WireReport } from "../../../server/lab/wire-probe.ts";
import { DHCP_OPTION } from "../../../server/netboot/dhcp-options.ts";
import {
  type DhcpPacket,
  decodeDhcpPacket,
  encodeDhcpPacket,
} from "../../../server/netboot/dhcp-packet.ts";
import { ipv4Bytes } from "../../../server/netboot/ipv4.ts";

async function listening(address = "127.0.0.1"): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  return socket;
}

type Answer = (packet: DhcpPacket, isFirmware: boolean) => Partial<DhcpPacket>[];

/** A server on loopback that answers each DISCOVER as told; the kernel's own broadcasts stay out of it. */
async function server(answer: Answer) {
  const socket = await listening();
  const heard: DhcpPacket[] = [];
  socket.on("message", (bytes, from) => {
    const decoded = decodeDhcpPacket(bytes);
    if (!decoded.ok) return;
    heard.push(decoded.packet);
    const isFirmware = decoded.packet.options.has(DHCP_OPTION.vendorClass);
    for (const patch of answer(decoded.packet, isFirmware)) {
      const packet = { ...decoded.packet, op: 2, ...patch };
      socket.send(encodeDhcpPacket(packet), from.port, from.address);
    }
  });
  return { heard, destination: { address: "127.0.0.1", port: socket.address().port } };
}

function offer(from: string, patch: Partial<DhcpPacket> = {}): Partial<DhcpPacket> {
  const options = new Map([
    [DHCP_OPTION.messageType, Uint8Array.of(2)],
    [DHCP_OPTION.serverIdentifier, ipv4Bytes(from)],
  ] as [number, Uint8Array][]);
  return { yiaddr: "127.0.0.150", ...patch, options };
}

const QUICK = { clientPort: 0, tftpPort: 1, windowMs: 400, repeatMs: 50, quietMs: 50 };

function listened(report: WireReport) {
  if (report.kind !== "listened") throw new Error(`refused: ${report.code}`);
  return report;
}

describe("asking the wire", () => {
  test("hears a DHCP server, once for each thing that the probe passes itself off as", async () => {
    const { destination } = await server(() => [offer("127.0.0.1")]);
    const { servers } = listened(await probeWire("127.0.0.1", { ...QUICK, destination }));
    expect(servers).toEqual([
      {
        address: "127.0.0.1",
        role: "dhcp",
        offers: ["plain", "bios", "uefi"].map((client) => ({
          client,
          address: "127.0.0.150",
          ...{ bootFile: null, nextServer: null, vendorClass: null },
        })),
      },
    ]);
  });

  test("tells a ProxyDHCP beside it apart, and the boot file that firmware alone is told", async () => {
    const { destination } = await server((_, isFirmware) => [
      offer("127.0.0.1"),
      ...(isFirmware ? [offer("127.0.0.7", { yiaddr: "0.0.0.0", file: "rival.0" })] : []),
    ]);
    const { servers } = listened(await probeWire("127.0.0.1", { ...QUICK, destination }));
    expect(servers.map(({ address, role }) => [address, role])).toEqual([
      ["127.0.0.1", "dhcp"],
      ["127.0.0.7", "proxy"],
    ]);
    expect(servers[1]?.offers.map(({ client, bootFile }) => [client, bootFile])).toEqual([
      ["bios", "rival.0"],
      ["uefi", "rival.0"],
    ]);
  });

  test("asks again, as a packet may get lost, and ends when nobody answers", async () => {
    const { destination, heard } = await server(() => []);
    const { servers } = listened(await probeWire("127.0.0.1", { ...QUICK, destination }));
    expect(servers).toEqual([]);
    expect(heard).toHaveLength(6);
    expect(new Set(heard.map(({ xid }) => xid)).size).toBe(3);
  });

  test("takes no answer for its own that bears another's number", async () => {
    const { destination } = await server(({ xid }) => [
      { ...offer("127.0.0.9"), xid: (xid ^ 1) >>> 0 },
    ]);
    const { servers } = listened(await probeWire("127.0.0.1", { ...QUICK, destination }));
    expect(servers).toEqual([]);
  });

  test("a port that another program keeps to itself is said, not thrown", async () => {
    const taken = await listening("0.0.0.0");
    const clientPort = taken.address().port;
    expect(await probeWire("127.0.0.1", { ...QUICK, clientPort })).toEqual({
      kind: "refused",
      what: `UDP ${clientPort}`,
      code: "EADDRINUSE",
    });
  });
});

describe("asking for TFTP", () => {
  test("an error is an answer, data is one too and is told to stop; silence is none", async () => {
    const said: string[] = [];
    const port = await (async () => {
      const polite = await listening("127.0.0.2");
      const { port: its } = polite.address();
      polite.on("message", (bytes, from) => {
        said.push(bytes.toString("latin1"));
        polite.send(Buffer.from("\0\x05\0\x01no such file\0", "latin1"), from.port, from.address);
      });
      const eager = createSocket("udp4").bind(its, "127.0.0.3");
      await once(eager, "listening");
      onTestFinished(() => void eager.close());
      eager.on("message", (bytes, from) => {
        said.push(bytes.toString("latin1"));
        eager.send(Buffer.from("\0\x03\0\x01data", "latin1"), from.port, from.address);
      });
      return its;
    })();
    const asked = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];
    const answered = await probeTftp("127.0.0.1", asked, { port, patienceMs: 300 });
    expect(answered).toEqual(["127.0.0.2", "127.0.0.3"]);
    await expect.poll(() => said.length).toBe(3);
    const requests = said.filter((it) => it.startsWith("\0\x01"));
    expect(requests).toHaveLength(2);
    // No file of that name can be there, and nothing is ever written.
    expect(requests[0]).toMatch(/vetting-doctor-[0-9a-f]{12}/);
    expect(requests[0]?.slice(-7)).toBe("\0octet\0");
    expect(said.at(-1)).toBe("\0\x05\0\0\0");
  });

  test("nobody to ask: no waiting", async () => {
    expect(await probeTftp("127.0.0.1", [], { patienceMs: 60_000 })).toEqual([]);
  });
});

describe("a page that asks often", () => {
  const report: WireReport = { kind: "listened", servers: [], tftp: [] };

  function counted() {
    const asked: string[] = [];
    const clock = { now: 1000 };
    const memory = rememberWire(
      async (address) => {
        asked.push(address);
        return report;
      },
      () => clock.now,
      10_000,
    );
    return { asked, clock, ...memory };
  }

  test("shares one probe, and its report for a few seconds", async () => {
    const { asked, clock, wire } = counted();
    await Promise.all([wire("10.0.0.1"), wire("10.0.0.1")]);
    clock.now += 9999;
    await wire("10.0.0.1");
    expect(asked).toHaveLength(1);
    clock.now += 1;
    await wire("10.0.0.1");
    expect(asked).toHaveLength(2);
  });

  test("who wants to know now: a report is let go, a probe under way is shared", async () => {
    const { asked, wire, forget } = counted();
    const first = wire("10.0.0.1");
    forget();
    await Promise.all([first, wire("10.0.0.1")]);
    expect(asked).toHaveLength(1);
    forget();
    await wire("10.0.0.1");
    expect(asked).toHaveLength(2);
  });

  test("asks anew for another address", async () => {
    const { asked, wire } = counted();
    await wire("10.0.0.1");
    await wire("10.0.0.2");
    expect(asked).toEqual(["10.0.0.1", "10.0.0.2"]);
  });
});

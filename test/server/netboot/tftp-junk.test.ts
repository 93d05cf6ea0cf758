import { createSocket } from "node:dgram";
import { setImmediate as breathe } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { startTftpServer } from "../../../server/netboot/tftp-server.ts";
import { TftpClient } from "./tftp-client.ts";
import { error, pattern, request } from "./tftp-wire.ts";

const PACKETS = 100_000;
/** So many at a time fit the server's receive buffer: junk that the kernel drops proves nothing. */
const BURST = 50;
/** Ports that the junk comes from: one alone would replace its own transfers before it can break them. */
const ATTACKERS = 40;
const LOADER = pattern(100_000);

/** The same sequence on every run: a failure can be had again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Noise, and requests broken in one place: those get furthest. */
function junk(random: (below: number) => number): Buffer {
  const noise = Buffer.from(Array.from({ length: random(64) }, () => random(256)));
  const whole = [
    request("ipxe.efi", { blksize: "9".repeat(random(30)), windowsize: -1 }),
    request("x".repeat(random(600)), { timeout: "\u00ff" }, { opcode: 1 + random(2) }),
    request(
      "ipxe.efi",
      { tsize: 0 },
      { opcode: random(12), mode: ["mail", "", "octe"][random(3)] ?? "" },
    ),
    error(random(256), "\0\n\r"),
    request("ipxe.efi", { tsize: 0, windowsize: random(100) }),
  ][random(8)];
  if (whole === undefined) return Buffer.concat([Buffer.from([0, random(8)]), noise]);
  if (random(2) === 0) whole[random(whole.length)] = random(256);
  return random(2) === 0 ? whole : whole.subarray(0, random(whole.length));
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
const udpSockets = () =>
  process.getActiveResourcesInfo().filter((kind) => kind === "UDPWrap").length;

test(`${PACKETS} malformed packets: no crash, no leak, valid clients served meanwhile`, async () => {
  let probes = 0;
  const server = await startTftpServer({
    address: "127.0.0.1",
    port: 0,
    file: (name) => (name === "ipxe.efi" ? LOADER : null),
    onEvent: ({ kind }) => {
      if (kind === "probe") probes += 1;
    },
    warn: () => {},
  });
  onTestFinished(() => server.close());
  const port = server.port ?? 0;
  const random = numbers(20_26);
  let answers = 0;
  const attackers = Array.from({ length: ATTACKERS }, () => {
    const socket = createSocket({
      type: "udp4",
      // Sent at once, not after a look-up: a burst is no larger than it says.
      lookup: (address, _options, found) => found(null, address, 4),
    });
    onTestFinished(() => void socket.close());
    socket.on("message", (_packet, from) => {
      answers += 1;
      // What became a transfer after all is let go of, and gets some junk of its own first.
      if (from.port === port) return;
      socket.send(junk(random), from.port, from.address);
      socket.send(error(0, "aborted"), from.port, from.address);
    });
    return socket;
  });
  const fetched = async () => {
    const host = await new TftpClient(port).open();
    try {
      return await host.fetch("ipxe.efi");
    } finally {
      host.close();
    }
  };
  const attack = async (packets: number) => {
    for (let sent = 0; sent < packets; sent += BURST) {
      for (let index = 0; index < BURST; index += 1) {
        attackers[random(ATTACKERS)]?.send(junk(random), port, "127.0.0.1");
      }
      await breathe();
    }
  };

  await attack(PACKETS / 10);
  collectGarbage();
  const [socketsBefore, heapBefore] = [udpSockets(), process.memoryUsage().heapUsed];
  const attacked = attack(PACKETS);
  let served = 0;
  let over = false;
  void attacked.then(() => {
    over = true;
  });
  while (!over) {
    expect((await fetched()).equals(LOADER)).toBe(true);
    served += 1;
  }
  await attacked;
  expect(served).toBeGreaterThan(0);
  // The junk was heard, not dropped by the kernel.
  expect(answers).toBeGreaterThan(PACKETS / 4);
  expect(probes).toBeGreaterThan(100);
  await expect.poll(udpSockets, { timeout: 5000 }).toBeLessThanOrEqual(socketsBefore);
  collectGarbage();
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(4 * 1024 * 1024);
  expect((await fetched()).equals(LOADER)).toBe(true);
}, 60_000);

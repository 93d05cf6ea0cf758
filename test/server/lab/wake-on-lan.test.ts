import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createWakeOnLan, magicPacket } from "../../../server/lab/wake-on-lan.ts";

/** A sleeping NIC: a socket that keeps what it hears and from whom. */
async function sleepingNic() {
  const socket = createSocket("udp4");
  const heard: { payload: string; from: string }[] = [];
  socket.on("message", (payload, { address }) => {
    heard.push({ payload: payload.toString("hex"), from: address });
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  const { port } = socket.address() as AddressInfo;
  return { heard, destination: { address: "127.0.0.1", port } };
}

describe("the magic packet", () => {
  test("is six bytes of ones and the address sixteen times", () => {
    expect(magicPacket("52:54:00:12:34:56").toString("hex")).toBe(
      `ffffffffffff${"525400123456".repeat(16)}`,
    );
  });

  test("of something that is no MAC address is a bug", () => {
    expect(() => magicPacket("52:54")).toThrow(TypeError);
  });
});

describe("waking a host", () => {
  test("sends one packet for each of its addresses, from the lab's address", async () => {
    const nic = await sleepingNic();
    const wake = createWakeOnLan({
      labAddress: () => "127.0.0.1",
      destination: nic.destination,
    });
    expect(await wake(["52:54:00:12:34:56", "52:54:00:12:34:57"])).toBe(true);
    await expect.poll(() => nic.heard.length).toBe(2);
    expect(nic.heard).toEqual([
      { payload: magicPacket("52:54:00:12:34:56").toString("hex"), from: "127.0.0.1" },
      { payload: magicPacket("52:54:00:12:34:57").toString("hex"), from: "127.0.0.1" },
    ]);
  });

  test("says false and throws nothing without a lab address, without a MAC, or when it cannot send", async () => {
    const none = createWakeOnLan({ labAddress: () => null });
    expect(await none(["52:54:00:12:34:56"])).toBe(false);
    const { destination } = await sleepingNic();
    const loopback = createWakeOnLan({ labAddress: () => "127.0.0.1", destination });
    expect(await loopback([])).toBe(false);
    expect(await loopback(["not a mac"])).toBe(false);
    // 192.0.2.0/24 is for documentation [RFC 5737]; this machine may have one of it, but not this one.
    const elsewhere = createWakeOnLan({ labAddress: () => "192.0.2.254", destination });
    expect(await elsewhere(["52:54:00:12:34:56"])).toBe(false);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { AS_REQUEST, arch } from "../server/netboot/dhcp-messages.ts";
import { LAB_ADDRESS, ProxyDhcpLab, patient } from "./proxy-dhcp-lab.ts";

let lab: ProxyDhcpLab;
beforeAll(async () => {
  lab = await new ProxyDhcpLab().ready();
});
afterEach(() => lab.stopPrograms());
afterAll(() => lab.end());

describe("beside the lab's own DHCP server", () => {
  test("a host has its address from there and its boot file from here", async () => {
    const proxy = lab.proxy();
    expect(await proxy.ready()).toEqual({
      kind: "ready",
      dhcpPort: 67,
      pxePort: 4011,
      failures: [],
    });
    const firmware = await lab.firmware(lab.host);

    firmware.send(arch(7));
    await expect
      .poll(() => firmware.heard, patient)
      .toEqual(["10.0.0.1:67 offers", "10.0.0.2:67 offers"]);
    const offer = (from: string) => firmware.received.find(({ source }) => source === from)?.packet;
    expect(offer("10.0.0.1")).toMatchObject({ yiaddr: "0.0.0.0", file: "snponly.efi" });
    expect(offer("10.0.0.2")).toMatchObject({ file: "" });
    const leased = offer("10.0.0.2")?.yiaddr ?? "";
    expect(leased).toMatch(/^10\.0\.0\.[5-9]\d$/);

    firmware.send([
      ...arch(7),
      ...AS_REQUEST,
      [50, Uint8Array.from(leased.split("."), Number)],
      [54, Uint8Array.of(10, 0, 0, 2)],
    ]);
    await expect.poll(() => firmware.heard, patient).toContain("10.0.0.2:67 acknowledges");
    await expect.poll(() => proxy.kinds, patient).toEqual(["discover", "offer", "address"]);
    expect(proxy.events.at(-1)).toEqual({ kind: "address", mac: firmware.mac, address: leased });

    lab.net.address(lab.host, "eth0", `${leased}/24`);
    await firmware.bind(leased, 4011);
    firmware.send([...arch(7), ...AS_REQUEST], { to: LAB_ADDRESS, port: 4011, ciaddr: leased });
    await expect.poll(() => firmware.heard, patient).toContain("10.0.0.1:4011 acknowledges");
    expect(firmware.heard).toEqual([
      "10.0.0.1:4011 acknowledges",
      "10.0.0.1:67 offers",
      "10.0.0.2:67 acknowledges",
      "10.0.0.2:67 offers",
    ]);
  });

  test("a host that is not ours hears the DHCP server alone, and is told as discovered", async () => {
    const proxy = lab.proxy("02:00:00:00:00:01");
    await proxy.ready();
    const firmware = await lab.firmware(lab.host);
    firmware.send(arch(7));
    await expect.poll(() => firmware.heard, patient).toEqual(["10.0.0.2:67 offers"]);
    await expect.poll(() => proxy.kinds, patient).toEqual(["discover"]);
    expect(proxy.events).toMatchObject([{ answered: false, client: { mac: firmware.mac } }]);
  });
});

test("what a relay brings is answered to the relay", async () => {
  const proxy = lab.proxy();
  await proxy.ready();
  const relay = await lab.firmware(lab.host);
  const address = "10.0.0.200";
  lab.net.address(lab.host, "eth0", `${address}/24`);
  await relay.bind(address, 67);
  relay.send(arch(7), { to: LAB_ADDRESS, giaddr: address });
  await expect.poll(() => relay.heard, patient).toEqual(["10.0.0.1:67 offers"]);
  expect(relay.received[0]?.packet).toMatchObject({ giaddr: address, file: "snponly.efi" });
});

describe("on a machine with several NICs", () => {
  test("only the lab's answers: a client on another wire hears nothing", async () => {
    const proxy = lab.proxy();
    await proxy.ready();
    const elsewhere = await lab.firmware(lab.stranger);
    const onTheLab = await lab.firmware(lab.host);
    elsewhere.send(arch(7));
    await expect.poll(() => proxy.kinds, patient).toEqual(["discover", "offer"]);
    // The answer went out by the lab's wire, where it is nobody's.
    await expect.poll(() => onTheLab.heard, patient).toEqual(["10.0.0.1:67 offers"]);
    onTheLab.send(arch(7));
    await expect
      .poll(() => onTheLab.heard, patient)
      .toEqual(["10.0.0.1:67 offers", "10.0.0.1:67 offers", "10.0.0.2:67 offers"]);
    expect(elsewhere.heard).toEqual([]);
  });

  test("an address of another wire's subnet is not learnt", async () => {
    const proxy = lab.proxy();
    await proxy.ready();
    const elsewhere = await lab.firmware(lab.stranger);
    elsewhere.send([...AS_REQUEST, [50, Uint8Array.of(192, 168, 1, 50)]]);
    elsewhere.send([...AS_REQUEST, [50, Uint8Array.of(10, 0, 0, 50)]]);
    await expect.poll(() => proxy.kinds, patient).toEqual(["address"]);
    expect(proxy.events[0]?.address).toBe("10.0.0.50");
  });

  test("a virtual machine on a bridge of this machine is neither answered nor discovered", async () => {
    const proxy = lab.proxy();
    await proxy.ready();
    const virtual = await lab.firmware(lab.guest);
    const onTheLab = await lab.firmware(lab.host);
    virtual.send(arch(7));
    await expect
      .poll(() => lab.net.hasHeard(lab.console, "virbr0", virtual.mac), patient)
      .toBe(true);
    onTheLab.send(arch(7));
    await expect.poll(() => proxy.kinds, patient).toEqual(["discover", "offer"]);
    expect(proxy.events[0]?.client?.mac).toBe(onTheLab.mac);
    expect(virtual.heard).toEqual([]);
  });
});

describe("port 67", () => {
  test("is shared with libvirt's DHCP server: each serves its own wire", async () => {
    await lab.virtualDhcp(true);
    const proxy = lab.proxy();
    expect(await proxy.ready()).toMatchObject({ dhcpPort: 67, failures: [] });
    const virtual = await lab.firmware(lab.guest);
    const onTheLab = await lab.firmware(lab.host);
    virtual.send(arch(7));
    await expect.poll(() => virtual.heard, patient).toEqual(["192.168.122.1:67 offers"]);
    onTheLab.send(arch(7));
    await expect
      .poll(() => onTheLab.heard, patient)
      .toEqual(["10.0.0.1:67 offers", "10.0.0.2:67 offers"]);
  });

  test("that another program keeps to itself is told, and 4011 serves all the same", async () => {
    await lab.virtualDhcp(false);
    expect(await lab.proxy().ready()).toEqual({
      kind: "ready",
      dhcpPort: null,
      pxePort: 4011,
      failures: [{ service: "dhcp", code: "EADDRINUSE" }],
    });
  });

  test("of one lab address is one console's: the second has none and says so", async () => {
    await lab.proxy().ready();
    expect(await lab.proxy().ready()).toMatchObject({
      dhcpPort: null,
      pxePort: null,
      failures: [{ code: "EADDRINUSE" }, { code: "EADDRINUSE" }],
    });
  });
});

import { afterEach, describe, expect, test } from "vitest";
import { encodeDhcpPacket } from "../../../server/netboot/dhcp-packet.ts";
import type { ProxyDhcpDeps } from "../../../server/netboot/proxy-dhcp-server.ts";
import { AS_REQUEST, arch, ascii, decoded, discover, hex, ipxe, MAC } from "./dhcp-messages.ts";
import { ProxyDhcpRig, ScriptedClient } from "./proxy-dhcp-rig.ts";

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function rig(deps: Partial<ProxyDhcpDeps> = {}): Promise<ProxyDhcpRig> {
  const started = await new ProxyDhcpRig(deps).start();
  cleanUp.push(() => started.end());
  return started;
}
async function client(): Promise<ScriptedClient> {
  const bound = await ScriptedClient.bind();
  cleanUp.push(() => bound.close());
  return bound;
}
const DISCOVER = encodeDhcpPacket(discover());
const REQUEST = encodeDhcpPacket(discover(AS_REQUEST, { ciaddr: "127.0.0.50" }));

describe("on the DHCP port", () => {
  test("a DISCOVER is told, then the OFFER that was sent", async () => {
    const { events, dhcpPort } = await rig();
    await (await client()).send(DISCOVER, dhcpPort);
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(["discover", "offer"]);
    expect(events).toMatchObject([
      { client: { mac: MAC, platform: "UEFI x64" }, answered: true },
      { client: { mac: MAC }, bootFile: "snponly.efi", via: "dhcp" },
    ]);
  });

  test("a broadcast is heard as well as what a relay sends to the lab address", async () => {
    const { events, dhcpPort } = await rig();
    await (await client()).send(DISCOVER, dhcpPort, "255.255.255.255");
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(["discover", "offer"]);
  });

  test("the DISCOVER of an unknown host is told and not answered", async () => {
    const { events, dhcpPort, pxePort } = await rig({ mayBoot: () => false });
    const asking = await client();
    await asking.send(DISCOVER, dhcpPort);
    await asking.send(REQUEST, pxePort);
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(["discover", "address"]);
    expect(events[0]).toMatchObject({ client: { mac: MAC }, answered: false });
    expect(asking.received).toEqual([]);
  });

  test("the policy is asked once a packet that wants an answer, and for no other", async () => {
    let asked = 0;
    const { events, dhcpPort, pxePort } = await rig({
      mayBoot: () => {
        asked++;
        return true;
      },
    });
    const asking = await client();
    await asking.send(REQUEST, dhcpPort);
    await asking.send(DISCOVER, pxePort);
    await asking.send(DISCOVER, dhcpPort);
    await expect.poll(() => events.filter(({ kind }) => kind === "offer")).toHaveLength(1);
    expect(asked).toBe(1);
    await asking.send(REQUEST, pxePort);
    await expect.poll(() => asking.received).toHaveLength(1);
    expect(asked).toBe(2);
  });

  test("a host of ours without a boot file is told with the reason", async () => {
    const { events, dhcpPort } = await rig({ hasBootFile: () => false });
    await (await client()).send(DISCOVER, dhcpPort);
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(["discover", "unsupported"]);
    expect(events).toMatchObject([
      { answered: false },
      { client: { mac: MAC }, why: expect.stringMatching(/snponly\.efi or ipxe\.efi/) },
    ]);
  });

  test("a REQUEST tells the address, and no more", async () => {
    const { events, dhcpPort } = await rig();
    const asking = await client();
    const request = discover([...AS_REQUEST, [50, hex("7f000032")]]);
    await asking.send(encodeDhcpPacket(request), dhcpPort);
    await asking.send(DISCOVER, dhcpPort);
    await expect
      .poll(() => events.map(({ kind }) => kind))
      .toEqual(["address", "discover", "offer"]);
    expect(events[0]).toEqual({ kind: "address", mac: MAC, address: "127.0.0.50" });
  });

  test("what is no netboot client's is as if it had not come", async () => {
    const { events, dhcpPort } = await rig();
    const asking = await client();
    await asking.send(encodeDhcpPacket(discover([[60, ascii("MSFT 5.0")]])), dhcpPort);
    await asking.send(encodeDhcpPacket(discover([], { op: 2 })), dhcpPort);
    await asking.send(Uint8Array.of(1, 2, 3), dhcpPort);
    await asking.send(encodeDhcpPacket(discover(ipxe(0))), dhcpPort);
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(["discover", "offer"]);
    expect(events[0]).toMatchObject({ client: { kind: "ipxe" } });
  });

  test("a send that fails is one warning however often, and no offer", async () => {
    const { events, warnings, dhcpPort } = await rig();
    const asking = await client();
    // From the loopback address nothing can be sent to a relay beyond it.
    const lost = encodeDhcpPacket(discover([], { giaddr: "203.0.113.1" }));
    for (let time = 0; time < 3; time++) await asking.send(lost, dhcpPort);
    await asking.send(DISCOVER, dhcpPort);
    await expect.poll(() => events.map(({ kind }) => kind).at(-1)).toBe("offer");
    expect(events.filter(({ kind }) => kind === "offer")).toHaveLength(1);
    expect(warnings).toEqual([
      expect.stringMatching(/^What UEFI x64 hosts boot could not be offered: .*EINVAL/),
    ]);
  });
});

describe("on port 4011", () => {
  test("a REQUEST is acknowledged to where it came from, from the port that was asked", async () => {
    const { events, pxePort } = await rig();
    const asking = await client();
    await asking.send(REQUEST, pxePort);
    await expect.poll(() => asking.received).toHaveLength(1);
    const [{ bytes, from } = { bytes: new Uint8Array(), from: null }] = asking.received;
    expect(from).toMatchObject({ address: "127.0.0.1", port: pxePort });
    expect(decoded(bytes)).toMatchObject({ op: 2, file: "snponly.efi", siaddr: "127.0.0.1" });
    expect(decoded(bytes).options.get(53)).toEqual(hex("05"));
    expect(events).toMatchObject([
      { kind: "address", mac: MAC, address: "127.0.0.50" },
      { kind: "offer", bootFile: "snponly.efi", via: "pxe" },
    ]);
  });

  test("HTTP boot gets nothing there", async () => {
    const { events, pxePort } = await rig();
    const asking = await client();
    await asking.send(
      encodeDhcpPacket(discover([...arch(16, "HTTPClient"), ...AS_REQUEST])),
      pxePort,
    );
    await asking.send(REQUEST, pxePort);
    await expect.poll(() => events.filter(({ kind }) => kind === "offer")).toHaveLength(1);
    expect(asking.received).toHaveLength(1);
  });
});

describe("ports that cannot be had", () => {
  test("a second console on the same ports has neither, and the first goes on", async () => {
    const first = await rig();
    const second = await rig({ dhcpPort: first.dhcpPort, pxePort: first.pxePort });
    expect(second.server).toMatchObject({
      dhcpPort: null,
      pxePort: null,
      failures: [
        { service: "dhcp", code: "EADDRINUSE" },
        { service: "pxe", code: "EADDRINUSE" },
      ],
    });
    await (await client()).send(DISCOVER, first.dhcpPort);
    await expect.poll(() => first.events.map(({ kind }) => kind)).toEqual(["discover", "offer"]);
    expect(second.events).toEqual([]);
  });

  test("another program that shares the port on all addresses, as libvirt's dnsmasq does, is no obstacle", async () => {
    const other = await ScriptedClient.bind("0.0.0.0");
    cleanUp.push(() => other.close());
    const shared = await rig({ dhcpPort: other.port });
    expect(shared.server).toMatchObject({ dhcpPort: other.port, failures: [] });
  });

  test("one port taken leaves the other working", async () => {
    const first = await rig();
    const second = await rig({ pxePort: first.pxePort });
    expect(second.server.failures).toEqual([{ service: "pxe", code: "EADDRINUSE" }]);
    await (await client()).send(DISCOVER, second.dhcpPort);
    await expect.poll(() => second.events.map(({ kind }) => kind)).toEqual(["discover", "offer"]);
  });

  test("an address that is not this machine's is no exception", async () => {
    const { server } = await rig({ labAddress: "203.0.113.1" });
    expect(server.failures).toEqual([
      { service: "dhcp", code: "EADDRNOTAVAIL" },
      { service: "pxe", code: "EADDRNOTAVAIL" },
    ]);
  });

  test("after a close, however often, the ports are free again", async () => {
    const first = await rig();
    await Promise.all([first.server.close(), first.server.close()]);
    const next = await rig({ dhcpPort: first.dhcpPort, pxePort: first.pxePort });
    expect(next.server.failures).toEqual([]);
  });
});

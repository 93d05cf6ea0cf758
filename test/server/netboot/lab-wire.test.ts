import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { LabWire, type WireSources } from "../../../server/netboot/lab-wire.ts";

const LAB = "10.0.0.1";
const MAC = "52:54:00:12:34:56";

function ipv4(address: string, netmask: string, mac = "02:00:00:00:00:01"): NetworkInterfaceInfo {
  return { address, netmask, mac, family: "IPv4", internal: false, cidr: null };
}
const INTERFACES = {
  lo: [ipv4("127.0.0.1", "255.0.0.0", "00:00:00:00:00:00")],
  lab0: [ipv4(LAB, "255.255.255.0"), ipv4("10.0.9.1", "255.255.255.0")],
  wlan0: [ipv4("192.168.1.7", "255.255.255.0")],
  virbr0: [ipv4("192.168.122.1", "255.255.255.0")],
  tun0: [ipv4("172.16.0.9", "255.240.0.0", "00:00:00:00:00:00")],
};

/** A bridge's table as Linux prints it: one entry a MAC. */
function table(...entries: { mac: string; local?: boolean }[]): Uint8Array {
  return Buffer.concat(
    entries.map(({ mac, local = false }) => {
      const entry = Buffer.alloc(16);
      Buffer.from(mac.replaceAll(":", ""), "hex").copy(entry);
      entry[6] = 1;
      entry[7] = local ? 1 : 0;
      return entry;
    }),
  );
}
const wire = (sources: Partial<WireSources> = {}) =>
  new LabWire(LAB, { interfaces: () => INTERFACES, bridgeTable: () => null, ...sources });
const bridges = (tables: Record<string, Uint8Array>) =>
  wire({ bridgeTable: (name) => tables[name] ?? null });

describe("an address", () => {
  test.each([
    ["none", "0.0.0.0", false],
    ["of the lab's subnet", "10.0.0.50", false],
    ["of another subnet on the lab's NIC", "10.0.9.50", false],
    ["of another NIC's subnet", "192.168.1.50", true],
    ["of a bridge of virtual machines", "192.168.122.50", true],
    ["of no subnet here, so behind a relay perhaps", "10.44.0.50", false],
    ["of a VPN's wide subnet, from which nothing boots", "172.18.0.50", false],
  ])("%s (%s): elsewhere is %s", (_which, address, expected) => {
    expect(wire().isElsewhere(address)).toBe(expected);
  });

  test("of a subnet that two NICs share is taken for the lab's", () => {
    const interfaces = () => ({
      lab0: [ipv4(LAB, "255.255.255.0")],
      eth1: [ipv4("10.0.0.2", "255.255.255.0")],
    });
    expect(wire({ interfaces }).isElsewhere("10.0.0.50")).toBe(false);
  });

  test("is looked up among the interfaces of now, not of the start", () => {
    let nowMs = 0;
    let interfaces: Record<string, NetworkInterfaceInfo[]> = { lab0: [ipv4(LAB, "255.255.255.0")] };
    const changing = wire({ interfaces: () => interfaces, nowMs: () => nowMs });
    expect(changing.isElsewhere("192.168.1.50")).toBe(false);
    interfaces = INTERFACES;
    nowMs = 5000;
    expect(changing.isElsewhere("192.168.1.50")).toBe(true);
  });
});

describe("a station", () => {
  test("that another network's bridge has heard is not the lab's", () => {
    expect(bridges({ virbr0: table({ mac: MAC }) }).isHeardElsewhere(MAC)).toBe(true);
  });

  test("that the lab's own bridge has heard is the lab's, whoever else has", () => {
    const both = bridges({ virbr0: table({ mac: MAC }), lab0: table({ mac: MAC }) });
    expect(both.isHeardElsewhere(MAC)).toBe(false);
  });

  test("that no bridge has heard may be the lab's", () => {
    const other = bridges({ virbr0: table({ mac: "52:54:00:00:00:01" }), lab0: table() });
    expect(other.isHeardElsewhere(MAC)).toBe(false);
    expect(wire().isHeardElsewhere(MAC)).toBe(false);
  });

  test("is not a bridge's own port, and half an entry is none", () => {
    expect(bridges({ virbr0: table({ mac: MAC, local: true }) }).isHeardElsewhere(MAC)).toBe(false);
    expect(bridges({ virbr0: table({ mac: MAC }).subarray(0, 8) }).isHeardElsewhere(MAC)).toBe(
      false,
    );
  });
});

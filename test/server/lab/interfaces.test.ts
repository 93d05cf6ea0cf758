import type { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { doctorResponseSchema } from "../../../contract/console-api.ts";
import {
  linkSpeedMbps,
  listInterfaces,
  netmaskOf,
  parseIpAddr,
} from "../../../server/lab/interfaces.ts";

/** As `ip -j addr show` of iproute2 6.1 prints it, shortened. */
const IP_ADDR = JSON.stringify([
  {
    ...{ ifname: "lo", flags: ["LOOPBACK", "UP", "LOWER_UP"], address: "00:00:00:00:00:00" },
    addr_info: [{ family: "inet", local: "127.0.0.1", prefixlen: 8 }],
  },
  {
    ...{ ifname: "eth1", flags: ["NO-CARRIER", "BROADCAST", "UP"], address: "52:54:00:12:34:56" },
    addr_info: [
      { family: "inet", local: "10.20.0.1", prefixlen: 24 },
      { family: "inet6", local: "fe80::1", prefixlen: 64 },
    ],
  },
  {
    ...{ ifname: "wlan0", flags: ["UP", "LOWER_UP"], address: "52:54:00:aa:bb:cc" },
    addr_info: [{ family: "inet", local: "192.168.1.7", prefixlen: 20, dynamic: true }],
  },
  { ifname: "eth2", flags: [], address: "52:54:00:00:00:02", addr_info: [] },
]);

const SYSFS: Readonly<Record<string, string>> = {
  "eth1/speed": "10000\n",
  "eth1/uevent": "INTERFACE=eth1\nIFINDEX=2\n",
  "wlan0/speed": "-1\n",
  "wlan0/uevent": "DEVTYPE=wlan\nINTERFACE=wlan0\n",
};

const found = (() => ({
  lo0: [{ address: "127.0.0.1", family: "IPv4", internal: true, mac: "", netmask: "255.0.0.0" }],
  en0: [
    { address: "fe80::1", family: "IPv6", internal: false, mac: "", netmask: "" },
    { address: "10.20.0.1", family: "IPv4", internal: false, mac: "m", netmask: "255.255.255.0" },
  ],
})) as unknown as typeof networkInterfaces;

describe("the speed of the link behind an address", () => {
  const speed = (address: string, told: string | null) =>
    linkSpeedMbps(address, { found, sysfs: (file) => (file === "en0/speed" ? told : null) });

  test("is what the driver tells of the interface that carries it", () => {
    expect(speed("10.20.0.1", "25000\n")).toBe(25_000);
  });

  test.each([
    ["a driver that does not know", "10.20.0.1", "-1\n"],
    ["a link that cannot be read", "10.20.0.1", null],
    ["another interface", "127.0.0.1", "25000\n"],
    ["an address that is not here", "10.99.0.1", "25000\n"],
  ])("is not known of %s", (_what, address, told) => {
    expect(speed(address, told)).toBeNull();
  });
});

describe("the interfaces of this machine", () => {
  test("fit the doctor's answer and include loopback last", async () => {
    const interfaces = await listInterfaces();
    expect(() => doctorResponseSchema.shape.interfaces.parse(interfaces)).not.toThrow();
    expect(interfaces.at(-1)).toMatchObject({ address: "127.0.0.1", internal: true });
  });

  test("on Linux carry link, speed, Wi-Fi and lease, also without a carrier", async () => {
    const interfaces = await listInterfaces({
      platform: "linux",
      run: async () => IP_ADDR,
      sysfs: (file) => SYSFS[file] ?? null,
    });
    expect(interfaces).toEqual([
      {
        ...{ name: "eth1", address: "10.20.0.1", mac: "52:54:00:12:34:56", internal: false },
        ...{ netmask: "255.255.255.0", link: "down", dynamic: false },
        ...{ speedMbps: 10000, wireless: false },
      },
      {
        ...{ name: "wlan0", address: "192.168.1.7", mac: "52:54:00:aa:bb:cc", internal: false },
        ...{ netmask: "255.255.240.0", link: "up", dynamic: true, wireless: true },
      },
      {
        ...{ name: "lo", address: "127.0.0.1", mac: "00:00:00:00:00:00", internal: true },
        ...{ netmask: "255.0.0.0", link: "up", dynamic: false },
      },
    ]);
  });

  test("without iproute2 are what Node knows, IPv6 left out", async () => {
    const none = { run: async () => null, sysfs: () => null };
    const interfaces = await listInterfaces({ platform: "linux", found, ...none });
    expect(interfaces.map(({ name, address }) => `${name} ${address}`)).toEqual([
      "en0 10.20.0.1",
      "lo0 127.0.0.1",
    ]);
    expect(interfaces[0]).not.toHaveProperty("dynamic");
  });

  test("on macOS and Windows say whether the address is a lease", async () => {
    const mac = (lease: string | null) =>
      listInterfaces({ platform: "darwin", found, run: async () => lease });
    expect((await mac("86400\n"))[0]).toMatchObject({ dynamic: true });
    expect((await mac("\n"))[0]).toMatchObject({ dynamic: false });
    expect((await mac(null))[0]).not.toHaveProperty("dynamic");
    const windows = (told: string) =>
      listInterfaces({ platform: "win32", found, run: async () => told });
    const lease = '{"IPAddress":"10.20.0.1","Dhcp":true}';
    expect((await windows(lease))[0]).toMatchObject({ dynamic: true });
    expect((await windows(`[${lease}]`))[0]).toMatchObject({ dynamic: true });
    expect((await windows("Access denied"))[0]).not.toHaveProperty("dynamic");
  });

  test("are unknown when ip prints something else", () => {
    expect(parseIpAddr(null)).toBeNull();
    expect(parseIpAddr('{"a":1}')).toBeNull();
  });

  test.each([
    [0, "0.0.0.0"],
    [8, "255.0.0.0"],
    [25, "255.255.255.128"],
    [32, "255.255.255.255"],
  ])("a prefix of %i is the netmask %s", (length, mask) => {
    expect(netmaskOf(length)).toBe(mask);
  });
});

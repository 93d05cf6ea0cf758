import { expect, test } from "vitest";
import {
  byFitness,
  factsOf,
  type Interface,
  prefixLength,
} from "../../renderer/doctor/interface-choice.ts";

const it = (name: string, more: Partial<Interface> = {}): Interface => ({
  name,
  address: "10.0.0.1",
  mac: "",
  internal: false,
  link: "up",
  ...more,
});

test("a fast cable with a fixed address comes first, loopback last", () => {
  const sorted = byFitness([
    it("lo", { internal: true }),
    it("docker0"),
    it("wlan0", { wireless: true }),
    it("eth9", { link: "down" }),
    it("eth1", { dynamic: true, speedMbps: 10_000 }),
    it("eth2", { speedMbps: 1000 }),
    it("eth3", { speedMbps: 25_000 }),
  ]);
  expect(sorted.map(({ name }) => name)).toEqual([
    "eth3",
    "eth2",
    "eth1",
    "wlan0",
    "docker0",
    "eth9",
    "lo",
  ]);
});

test("what is for an interface and what is against it", () => {
  expect(factsOf(it("eth1", { speedMbps: 10_000, dynamic: false }))).toEqual({
    good: ["cable connected at 10 Gbit/s", "fixed address"],
    against: [],
  });
  expect(factsOf(it("wlan0", { wireless: true, dynamic: true })).against).toEqual([
    "Wi-Fi: broadcasts get lost on it",
    "leased address: when it changes, every enrolled host loses the console",
  ]);
  expect(factsOf(it("eth2", { link: "down" })).good).toEqual([]);
  expect(factsOf(it("lo", { internal: true })).good).toEqual([]);
});

test.each([
  ["255.255.255.0", 24],
  ["255.255.255.255", 32],
  ["0.0.0.0", 0],
  ["255.0.255.0", null],
  [undefined, null],
])("the prefix of %s is %s", (mask, length) => {
  expect(prefixLength(mask)).toBe(length);
});

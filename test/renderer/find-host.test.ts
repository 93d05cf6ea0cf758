import { describe, expect, test } from "vitest";
import { findHost, macOf, matchesQuery } from "../../renderer/hosts/find-host.ts";
import { host } from "../fakes/console-data.ts";

const orion = host({ id: 1, name: "orion", serial: "7XK2P33", notes: "Rack 4, asset LAB-00417" });
const rigel = host({
  id: 2,
  name: "rigel",
  serial: "7XK2P34",
  macs: ["52:54:00:12:34:57", "52:54:00:12:34:58"],
});
const vega = host({ id: 3, name: "vega", serial: null, macs: ["52:54:00:12:34:59"] });
const HOSTS = [orion, rigel, vega];
const find = (code: string) => findHost(HOSTS, code)?.name ?? null;

describe("a code names the host", () => {
  test.each([
    ["a serial number", "7XK2P34", "rigel"],
    ["a serial number in another case", "7xk2p33", "orion"],
    ["a serial number with the line's end that a scanner sends", " 7XK2P33\r", "orion"],
    ["a MAC address with colons", "52:54:00:12:34:58", "rigel"],
    ["a MAC address as printed without any", "525400123459", "vega"],
    ["a MAC address with hyphens", "52-54-00-12-34-57", "rigel"],
    ["a name", "VEGA", "vega"],
    ["an asset tag that stands in the notes", "LAB-00417", "orion"],
    ["a serial number behind a maker's prefix", "1SMTM77XK2P34", "rigel"],
  ])("by %s", (_, code, name) => {
    expect(find(code)).toBe(name);
  });

  test("and none is named by a part, by nothing, or by what several share", () => {
    expect(find("7XK2")).toBeNull();
    expect(find("")).toBeNull();
    expect(find(" ")).toBeNull();
    const twins = [orion, host({ id: 9, name: "orion-b", serial: "7XK2P33" })];
    expect(findHost(twins, "7XK2P33")).toBeNull();
  });

  test("a short serial does not take a longer code for its own", () => {
    expect(findHost([host({ serial: "33" })], "XX33")).toBeNull();
  });
});

describe("a search", () => {
  test("finds by every word, anywhere in what is known", () => {
    expect(matchesQuery(orion, "r640 ori")).toBe(true);
    expect(matchesQuery(orion, "rack 4")).toBe(true);
    expect(matchesQuery(orion, "r640 vega")).toBe(false);
    expect(matchesQuery(rigel, "5254001234")).toBe(true);
    expect(matchesQuery(vega, "")).toBe(true);
  });
});

test("a MAC address is known for one, and is given back with colons", () => {
  expect(macOf("52-54-00-AB-CD-EF")).toBe("52:54:00:ab:cd:ef");
  expect(macOf("525400ABCDEF")).toBe("52:54:00:ab:cd:ef");
  expect(macOf("7XK2P33")).toBeNull();
  expect(macOf("5254.00ab.cdef")).toBe("52:54:00:ab:cd:ef");
});

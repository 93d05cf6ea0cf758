import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseZone, readFirewall } from "../../../server/lab/firewall-facts.ts";
import { parseIptables } from "../../../server/lab/iptables-rules.ts";
import {
  type FirstPacket,
  type NftRuleset,
  parseNftRuleset,
  verdictOn,
} from "../../../server/lab/nft-ruleset.ts";

const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, "../../fixtures/firewall", name), "utf8");

/** `udp 67 eth1` or `udp 67 eth1 10.0.0.9` */
function packet(words: string): FirstPacket {
  const [protocol = "", port = "", interfaceName = "", source = "10.20.0.9"] = words.split(" ");
  return { protocol: protocol as "udp" | "tcp", port: Number(port), interfaceName, source };
}
const kind = (ruleset: NftRuleset | null, words: string) => verdictOn(ruleset!, packet(words)).kind;

describe("a packet filter of nftables", () => {
  const ruleset = parseNftRuleset(fixture("nftables.json"));

  test.each([
    ["udp 67 eth1", "accepted", "a range, in a chain that the lab's interface jumps to"],
    ["udp 68 eth1", "accepted", "inside the range"],
    ["udp 70 eth1", "dropped", "beside the range"],
    ["tcp 8421 eth1", "accepted", "one of a set"],
    ["tcp 8421 eth2", "dropped", "another interface does not jump"],
    ["tcp 67 eth1", "dropped", "the other protocol"],
    ["udp 4011 eth1 10.9.9.9", "accepted", "the source lies in the prefix"],
    ["udp 4011 eth1 192.168.0.1", "dropped", "the source does not"],
    ["udp 9999 lo", "accepted", "loopback"],
    ["udp 53 eth5", "accepted", "a counter on the way decides nothing"],
    ["tcp 5201 eth2", "accepted", "any interface but one"],
    ["tcp 5201 eth9", "dropped", "that one"],
    ["udp 1234 eth2", "accepted", "one of several interfaces"],
    ["udp 1235 eth2", "dropped", "the closing reject counts as a drop"],
  ])("%s is %s: %s", (words, expected) => {
    expect(kind(ruleset, words)).toBe(expected);
  });

  test("names the chain that drops; a rule that only logs leaves no doubt", () => {
    expect(verdictOn(ruleset!, packet("udp 70 eth1"))).toEqual({
      kind: "dropped",
      certain: true,
      by: { family: "inet", table: "filter", name: "input" },
    });
  });

  test("is not sure once it passed over a rule that it cannot read", () => {
    const hidden = parseNftRuleset(fixture("iptables-as-nft.json"));
    expect(verdictOn(hidden!, packet("udp 67 eth1"))).toMatchObject({
      ...{ kind: "dropped", certain: false },
    });
  });

  test("every chain on the input hook must let a packet pass; others are not asked", () => {
    const chain = (name: string, hook: string, policy: string) => ({
      ...{ family: "inet", table: "t", name, hook, policy },
    });
    const rules = { rules: [], sets: [] };
    const both = [chain("a", "input", "accept"), chain("b", "input", "drop")];
    expect(kind({ ...rules, chains: both }, "udp 67 eth1")).toBe("dropped");
    const forward = [chain("a", "input", "accept"), chain("b", "forward", "drop")];
    expect(kind({ ...rules, chains: forward }, "udp 67 eth1")).toBe("accepted");
  });

  test("a chain that jumps to itself ends", () => {
    const loop: NftRuleset = {
      chains: [{ family: "ip", table: "t", name: "a", hook: "input", policy: "drop" }],
      rules: [{ family: "ip", table: "t", chain: "a", expr: [{ jump: { target: "a" } }] }],
      sets: [],
    };
    expect(kind(loop, "udp 67 eth1")).toBe("dropped");
  });

  test("a named set is looked up, a goto does not come back, a wildcard fits", () => {
    const iif = (right: string) => ({
      match: { op: "==", left: { meta: { key: "iifname" } }, right },
    });
    const rule = (chain: string, ...expr: Record<string, unknown>[]) => ({
      ...{ family: "inet", table: "t", chain, expr },
    });
    const goesTo = (right: string): NftRuleset => ({
      chains: [{ family: "inet", table: "t", name: "in", hook: "input", policy: "drop" }],
      rules: [rule("in", iif(right), { goto: { target: "empty" } }), rule("in", { accept: null })],
      sets: [{ family: "inet", table: "t", name: "lab", elem: [{ elem: { val: "eth1" } }] }],
    });
    for (const right of ["@lab", "eth*", "eth1"]) {
      expect(kind(goesTo(right), "udp 67 eth1")).toBe("dropped");
      expect(kind(goesTo(right), "udp 67 wlan0")).toBe("accepted");
    }
  });

  test.each(["", "{}", "[]", '{"nftables": 1}', "Operation not permitted"])(
    "%j is no ruleset",
    (text) => {
      expect(parseNftRuleset(text)).toBeNull();
    },
  );
});

describe("a packet filter of iptables", () => {
  const ruleset = parseIptables(fixture("iptables.txt"));

  test.each([
    ["udp 67 eth1", "accepted", "one of several ports, with a comment"],
    ["udp 68 eth1", "dropped", "none of them"],
    ["udp 67 eth0", "dropped", "another interface does not jump"],
    ["tcp 8421 eth1", "accepted", "a new connection"],
    ["udp 4011 eth1 10.20.5.5", "accepted", "a range, from the right source"],
    ["udp 4011 eth1 10.21.0.1", "dropped", "from the wrong one"],
    ["tcp 5204 eth1", "accepted", "not the interface that is left out"],
    ["tcp 22 lo", "accepted", "loopback"],
  ])("%s is %s: %s", (words, expected) => {
    expect(kind(ruleset, words)).toBe(expected);
  });

  test("is nothing without the INPUT chain", () => {
    expect(parseIptables(null)).toBeNull();
    expect(parseIptables("")).toBeNull();
  });
});

describe("what is found out about a firewall", () => {
  const answers =
    (known: Record<string, string>) => async (program: string, args: readonly string[]) =>
      known[[program, ...args].join(" ")] ?? null;
  const read = () => null;

  test("nftables' rules are read where it tells them", async () => {
    const run = answers({ "nft -j list ruleset": fixture("nftables.json") });
    const facts = await readFirewall("eth1", { platform: "linux", run, read });
    expect(facts).toMatchObject({ kind: "linux", manager: null, zone: null });
    expect(facts).toHaveProperty("ruleset.chains.length", 3);
  });

  test("rules of iptables that nft cannot read are read from iptables itself", async () => {
    const nft = { "nft -j list ruleset": fixture("iptables-as-nft.json") };
    const packets = ["udp 67 eth1", "tcp 8421 eth1", "udp 68 eth1"];
    const verdicts = async (known: Record<string, string>) => {
      const facts = await readFirewall("eth1", { platform: "linux", run: answers(known), read });
      if (facts.kind !== "linux") throw new Error("no Linux");
      return packets.map((words) => verdictOn(facts.ruleset!, packet(words)));
    };
    const alone = await verdicts(nft);
    expect(alone.map((it) => [it.kind, it.certain])).toContainEqual(["dropped", false]);
    const both = await verdicts({ ...nft, "iptables -S": fixture("iptables.txt") });
    expect(both.map((it) => it.kind)).toEqual(["accepted", "accepted", "dropped"]);
  });

  test("without nft it is iptables alone, and without either nothing is known", async () => {
    const run = answers({ "iptables -S": fixture("iptables.txt") });
    const facts = await readFirewall("eth1", { platform: "linux", run, read });
    expect(facts).toHaveProperty("ruleset.chains.length", 4);
    const none = await readFirewall("eth1", { platform: "linux", run: async () => null, read });
    expect(none).toEqual({ kind: "linux", manager: null, ruleset: null, zone: null });
  });

  test("ufw is known by its settings, which everybody may read", async () => {
    const facts = await readFirewall("eth1", {
      platform: "linux",
      run: async () => null,
      read: (file) => (file === "/etc/ufw/ufw.conf" ? "# x\nENABLED=yes\nLOGLEVEL=low\n" : null),
    });
    expect(facts).toMatchObject({ manager: "ufw" });
  });

  test("firewalld tells the lab interface's zone", async () => {
    const run = answers({
      "firewall-cmd --state": "running\n",
      "firewall-cmd --get-zone-of-interface=eth1": "internal\n",
      "firewall-cmd --zone=internal --list-all": ZONE,
    });
    const facts = await readFirewall("eth1", { platform: "linux", run, read });
    expect(facts).toMatchObject({
      manager: "firewalld",
      zone: { name: "internal", open: ["8421/tcp", "5201-5208/tcp", "69/udp"], trusted: false },
    });
  });

  test("of firewalld's zones, one that lets everything in is told apart", () => {
    expect(parseZone("trusted", "trusted (active)\n  target: ACCEPT\n  ports: \n")).toEqual({
      ...{ name: "trusted", open: [], trusted: true },
    });
  });

  test("Windows and macOS are asked in their own words", async () => {
    const windows = await readFirewall("Ethernet 2", {
      platform: "win32",
      run: async (program, args) =>
        program === "powershell" && args.join(" ").includes("'Ethernet 2'")
          ? '{"Profile":"Public","HasRule":false}'
          : null,
    });
    expect(windows).toEqual({ kind: "windows", profile: "Public", hasRule: false });
    const run = async () => "Firewall is enabled. (State = 1)\n";
    expect(await readFirewall("en0", { platform: "darwin", run })).toEqual({
      kind: "macos",
      on: true,
    });
    const none = await readFirewall("en0", { platform: "darwin", run: async () => null });
    expect(none).toEqual({ kind: "unknown" });
  });
});

/** As firewalld 1.3 prints it. */
const ZONE = `internal (active)
  target: default
  icmp-block-inversion: no
  interfaces: eth1
  sources: 
  services: ssh tftp
  ports: 8421/tcp 5201-5208/tcp
  protocols: 
  forward: yes
`;
